// All that a report over a span of history tells, whatever it will look like.
import type { Zone } from '../parse/zone.ts';
import type { Report } from '../reports/summary.ts';
import type { HistoryReader } from '../store/history-reader.ts';
import type { AlertRow } from '../store/store.ts';
import { answerQuery } from './answer.ts';
import { LEVELS } from './levels.ts';
import type { Answer, AnswerRow } from './query.ts';
import { readQuery } from './read-query.ts';
import type { TimeSpan } from '../config/moment.ts';
import type { QueryOptions } from './read-query.ts';
import { isoOf } from './render-answer.ts';

interface PathLine {
  readonly path: string;
  readonly requests: number;
  readonly errors: number;
  /** Milliseconds; null when no latency is known, here and below. */
  readonly p95: number | null;
}

/** What happened in one slot of time. */
interface Slot {
  readonly timeSeconds: number;
  /** Requests by status class. */
  readonly classes: Readonly<Record<string, number>>;
  readonly p50: number | null;
  readonly p95: number | null;
}

interface Spell {
  readonly alert: AlertRow;
  /** Null: it has not recovered by the end. */
  readonly toSeconds: number | null;
}

export interface ReportData {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly resolution: string;
  readonly completeFromSeconds: number | null;
  readonly requests: number;
  readonly errors: number;
  readonly bytesSent: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly slotSeconds: number;
  readonly slots: readonly Slot[];
  /** Ascending. */
  readonly statuses: readonly { readonly status: number; readonly requests: number }[];
  /** Most requested first. */
  readonly paths: readonly PathLine[];
  readonly furtherPaths: number;
  readonly furtherRequests: number;
  readonly clients: readonly {
    readonly client: string;
    readonly requests: number;
    readonly errors: number;
  }[];
  readonly alerts: readonly Spell[];
}

export type ReportSource = Pick<
  HistoryReader,
  'series' | 'rows' | 'clients' | 'alerts' | 'keptFrom' | 'firstTimes'
>;

export interface ReportOptions {
  readonly span: TimeSpan;
  readonly zone: Zone;
  /** Paths that are named. */
  readonly top: number;
}

const SLOT_STEPS = [10, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 86_400, 7 * 86_400, 28 * 86_400];
const SLOTS_MAX = 120;
const CLIENTS = 10;
const ALL = '99999';

export function collectReport(reader: ReportSource, { span, zone, top }: ReportOptions): ReportData {
  const keptFrom = reader.keptFrom();
  const ask = (options: QueryOptions): Answer => {
    const context = { zone, nowSeconds: span.toSeconds, keptFrom, hasTrend: false };
    const moments = { from: isoOf(span.fromSeconds), to: isoOf(span.toSeconds) };
    const reading = readQuery({ ...moments, ...options }, context);
    if (!reading.ok) throw new Error(reading.message);
    return answerQuery(reading, reader);
  };
  const whole = ask({ metric: 'requests,errors,bytes,p50,p95,p99' });
  const { fromSeconds, toSeconds } = whole.query;
  const [requests = 0, errors = 0, bytesSent = 0, p50 = null, p95 = null, p99 = null] = valuesOf(
    whole.rows[0],
  );
  const paths = ask({ by: 'path', metric: 'requests,errors,p95', top: ALL }).rows.map(toPathLine);
  const slotSeconds = slotFor(toSeconds - fromSeconds, whole.level.seconds);
  const every = `${slotSeconds}s`;
  return {
    fromSeconds,
    toSeconds,
    resolution: whole.level.name,
    completeFromSeconds: whole.completeFromSeconds,
    requests: requests ?? 0,
    errors: errors ?? 0,
    bytesSent: bytesSent ?? 0,
    p50,
    p95,
    p99,
    slotSeconds,
    slots: toSlots(
      ask({ every, metric: 'requests,p50,p95' }).rows,
      ask({ every, by: 'class', metric: 'requests', top: ALL }).rows,
    ),
    statuses: ask({ by: 'status', metric: 'requests', top: ALL })
      .rows.map((row) => ({ status: Number(row.keys[0]), requests: valuesOf(row)[0] ?? 0 }))
      .toSorted((a, b) => a.status - b.status),
    paths: paths.slice(0, top),
    furtherPaths: Math.max(0, paths.length - top),
    furtherRequests: paths.slice(top).reduce((sum, path) => sum + path.requests, 0),
    clients: ask({ by: 'client', metric: 'requests,errors', top: String(CLIENTS) }).rows.map(toClient),
    alerts: toSpells(reader.alerts(fromSeconds, toSeconds)),
  };
}

/** For the classic text. */
export function toReport(data: ReportData): Report {
  const { fromSeconds, toSeconds, requests, errors, bytesSent, statuses, paths } = data;
  return {
    id: `history-${fromSeconds}-${toSeconds}`,
    fromSeconds,
    toSeconds,
    isPartial: data.completeFromSeconds !== null,
    requests,
    errors,
    bytesSent,
    statuses: Object.fromEntries(statuses.map(({ status, requests: count }) => [status, count])),
    paths: paths.map(({ path, requests: count }) => ({ path, requests: count })),
    furtherPaths: data.furtherPaths,
    furtherRequests: data.furtherRequests,
  };
}

/** The shortest step that gives not too many slots. */
function slotFor(spanSeconds: number, levelSeconds: number): number {
  const steps = SLOT_STEPS.filter((step) => step % levelSeconds === 0);
  return (
    steps.find((step) => spanSeconds / step <= SLOTS_MAX) ??
    steps.at(-1) ??
    LEVELS.at(-1)?.seconds ??
    levelSeconds
  );
}

function valuesOf(row: AnswerRow | undefined): readonly (number | null)[] {
  return row?.values ?? [];
}

function toPathLine(row: AnswerRow): PathLine {
  const [requests, errors, p95 = null] = valuesOf(row);
  return { path: row.keys[0] ?? '', requests: requests ?? 0, errors: errors ?? 0, p95 };
}

function toClient(row: AnswerRow): ReportData['clients'][number] {
  const [requests, errors] = valuesOf(row);
  return { client: row.keys[0] ?? '', requests: Math.round(requests ?? 0), errors: Math.round(errors ?? 0) };
}

function toSlots(all: readonly AnswerRow[], byClass: readonly AnswerRow[]): Slot[] {
  const classes = new Map<number, Record<string, number>>();
  for (const { timeSeconds, keys, values } of byClass) {
    const counts = classes.get(timeSeconds ?? 0) ?? {};
    counts[keys[0] ?? ''] = values[0] ?? 0;
    classes.set(timeSeconds ?? 0, counts);
  }
  return all.map(({ timeSeconds, values: [, p50 = null, p95 = null] }) => ({
    timeSeconds: timeSeconds ?? 0,
    classes: classes.get(timeSeconds ?? 0) ?? {},
    p50,
    p95,
  }));
}

/** Each alert that was open in the span, from its firing to its end. */
function toSpells(rows: readonly AlertRow[]): Spell[] {
  const ends = new Map(rows.filter(({ state }) => state === 'resolved').map((row) => [row.id, row]));
  const fired = rows.filter(({ state }) => state === 'firing');
  const firedIds = new Set(fired.map(({ id }) => id));
  // It fired before the span began.
  const earlier = [...ends.values()].filter(({ id }) => !firedIds.has(id));
  return [...earlier, ...fired]
    .map((alert) => ({ alert, toSeconds: ends.get(alert.id)?.timeSeconds ?? null }))
    .toSorted((a, b) => a.alert.sinceSeconds - b.alert.sinceSeconds);
}
