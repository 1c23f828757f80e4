// What the requests are counted as that a pattern of paths is meant for, where that is nothing that the pattern matches. For
// who reads patterns that are held against the names of paths, as those are once they are grouped.
import { PathNormaliser } from './path-normaliser.ts';
import { compilePathPattern } from './path-patterns.ts';
import type { PathGrouping } from './paths.ts';
import { printText } from './text-table.ts';

/** With a star as part of an escape, or a backslash, which names have in place of what can't be printed, a pattern may be anything. */
const UNCERTAIN = /%[0-9a-f]?\*|\\/i;

/** The name that `pattern` should be; null when it matches names that there may be. */
export function findCountedAs(pattern: string, { templatesIds, patterns }: PathGrouping): string | null {
  if (UNCERTAIN.test(pattern)) return null;
  const normalise = (path: string): string => normalised(path, templatesIds);
  // Patterns are held against paths without identifiers: one that has some groups nothing.
  const groups = patterns.filter((group) => normalise(group) === group);
  if (groups.some((group) => isMatch(pattern, group))) return null;
  const name = normalise(pattern);
  const group = groups.find((each) => examplesOf(name).every((path) => isMatch(each, path)));
  return group ?? (name === pattern ? null : name);
}

/** Whoever matches all of these matches whatever `pattern` does. */
function examplesOf(pattern: string): string[] {
  if (!pattern.includes('**')) return [pattern];
  return [pattern, pattern.replaceAll('**', '*/*'), pattern.replace(/\/\*\*$/, '')];
}

function isMatch(pattern: string, path: string): boolean {
  const bytes = Buffer.from(path);
  return compilePathPattern(pattern)(bytes, 0, bytes.length);
}

function normalised(path: string, templatesIds: boolean): string {
  const bytes = Buffer.from(path);
  const normaliser = new PathNormaliser(bytes.length, { templatesIds });
  normaliser.normalise(bytes, 0, bytes.length);
  return printText(normaliser.bytes.subarray(0, normaliser.length));
}
