// How problems of the configuration are worded: one line each, with the place, and never more than a little of
// what was given. Pure.
export interface ConfigProblem {
  /** As the user named it; empty for the environment. */
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  /** The key or variable whose value is wrong; empty when the problem is another (syntax, an unknown key). */
  readonly key: string;
  readonly message: string;
}

/** Where a value was given; a problem is an origin with a message. */
export type Origin = Omit<ConfigProblem, 'message'>;

const SHOWN_LENGTH_MAX = 60;
const PROBLEMS_MAX = 100;

/** `config.yml:12:3 threshold: must be …` for a file, `FLUFFY_THRESHOLD: must be …` for the environment. */
export function formatProblem(problem: ConfigProblem): string {
  const position = problem.line === null ? ':' : `:${problem.line}:${problem.column ?? 1}`;
  const place = problem.file === '' ? '' : `${problem.file}${position} `;
  return place + (problem.key === '' ? problem.message : `${problem.key}: ${problem.message}`);
}

/** A given value as a message shows it: strings quoted, anything long cut, nothing that could steer a terminal. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'a mapping';
}

/** For the end of what a number or a switch must be; empty when quotes are not what is wrong with `value`. */
export function quotesHint(value: unknown): string {
  const isText = typeof value === 'string' && /^(?:[+-]?\d+(?:\.\d+)?|true|false)$/.test(value);
  return isText ? ', without quotes' : '';
}

function quoted(text: string): string {
  const visible = JSON.stringify(text.slice(0, SHOWN_LENGTH_MAX)).replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    '?',
  );
  const fits = visible.length <= SHOWN_LENGTH_MAX && text.length <= SHOWN_LENGTH_MAX;
  return fits ? visible : `${visible.slice(0, SHOWN_LENGTH_MAX - 2)}…"`;
}

/** The file from top to bottom, what concerns the whole file first, then the environment. */
export function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted(
    (a, b) =>
      Number(a.file === '') - Number(b.file === '') ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0) ||
      (a.key < b.key ? -1 : Number(a.key > b.key)),
  );
}

/** The first hundred, and how many more there are. */
export function bounded(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const more = problems.length - PROBLEMS_MAX;
  if (more <= 0) return problems;
  const message = `and ${more} further problems`;
  return [...problems.slice(0, PROBLEMS_MAX), { file: '', line: null, column: null, key: '', message }];
}
