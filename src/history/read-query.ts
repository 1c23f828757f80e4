// From the options of `fluffy query` to a query: every value that makes no sense gives one sentence.
import { readDuration } from '../config/duration.ts';
import { readTimeSpan } from '../config/moment.ts';
import type { TimeSpan } from '../config/moment.ts';
import type { Zone } from '../parse/zone.ts';
import { beginOf, FINEST, HOUR, LEVELS, MINUTE } from './levels.ts';
import type { Level } from './levels.ts';
import { DIMENSIONS, METRICS } from './query.ts';
import type { Dimension, Metric, Query } from './query.ts';
import { readWhere } from './where.ts';

/** As they stand on the command line. */
export interface QueryOptions {
  readonly last?: string;
  readonly from?: string;
  readonly to?: string;
  readonly by?: string;
  readonly where?: string;
  readonly every?: string;
  readonly metric?: string;
  readonly top?: string;
}

export interface ReadContext {
  readonly zone: Zone;
  readonly nowSeconds: number;
  /** From where on the rows of each level, from the finest, are complete; minus infinity: all are. */
  readonly keptFrom: readonly number[];
  /** How requests went over time is to be told too. */
  readonly hasTrend: boolean;
}

export type QueryReading =
  | {
      readonly ok: true;
      readonly query: Query;
      readonly level: Level;
      readonly completeFromSeconds: number | null;
    }
  | { readonly ok: false; readonly message: string };

/** A step of reading that may end it. */
type Step<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

const TIMES: Readonly<Record<string, number>> = { minute: MINUTE.seconds, hour: HOUR.seconds, day: 86_400 };
const DEFAULT_METRICS = 'requests,rate,errors';
const SLOTS_MAX = 20_000;
const TREND_SLOTS = 24;

export function readQuery(options: QueryOptions, context: ReadContext): QueryReading {
  const span = readSpan(options, context);
  if (!span.ok) return span;
  const grouping = readGrouping(options);
  if (!grouping.ok) return grouping;
  const metrics = readList('--metric', options.metric ?? DEFAULT_METRICS, METRICS);
  if (!metrics.ok) return metrics;
  const where = readWhere(options.where ?? '');
  if (!where.ok) return { ok: false, message: `--where ${where.message}`.replace(' :', ':') };
  const top = /^[1-9]\d{0,4}$/.test(options.top ?? '20') ? Number(options.top ?? 20) : null;
  if (top === null) return { ok: false, message: `--top must be from 1 to 99999, got "${options.top}"` };
  const clients = findClientProblem(options, grouping.value.by, metrics.value);
  if (clients !== null) return { ok: false, message: clients };
  const { level, completeFromSeconds } = chooseLevel(span.value.fromSeconds, grouping.value.by, context);
  const { by, everySeconds } = grouping.value;
  const fromSeconds = beginOf(span.value.fromSeconds, level.seconds);
  const toSeconds = beginOf(span.value.toSeconds + level.seconds - 1, level.seconds);
  const problem = findEveryProblem(everySeconds, level, toSeconds - fromSeconds);
  if (problem !== null) return { ok: false, message: problem };
  const isTrend = context.hasTrend && everySeconds === null;
  const trendSeconds = isTrend ? beginOf((toSeconds - fromSeconds) / TREND_SLOTS, level.seconds) : null;
  const query: Query = {
    fromSeconds,
    toSeconds,
    by,
    everySeconds,
    where: where.value,
    metrics: metrics.value,
    top,
    trendSeconds: trendSeconds === null ? null : Math.max(trendSeconds, level.seconds),
  };
  return { ok: true, query, level, completeFromSeconds };
}

/** The last hour when nothing is said. */
export function readSpan(
  { last, from, to }: Pick<QueryOptions, 'last' | 'from' | 'to'>,
  { zone, nowSeconds }: Pick<ReadContext, 'zone' | 'nowSeconds'>,
): Step<TimeSpan> {
  if (last !== undefined && (from !== undefined || to !== undefined))
    return { ok: false, message: '--last goes without --from and --to' };
  if (from === undefined && to === undefined) {
    const reading = readDuration(last ?? '1h');
    const message = reading.ok ? 'must be above 0' : reading.message;
    if (!reading.ok || reading.value <= 0) return { ok: false, message: `--last ${message}, got "${last}"` };
    return { ok: true, value: { fromSeconds: nowSeconds - reading.value, toSeconds: nowSeconds } };
  }
  if (from === undefined) return { ok: false, message: '--to needs --from' };
  // Nobody has counted what is yet to come.
  const span = readTimeSpan({ from, to: to ?? '0s' }, { zone, nowSeconds });
  const isOfFuture = !span.ok && to === undefined && readTimeSpan({ from }, { zone, nowSeconds }).ok;
  return isOfFuture ? { ok: false, message: `--from must be in the past, got "${from}"` } : span;
}

interface Grouping {
  readonly by: readonly Dimension[];
  readonly everySeconds: number | null;
}

function readGrouping({ by, every }: QueryOptions): Step<Grouping> {
  const names = readList('--by', by ?? '', [...DIMENSIONS, ...Object.keys(TIMES)]);
  if (!names.ok) return names;
  const times = names.value.filter((name) => Object.hasOwn(TIMES, name));
  const dimensions = DIMENSIONS.filter((dimension) => names.value.includes(dimension));
  const ordered = dimensions.toSorted((a, b) => names.value.indexOf(a) - names.value.indexOf(b));
  const isTwice = times.length + (every === undefined ? 0 : 1) > 1;
  if (isTwice) return { ok: false, message: `--every and --by ${times.join(' and ')} say the same twice` };
  if (names.value.length > 2) return { ok: false, message: '--by takes one or two, separated by a comma' };
  if (every === undefined) {
    const [time] = times;
    return {
      ok: true,
      value: { by: ordered, everySeconds: time === undefined ? null : (TIMES[time] ?? null) },
    };
  }
  const reading = readDuration(every);
  if (!reading.ok) return { ok: false, message: `--every ${reading.message}, got "${every}"` };
  return { ok: true, value: { by: ordered, everySeconds: reading.value } };
}

function readList<T extends string>(option: string, text: string, known: readonly T[]): Step<T[]> {
  const values: T[] = [];
  for (const word of text.split(',').map((part) => part.trim())) {
    if (word === '' && text === '') continue;
    const value = known.find((name) => name === word);
    if (value === undefined)
      return { ok: false, message: `${option} must be of ${known.join(', ')}, got "${word}"` };
    if (!values.includes(value)) values.push(value);
  }
  return { ok: true, value: values };
}

/** Clients are estimated minute by minute, apart from everything else. */
function findClientProblem(
  { where = '' }: QueryOptions,
  by: readonly Dimension[],
  metrics: readonly Metric[],
): string | null {
  if (!by.includes('client')) return null;
  if (by.length > 1)
    return `--by client goes with a time only, not with ${by.find((name) => name !== 'client')}`;
  if (where.trim() !== '')
    return '--by client goes without --where: the top clients are those of all requests';
  const other = metrics.find((metric) => metric !== 'requests' && metric !== 'rate' && metric !== 'errors');
  return other === undefined ? null : `--by client knows requests, rate and errors, not ${other}`;
}

/** The finest level that has all of the span; the coarsest one if none has. */
function chooseLevel(
  fromSeconds: number,
  by: readonly Dimension[],
  { keptFrom }: ReadContext,
): { readonly level: Level; readonly completeFromSeconds: number | null } {
  const isComplete = (i: number): boolean => (keptFrom[i] ?? Number.NEGATIVE_INFINITY) <= fromSeconds;
  const last = by.includes('client') ? 1 : LEVELS.length - 1;
  for (let i = by.includes('client') ? 1 : 0; i <= last; i++) {
    const level = LEVELS[i] ?? FINEST;
    if (isComplete(i)) return { level, completeFromSeconds: null };
    if (i === last) return { level, completeFromSeconds: keptFrom[i] ?? null };
  }
  return { level: FINEST, completeFromSeconds: null };
}

function findEveryProblem(everySeconds: number | null, level: Level, span: number): string | null {
  if (everySeconds === null) return null;
  if (everySeconds < level.seconds || everySeconds % level.seconds !== 0)
    return `--every must be a multiple of ${level.name}: of that time nothing finer is kept`;
  if (span / everySeconds > SLOTS_MAX)
    return `--every must be longer: that would be more than ${SLOTS_MAX} rows`;
  return null;
}
