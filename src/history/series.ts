// Answers `/api/series`: adds up the rows of history by step, and by path, status and client for the whole span.
import { SERIES_ALERTS_MAX } from '../http/series-answer.ts';
import type { SeriesAlert, SeriesFound, SeriesQuery, SeriesTop } from '../http/series-answer.ts';
import { shorten } from '../live/name.ts';
import type { HistoryReader } from '../store/history-reader.ts';
import type { AlertRow } from '../store/store.ts';
import { beginOf, LEVELS, MINUTE } from './levels.ts';
import type { Level } from './levels.ts';
import { SeriesColumns } from './series-columns.ts';
import { findUnwatched, firstCounted, resolveSeries } from './series-resolution.ts';
import { findTops, tally } from './series-tops.ts';
import type { Tally } from './series-tops.ts';
import type { SeriesName } from './where.ts';

export type SeriesSource = Pick<
  HistoryReader,
  | 'series'
  | 'rows'
  | 'clients'
  | 'alerts'
  | 'openAlerts'
  | 'keptFrom'
  | 'firstTimes'
  | 'liveFrom'
  | 'lastEnds'
>;

interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** Requests by the id of their series. */
type Requests = ReadonlyMap<number, number>;

/** One slot for all time: seconds since the epoch stay below. */
const NO_SLOTS = 2 ** 40;

export function answerSeries(query: SeriesQuery, reader: SeriesSource): SeriesFound {
  const keptFrom = reader.keptFrom();
  const { level, everySeconds, completeFromSeconds, ...span } = resolveSeries(query, keptFrom);
  const firstSeconds = firstCounted(reader.firstTimes());
  const liveFrom = reader.liveFrom();
  const lastEnds = liveFrom === null ? [] : reader.lastEnds(liveFrom);
  const before = { fromSeconds: 2 * span.fromSeconds - span.toSeconds, toSeconds: span.fromSeconds };
  const isKept = (at: Level): boolean => keptOf(at, keptFrom) <= before.fromSeconds;
  const asked = new Asked(query, level, reader);
  const columns = new SeriesColumns({
    ...span,
    everySeconds,
    countedFromSeconds: Math.max(firstSeconds ?? Number.POSITIVE_INFINITY, completeFromSeconds ?? 0),
    countedToSeconds: query.nowSeconds,
    unwatched: findUnwatched(liveFrom, lastEnds, keptFrom),
  });
  const now = asked.count(span, columns);
  const then = isKept(level) ? asked.countWhole(before) : null;
  return {
    available: true,
    ...span,
    everySeconds,
    resolution: level.name,
    firstSeconds,
    completeFromSeconds,
    ...columns.told(),
    paths: asked.tops(now, then, ({ path }) => shorten(path)),
    statuses: asked.tops(now, then, ({ status }) => String(status)),
    clients: asked.isOfAll
      ? findClients(
          reader,
          { span, requests: now },
          then === null || !isKept(MINUTE) ? null : { span: before, requests: then },
        )
      : null,
    ...findAlerts(reader, span),
  };
}

/** The series that a query is about, and their rows. */
class Asked {
  readonly isOfAll: boolean;
  readonly #names = new Map<number, SeriesName>();
  readonly #level: Level;
  readonly #reader: SeriesSource;

  constructor(query: SeriesQuery, level: Level, reader: SeriesSource) {
    const { path, status, method, source } = query;
    this.isOfAll = [path, status, method, source].every((wanted) => wanted === null);
    this.#level = level;
    this.#reader = reader;
    for (const [id, name] of reader.series()) if (fits(name, query)) this.#names.set(id, name);
  }

  count(span: Span, columns: SeriesColumns): Requests {
    const counts = new Map<number, number>();
    const how = { slotSeconds: columns.everySeconds, hasLatencies: true };
    for (const row of this.#reader.rows({ ...this.#options(span), ...how })) {
      const name = this.#names.get(row.seriesId);
      if (name === undefined) continue;
      columns.add(row, name.status);
      counts.set(row.seriesId, (counts.get(row.seriesId) ?? 0) + row.requests);
    }
    return counts;
  }

  countWhole(span: Span): Requests {
    const counts = new Map<number, number>();
    const how = { slotSeconds: NO_SLOTS, hasLatencies: false };
    for (const { seriesId, requests } of this.#reader.rows({ ...this.#options(span), ...how }))
      if (this.#names.has(seriesId)) counts.set(seriesId, requests);
    return counts;
  }

  tops(now: Requests, then: Requests | null, nameOf: (series: SeriesName) => string): SeriesTop[] {
    const byName = (counts: Requests): Map<string, number> =>
      tally(counts, (id) => {
        const name = this.#names.get(id);
        return name === undefined ? '' : nameOf(name);
      });
    return findTops(
      { names: byName(now), requests: sum(now) },
      then === null ? null : { names: byName(then), requests: sum(then) },
    );
  }

  #options(span: Span): Parameters<SeriesSource['rows']>[0] & Span {
    const seriesIds = this.isOfAll ? {} : { seriesIds: [...this.#names.keys()] };
    return { ...span, level: this.#level, slotSeconds: NO_SLOTS, hasLatencies: false, ...seriesIds };
  }
}

/** Names that are too long to be told were told shortened. */
function fits(name: SeriesName, { path, status, method, source }: SeriesQuery): boolean {
  return (
    (path === null || name.path === path || shorten(name.path) === path) &&
    (status === null || (name.status >= status.first && name.status <= status.last)) &&
    (method === null || name.method === method) &&
    (source === null || name.source === source)
  );
}

function keptOf(level: Level, keptFrom: readonly number[]): number {
  return keptFrom[LEVELS.indexOf(level)] ?? Number.NEGATIVE_INFINITY;
}

function sum(counts: Requests): number {
  return [...counts.values()].reduce((all, one) => all + one, 0);
}

interface Counted {
  readonly span: Span;
  readonly requests: Requests;
}

/** Clients are counted by minutes, apart from everything else. */
function findClients(reader: SeriesSource, now: Counted, before: Counted | null): SeriesTop[] {
  const count = ({ span, requests }: Counted): Tally => {
    const fromSeconds = beginOf(span.fromSeconds, MINUTE.seconds);
    const rows = reader.clients({ ...span, fromSeconds, slotSeconds: NO_SLOTS });
    return { names: new Map(Array.from(rows, (row) => [row.client, row.requests])), requests: sum(requests) };
  };
  return findTops(count(now), before === null ? null : count(before));
}

function findAlerts(
  reader: SeriesSource,
  { fromSeconds, toSeconds }: Span,
): Pick<SeriesFound, 'alerts' | 'hasMoreAlerts'> {
  const rows = [...reader.openAlerts(fromSeconds), ...reader.alerts(fromSeconds, toSeconds)].toReversed();
  return {
    alerts: rows.slice(0, SERIES_ALERTS_MAX).map(tellAlert),
    hasMoreAlerts: rows.length > SERIES_ALERTS_MAX,
  };
}

/** Without its reasons and log lines, which would be most of the answer. */
function tellAlert(alert: AlertRow): SeriesAlert {
  const { state, lines: _lines, explanation: _explanation, ...rest } = alert;
  return { ...rest, state: state === 'firing' ? 'firing' : 'resolved' };
}
