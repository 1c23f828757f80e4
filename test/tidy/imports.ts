// The imports of a masked source file, and the graph that they form.
import { dirname, join, normalize } from 'node:path/posix';
import type { MaskedSource } from './mask.ts';

export interface Import {
  /** As written; a relative one is resolved against the importing file. */
  readonly target: string;
  /** Types alone: nothing of it is there at run time. */
  readonly isType: boolean;
}

const STATEMENT = /\b(?:import|export)\b(?<clause>[^;'"()=]*?)\bfrom\s*(?<quote>['"])/g;
const BARE = /\bimport\s*(?<quote>['"])/g;
const DYNAMIC = /(?<before>typeof\s+)?\bimport\s*\(\s*(?<quote>['"])/g;

export function importsOf(source: MaskedSource): Import[] {
  const found: Import[] = [];
  for (const pattern of [STATEMENT, BARE, DYNAMIC]) {
    for (const match of source.code.matchAll(pattern)) {
      const quote = match.groups?.['quote'] ?? '';
      const start = match.index + match[0].length;
      const target = source.text.slice(start, source.text.indexOf(quote, start));
      const isType = isTypeClause(match.groups?.['clause'] ?? '') || match.groups?.['before'] !== undefined;
      found.push({ target: resolveFrom(source.path, target), isType });
    }
  }
  return found;
}

/** `type { A }`, `type * as A`, and `{ type A, type B }`. */
function isTypeClause(clause: string): boolean {
  const text = clause.trim();
  if (/^type\b(?!\s*,)/.test(text)) return true;
  const names = /^\{(?<names>[^}]*)\}$/.exec(text)?.groups?.['names'];
  const parts = names?.split(',').filter((part) => part.trim() !== '') ?? [];
  return parts.length > 0 && parts.every((part) => /^\s*type\s/.test(part));
}

function resolveFrom(path: string, target: string): string {
  return target.startsWith('.') ? normalize(join(dirname(path), target)) : target;
}

/** The first cycle among the files, as the paths along it; null when there is none. Types count as well. */
export function findCycle(sources: readonly MaskedSource[]): readonly string[] | null {
  const targets = new Map(
    sources.map((source) => [source.path, importsOf(source).map(({ target }) => target)]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return null;
    for (const target of targets.get(path) ?? []) {
      const cycle = visit(target, [...trail, path]);
      if (cycle !== null) return cycle;
    }
    done.add(path);
    return null;
  };
  for (const path of targets.keys()) {
    const cycle = visit(path, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
