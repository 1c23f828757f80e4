// The rules of the house. Each takes all source files and returns one sentence for each breach.
import { dirname } from 'node:path/posix';
import { importsOf } from './imports.ts';
import type { MaskedSource } from './mask.ts';
import { CONTRACTS, SOLE_IMPORTERS, WORLDLY } from './rooms.ts';

export type Rule = (sources: readonly MaskedSource[]) => string[];

const FUNCTION_LINES_MAX = 70;
const FILE_LINES_MAX = 300;
const FOLDERS_MAX = 4;

const IO_MODULES =
  /^node:(?:child_process|cluster|dgram|dns|fs|http|http2|https|net|os|perf_hooks|process|readline|sqlite|timers|tls|tty|worker_threads)(?:\/|$)/;
const TIME =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bset(?:Timeout|Interval|Immediate)\b|\bperformance\s*\.|\bAbortSignal\.timeout\b/;
const PROCESS = /\bprocess\s*(?:\?\.|\.|\[)/;
const OWN_PROCESS =
  /\bprocess\.(?:abort|argv|cwd|emit|env|exit|exitCode|kill|off|on|once|removeListener|std\w+)\b/;
const BANNED_NAME = /^(?:utils?|helpers?|commons?|misc|shared|index)$/;
const BANNED_TEXT =
  /\bTODO\b|\bFIXME\b|\bXXX\b|@ts-(?:ignore|expect-error|nocheck)|\b(?:eslint|oxlint|prettier)-(?:disable|ignore)/;

export const contractsImportContractsOnly: Rule = (sources) =>
  eachImport(sources, ({ path }, target, isType) =>
    CONTRACTS.includes(path) && !isType && !CONTRACTS.includes(target)
      ? `${path} is a contract and imports ${target}`
      : null,
  );

export const pureFilesTouchNothing: Rule = (sources) => [
  ...eachImport(sources.filter(isPure), ({ path }, target, isType) => {
    if (isType || !(IO_MODULES.test(target) || WORLDLY.includes(target))) return null;
    return `${path} is pure and imports ${target}`;
  }),
  ...eachMatch(sources.filter(isPure), PROCESS, 'is pure and asks the process'),
];

export const clockAloneKnowsTheTime: Rule = (sources) =>
  eachMatch(
    sources.filter(({ path }) => path !== 'src/clock.ts'),
    TIME,
    'knows the time by itself',
  );

export const mainAloneOwnsTheProcess: Rule = (sources) =>
  eachMatch(
    sources.filter(({ path }) => path !== 'src/main.ts'),
    OWN_PROCESS,
    'acts on the process',
  );

export const worldsDoNotMix: Rule = (sources) =>
  eachImport(sources, ({ path }, target, isType) => {
    if (isType || isComposer(path) || !WORLDLY.includes(target) || dirname(target) === dirname(path))
      return null;
    return `${path} imports ${target}, which touches the world, from another room`;
  });

/** These exist to bring the rooms together; each with those that may import it. */
const COMPOSITION_ROOTS: Readonly<Record<string, readonly string[]>> = {
  'src/main.ts': [],
  'src/actions.ts': ['src/main.ts'],
  'src/app.ts': ['src/main.ts'],
  'src/command-config.ts': ['src/main.ts', 'src/actions.ts'],
  'src/history-actions.ts': ['src/actions.ts'],
  'src/history-import.ts': ['src/actions.ts'],
  'src/monitor.ts': ['src/app.ts'],
  'src/named-files.ts': ['src/actions.ts'],
  'src/replay.ts': ['src/actions.ts'],
  'src/suggest.ts': ['src/actions.ts'],
  'src/replay/piece.ts': [
    'src/replay.ts',
    'src/replay/piece-thread.ts',
    'src/replay/piece-worker.ts',
    'src/replay/read.ts',
    'src/replay/reader.ts',
    'src/replay/carried.ts',
    'src/replay/piece-here.ts',
  ],
  'src/replay/piece-thread.ts': ['src/replay/piece-worker.ts'],
  'src/history-run.ts': ['src/replay.ts', 'src/replay/piece.ts', 'src/suggest.ts'],
};

export const appAloneKnowsEveryPart: Rule = (sources) => [
  ...eachImport(sources, ({ path }, target) =>
    isComposer(target) && path.startsWith('src/') && COMPOSITION_ROOTS[target]?.includes(path) !== true
      ? `${path} imports ${target}`
      : null,
  ),
  ...sources.flatMap((source) => {
    if (isComposer(source.path)) return [];
    const others = importsOf(source)
      .filter(({ target, isType }) => target.startsWith('src/') && !isType)
      .map(({ target }) => dirname(target))
      .filter((folder) => folder !== 'src' && folder !== dirname(source.path));
    const count = new Set(others).size;
    return count > FOLDERS_MAX ? [`${source.path} imports from ${count} rooms`] : [];
  }),
];

export const packagesHaveOneImporter: Rule = (sources) =>
  eachImport(sources, ({ path }, target) => {
    const sole = SOLE_IMPORTERS[target];
    return sole === undefined || sole === path
      ? null
      : `${path} imports ${target}, which is for ${sole} alone`;
  });

/** What it takes must do without the world; types vanish. */
export const pageTakesWhatIsPure: Rule = (sources) =>
  eachImport(sources, ({ path }, target, isType) => {
    if (path.startsWith('page/'))
      return target.startsWith('src/') && !isType && WORLDLY.includes(target)
        ? `${path} imports ${target}, which is not for a browser`
        : null;
    return target.startsWith('page/') ? `${path} imports ${target}` : null;
  });

export const generatorIsIndependent: Rule = (sources) =>
  eachImport(sources, ({ path }, target) => {
    if (path.startsWith('page/')) return null;
    const room = path.split('/', 1)[0];
    const other = target.split('/', 1)[0];
    const isForeign = ['src', 'generator', 'test', 'bench', '..'].includes(other ?? '') && other !== room;
    return isForeign && target !== 'package.json' ? `${path} imports ${target}` : null;
  });

export const namesSaySomething: Rule = (sources) =>
  sources.flatMap(({ path }) => {
    const names = path.split('/').map((name) => name.replace(/\.ts$/, ''));
    const vague = names.find((name) => BANNED_NAME.test(name));
    const odd = names.find((name) => !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name));
    if (vague !== undefined) return [`${path}: "${vague}" says nothing`];
    return odd === undefined ? [] : [`${path}: "${odd}" is not kebab-case`];
  });

export const filesAreShortAndOpenWithTheirJob: Rule = (sources) =>
  sources.flatMap(({ path, text }) => {
    const lineCount = text.split('\n').length - 1;
    const opening = text.replace(/^#!.*\n/, '');
    return [
      ...(lineCount > FILE_LINES_MAX ? [`${path} has ${lineCount} lines`] : []),
      ...(opening.startsWith('// ') ? [] : [`${path} does not open with a comment`]),
    ];
  });

export const functionsAreShort: Rule = (sources) =>
  sources.flatMap(({ path, code }) =>
    blocksOf(code)
      .filter(({ head, lineCount }) => lineCount > FUNCTION_LINES_MAX && !isDeclaration(head))
      .map(({ line, lineCount }) => `${path}:${line} has a function of ${lineCount} lines`),
  );

export const nothingIsForced: Rule = (sources) => [
  ...eachMatch(sources, /\bexport\s+default\b/, 'has a default export'),
  ...eachMatch(sources, /\bas\s+any\b|<any>|:\s*any\b/, 'has an any'),
  ...eachMatch(sources, /\bas\s+unknown\s+as\b/, 'forces a type'),
  ...sources
    .filter(({ text }) => BANNED_TEXT.test(text))
    .map(({ path }) => `${path} silences a check or puts it off`),
];

/** A room list that names a file which is gone protects nothing. */
export const roomListsAreTrue: Rule = (sources) => {
  const paths = new Set(sources.map(({ path }) => path));
  return [...CONTRACTS, ...WORLDLY, ...Object.values(SOLE_IMPORTERS)]
    .filter((path) => !paths.has(path))
    .map((path) => `${path} is listed and does not exist`);
};

function isPure({ path }: MaskedSource): boolean {
  return !WORLDLY.includes(path);
}

function isComposer(path: string): boolean {
  return Object.hasOwn(COMPOSITION_ROOTS, path);
}

function eachImport(
  sources: readonly MaskedSource[],
  check: (source: MaskedSource, target: string, isType: boolean) => string | null,
): string[] {
  return sources.flatMap((source) =>
    importsOf(source).flatMap(({ target, isType }) => check(source, target, isType) ?? []),
  );
}

function eachMatch(sources: readonly MaskedSource[], pattern: RegExp, breach: string): string[] {
  return sources.flatMap(({ path, code }) => {
    const match = pattern.exec(code);
    return match === null ? [] : [`${path}:${lineAt(code, match.index)} ${breach}: ${match[0].trim()}`];
  });
}

interface Block {
  /** The code between the end of what goes before and the opening brace. */
  readonly head: string;
  readonly line: number;
  readonly lineCount: number;
}

function blocksOf(code: string): Block[] {
  const blocks: Block[] = [];
  const open: number[] = [];
  for (const { index, 0: brace } of code.matchAll(/[{}]/g)) {
    if (brace === '{') {
      open.push(index);
      continue;
    }
    const start = open.pop();
    if (start === undefined) throw new Error(`a brace too many on line ${lineAt(code, index)}`);
    const line = lineAt(code, start);
    blocks.push({ head: headOf(code, start), line, lineCount: lineAt(code, index) - line + 1 });
  }
  if (open.length > 0) throw new Error('a brace is not closed');
  return blocks;
}

function headOf(code: string, brace: number): string {
  const before = code.slice(0, brace);
  return before.slice(Math.max(...[';', '{', '}'].map((end) => before.lastIndexOf(end))) + 1).trim();
}

/** A class, a type, or a table of values: its parts are looked at one by one. */
function isDeclaration(head: string): boolean {
  if (
    /^(?:export\s+)?(?:abstract\s+)?(?:class|interface|type|import|export)\b/.test(head) &&
    !/=>$|\)$/.test(head)
  )
    return !/\bfunction\b/.test(head);
  return /(?:[=,([?]|\breturn|\bsatisfies|[\w'"\]]\s*:)$/.test(head) && !head.endsWith('=>');
}

function lineAt(code: string, index: number): number {
  return code.slice(0, index).split('\n').length;
}
