// Pieces of PromQL, Prometheus' query language, over fluffy's own counters. Sums keep the labels of the target, so that
// each monitor is judged by itself.
import type { StatusRange, Where } from '../alerts/rule.ts';

/** A stretch of time that ended so many seconds ago. */
export interface Span {
  readonly length: number;
  readonly offset: number;
}

export interface CounterQuery {
  readonly metric: string;
  /** Matchers, such as `method="GET"`. */
  readonly matchers: readonly string[];
  /** Labels to sum over. */
  readonly over: readonly string[];
}

export type Found<T> =
  | ({ readonly ok: true } & T)
  /** What the metrics lack for it; follows "as". */
  | { readonly ok: false; readonly reason: string };

const CODE_MIN = 100;
const CODE_MAX = 599;

export const ALL_REQUESTS: CounterQuery = {
  metric: 'fluffy_http_requests_total',
  matchers: [],
  over: ['method', 'status_class'],
};

/** `1h30m`; whole seconds, above 0. */
export function durationOf(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  return parts.map(([amount, unit]) => (amount > 0 ? `${amount}${unit}` : '')).join('');
}

/** `rate` or `increase` of a counter over `span`, for each target. */
export function sumOf(
  call: 'rate' | 'increase',
  { metric, matchers, over }: CounterQuery,
  span: Span,
): string {
  const series = `${call}(${rangeOf(metric, matchers, span)})`;
  return over.length === 0 ? series : `sum without (${over.join(', ')}) (${series})`;
}

/** Without paths and sources, which are no labels. Codes are counted apart from methods: not both can be told apart. */
export function requestsOf({ methods, statuses, paths, sources }: Where): Found<{ query: CounterQuery }> {
  if (paths.length > 0) return { ok: false, reason: 'paths are no label' };
  if (sources.length > 0) return { ok: false, reason: 'requests are not told apart by log' };
  const ofMethods = methods.length === 0 ? [] : [anyOf('method', methods)];
  const ranges = statuses
    .map(({ first, last }) => ({ first: Math.max(first, CODE_MIN), last: Math.min(last, CODE_MAX) }))
    .filter(({ first, last }) => first <= last);
  if (statuses.length > 0 && ranges.length === 0)
    return { ok: false, reason: 'statuses above 599 are not told apart' };
  if (ranges.every(isOfClasses)) {
    const classes = ranges.flatMap(classesIn);
    const matchers = classes.length === 0 ? ofMethods : [...ofMethods, anyOf('status_class', classes)];
    return { ok: true, query: { ...ALL_REQUESTS, matchers } };
  }
  if (methods.length > 0) return { ok: false, reason: 'codes are not told apart by method' };
  const matchers = [anyOf('code', ranges.flatMap(codesIn))];
  return { ok: true, query: { metric: 'fluffy_http_responses_total', matchers, over: ['code'] } };
}

function rangeOf(metric: string, matchers: readonly string[], { length, offset }: Span): string {
  const selector = matchers.length === 0 ? metric : `${metric}{${matchers.join(', ')}}`;
  return `${selector}[${durationOf(length)}]${offset === 0 ? '' : ` offset ${durationOf(offset)}`}`;
}

function anyOf(label: string, values: readonly string[]): string {
  const isPlain = values.length === 1 && !values.some((value) => value.includes('.'));
  return `${label}${isPlain ? '=' : '=~'}"${[...new Set(values)].join('|')}"`;
}

function isOfClasses({ first, last }: StatusRange): boolean {
  return first % 100 === 0 && last % 100 === 99;
}

function classesIn({ first, last }: StatusRange): string[] {
  const classes: string[] = [];
  for (let hundred = first / 100; hundred * 100 < last; hundred++) classes.push(`${hundred}xx`);
  return classes;
}

/** As regular expressions: `4..` for a whole class. */
function codesIn({ first, last }: StatusRange): string[] {
  const codes: string[] = [];
  for (let code = first; code <= last; code++) {
    const isWhole = code % 100 === 0 && code + 99 <= last;
    codes.push(isWhole ? `${code / 100}..` : String(code));
    if (isWhole) code += 99;
  }
  return codes;
}
