// The one message between the two halves of the data path: everything that happened in one event second. Whoever
// is downstream only ever merges Seconds; merging is commutative and associative.
import type { PathKeys } from './path-keys.ts';
import type { SampleColumns, SampledRequests } from './sample.ts';

/**
 * What the ids of series stand for. A series is one combination that requests are counted by: path, method and status.
 * An id is that of another one later: it means something while the Second that holds it is being told, and to who has
 * asked with `beforeForgetting` to be told, until then.
 */
export interface SeriesNames {
  /** Without query string, printable; `(other)` above the cap, `(malformed)` when the request was not HTTP. */
  pathOf(seriesId: number): string;
  /**
   * The id that the path has in `keys`, where names are kept; it is added when it is not there and less than `keysMax` are.
   * Below 0: there is no room.
   */
  placeIn(keys: PathKeys, seriesId: number, keysMax: number): number;
  /** Method, status and log in one number, as `codeOf` makes it. */
  codeOf(seriesId: number): number;
  /** The first of the series that have this one's path and status. */
  firstLike(seriesId: number): number;
  /** The path of the log; empty while logs are not told apart. */
  sourceOf(code: number): string;
  /** Calls `look` each time before ids that were told come to mean something else. For as long as the names live. */
  beforeForgetting(look: () => void): void;
  /** What the ids told so far stand for now, also when they have come to mean something else. */
  kept(): KeptSeriesNames;
}

export type KeptSeriesNames = Pick<SeriesNames, 'pathOf' | 'codeOf' | 'sourceOf'>;

/** What the clients and agents of samples stand for. An id is that of another one later, as with `SeriesNames`. */
export interface TextNames {
  /** Printable, and empty when the log does not say; so are agents. */
  clientOf(id: number): string;
  agentOf(id: number): string;
  /** Calls `look` each time before ids that were told come to mean something else. For as long as the names live. */
  beforeForgetting(look: () => void): void;
  /** As with `SeriesNames`. */
  kept(): KeptTextNames;
}

export type KeptTextNames = Pick<TextNames, 'clientOf' | 'agentOf'>;

/** Counts by series, at the places before `seriesCount`: `seriesIds[i]` was requested `seriesRequests[i]` times. */
export interface Second {
  /** Event time, whole seconds since the epoch. */
  readonly timeSeconds: number;
  readonly requests: number;
  /** Requests with a status of 400 or above. */
  readonly errors: number;
  readonly bytesSent: number;
  readonly seriesCount: number;
  readonly seriesIds: ArrayLike<number>;
  readonly seriesRequests: ArrayLike<number>;
  readonly seriesBytesSent: ArrayLike<number>;
  readonly names: SeriesNames;
  readonly texts: TextNames;
  /** Lines that are no record, read in this second: so many (`values`) in each log (`ids`, as in a code). */
  readonly failures: Pairs;
  /** Of the requests whose latency is known: series and bin. */
  readonly latencies: Pairs;
  /** Of all requests, if distinct clients are asked for: series and a hash of the client. */
  readonly clients: Pairs;
  /** Some of the requests with a status of 400 or above, and some of the others. */
  readonly samples: readonly SampledRequests[];
}

/**
 * Requests of seconds that have few each, in the order of time and one by one: what stands at a place, all columns tell of. A
 * code is the one that the series has, as `codeOf` makes it; everything else is as in a Second and its samples, and what is not
 * kept is 0.
 */
export interface RequestColumns extends SampleColumns {
  /** None is left out. */
  readonly weight: 1;
  readonly timesSeconds: ArrayLike<number>;
  readonly codes: ArrayLike<number>;
  readonly bytesSent: ArrayLike<number>;
  readonly clientHashes: ArrayLike<number>;
  readonly names: SeriesNames;
  readonly texts: TextNames;
  /** Behind the last request of the second that the request at `from` is of. */
  secondEnd(from: number): number;
  /** The second that the requests from `from` to `end`, not included, make up; valid until the next one is asked for. */
  second(from: number, end: number): Second;
}

/** Pairs of numbers, at the places before `count`. */
export interface Pairs {
  readonly count: number;
  readonly ids: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/**
 * Takes Seconds in the order in which they close: `advanceTo` goes before the `add` of each. A late record arrives as
 * one more Second for an old second, a record of the future as one for a second that time has not reached.
 */
export interface SecondConsumer {
  /** `second` is valid during the call only. */
  add(second: Second): void;
  /** Every second before `timeSeconds` is closed and has been added. Never goes back. */
  advanceTo(timeSeconds: number): void;
  /**
   * The seconds of the first `count` requests have closed, one after the other: the same as `advanceTo` and `add` for each of
   * them, in one go. Only called while `takesRuns` is true; otherwise it is those.
   */
  addRun?(requests: RequestColumns, count: number): void;
  readonly takesRuns?: boolean;
  /** True: seconds that could close wait for a while, if they may. */
  readonly isFull?: boolean;
}

/**
 * The seconds of the first `count` requests have closed: tells `consumer` in the way that it takes them. It knows already that
 * those before `closedBeforeSeconds` have.
 */
export function tellRun(
  consumer: SecondConsumer,
  requests: RequestColumns,
  count: number,
  closedBeforeSeconds: number,
): void {
  if (consumer.takesRuns === true) {
    consumer.addRun?.(requests, count);
    return;
  }
  for (let from = 0; from < count;) {
    const end = requests.secondEnd(from);
    const timeSeconds = requests.timesSeconds[from] ?? 0;
    if (timeSeconds > closedBeforeSeconds) consumer.advanceTo(timeSeconds);
    consumer.add(requests.second(from, end));
    from = end;
  }
}

/** Status codes are 0, for a log that does not say, to 999. */
const STATUS_BITS = 10;
const STATUS_MASK = (1 << STATUS_BITS) - 1;
const METHOD_BITS = 4;
const METHOD_MASK = (1 << METHOD_BITS) - 1;

/** `methodId`: the place of the method's name in `METHOD_NAMES`. `sourceId`: 0 to 255. */
export function codeOf(methodId: number, status: number, sourceId = 0): number {
  return (((sourceId << METHOD_BITS) | methodId) << STATUS_BITS) | status;
}

export function methodIdIn(code: number): number {
  return (code >> STATUS_BITS) & METHOD_MASK;
}

export function sourceIdIn(code: number): number {
  return code >> (STATUS_BITS + METHOD_BITS);
}

export function statusIn(code: number): number {
  return code & STATUS_MASK;
}
