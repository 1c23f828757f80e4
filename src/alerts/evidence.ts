// Whether a rule could be judged at all: what of it requests have told, and whether it ever had a verdict. A rule that
// never could is silent like one under which all is well, and must not be taken for it.
import { METHOD_NAMES } from '../aggregate/methods.ts';
import { hashWords } from '../aggregate/path-keys.ts';
import { methodIdIn, statusIn } from '../aggregate/second.ts';
import type { Pairs, Second } from '../aggregate/second.ts';
import type { Measure } from './measure.ts';
import type { Rule } from './rule.ts';
import { Selector } from './selector.ts';
import { formatSpan } from './summary.ts';

/** Each a bit, so that what several have seen of one log is put together by `|`. */
const REQUEST = 1;
const STATUS = 2;
const METHOD = 4;
const CLIENT = 8;
const BYTES = 16;
const LATENCY = 32;
/** It was watched for as long as it needs. */
const WATCHED = 64;
/** There were as many requests in its windows as it needs. */
const ENOUGH = 128;
const VERDICT = 256;

/** What the series of a Second tell. */
const IN_SERIES = REQUEST | STATUS | METHOD | BYTES;

/** What a request may not tell: its format has no such field. */
const FIELDS = [
  [STATUS, 'its status'],
  [METHOD, 'its method'],
  [CLIENT, 'its client'],
  [BYTES, 'how many bytes were sent'],
  [LATENCY, 'how long it took'],
] as const;

const NO_METHOD_ID = METHOD_NAMES.indexOf('-');
/** As `Second.clients` has it of a request without one. */
const NO_CLIENT_HASH = hashWords(new DataView(new ArrayBuffer(0)), 0, 0);

export class Evidence {
  /** Bits. */
  seen = 0;
  readonly #needed: number;
  /** Requests that could tell: how they ended may be what they do not tell. */
  readonly #selector: Selector;

  constructor(rule: Rule) {
    const fields = fieldsOf(rule);
    this.#needed = fields === 0 ? 0 : fields | REQUEST;
    this.#selector = new Selector({ ...rule.where, methods: [], statuses: [] });
  }

  add(second: Second): void {
    const missing = this.#needed & ~this.seen;
    if (missing === 0) return;
    if ((missing & IN_SERIES) !== 0) this.#lookAtSeries(second);
    if ((missing & LATENCY) !== 0 && this.#hasMatch(second, second.latencies, null)) this.seen |= LATENCY;
    if ((missing & CLIENT) !== 0 && this.#hasMatch(second, second.clients, NO_CLIENT_HASH))
      this.seen |= CLIENT;
  }

  /** At every tick. */
  judge(measure: Measure, isWatched: boolean): void {
    if ((this.seen & VERDICT) !== 0) return;
    if (isWatched) this.seen |= WATCHED;
    if (!measure.hasEnough()) return;
    this.seen |= ENOUGH;
    if (isWatched && measure.hasVerdict()) this.seen |= VERDICT;
  }

  #lookAtSeries({ names, seriesIds, seriesCount, seriesBytesSent }: Second): void {
    for (let i = 0; i < seriesCount; i++) {
      const id = seriesIds[i] ?? 0;
      if (!this.#selector.matches(names, id)) continue;
      const code = names.codeOf(id);
      this.seen |= REQUEST;
      if (statusIn(code) !== 0) this.seen |= STATUS;
      if (methodIdIn(code) !== NO_METHOD_ID) this.seen |= METHOD;
      if ((seriesBytesSent[i] ?? 0) > 0) this.seen |= BYTES;
    }
  }

  #hasMatch({ names }: Second, { count, ids, values }: Pairs, nothing: number | null): boolean {
    for (let i = 0; i < count; i++)
      if (values[i] !== nothing && this.#selector.matches(names, ids[i] ?? 0)) return true;
    return false;
  }
}

/** What no request tells of what `rule` needs, of those that `seen` is of: a sentence; null: nothing, or there was none. */
export function findUntold(rule: Rule, seen: number, scope: 'so far' | 'in these logs'): string | null {
  const missing = fieldsOf(rule) & ~seen;
  const field = FIELDS.find(([bit]) => (missing & bit) !== 0);
  if (field === undefined || (seen & REQUEST) === 0) return null;
  return `no request ${scope} tells ${field[1]}`;
}

/** Why `rule` had no verdict in logs that have ended: a sentence; null when it had one. */
export function findNeverKnown(rule: Rule, seen: number): string | null {
  const untold = findUntold(rule, seen, 'in these logs');
  if (untold !== null || (seen & VERDICT) !== 0) return untold;
  const { requestsMin, windowsSeconds, metric } = rule;
  if (fieldsOf(rule) !== 0 && (seen & REQUEST) === 0) return 'no request in these logs matches its where';
  if ((seen & WATCHED) === 0) return 'these logs are shorter than the time that it looks back';
  const what = metric === 'parse-failure-rate' ? 'lines' : 'requests';
  if ((seen & ENOUGH) === 0)
    return `there were never ${requestsMin} ${what} in ${formatSpan(Math.min(...windowsSeconds))}`;
  return rule.previousSeconds === null
    ? 'no request in these logs matches its where'
    : 'there was never anything to compare with';
}

function fieldsOf({ metric, where }: Rule): number {
  const isOfStatus = metric === 'error-rate' || metric === 'status-rate' || metric === 'status-share';
  return (
    (isOfStatus || where.statuses.length > 0 ? STATUS : 0) |
    (where.methods.length > 0 ? METHOD : 0) |
    (metric === 'unique-clients' ? CLIENT : 0) |
    (metric === 'bytes-rate' ? BYTES : 0) |
    (metric.startsWith('latency') ? LATENCY : 0)
  );
}
