// Asks the database what a query wants, and folds its rows.
import type { HistoryReader } from '../store/history-reader.ts';
import type { Level } from './levels.ts';
import { Fold, hasLatencies } from './query.ts';
import type { Answer, Query } from './query.ts';
import { firstCounted } from './series-resolution.ts';
import type { SeriesName } from './where.ts';

export type AnswerSource = Pick<HistoryReader, 'series' | 'rows' | 'clients' | 'firstTimes'>;

export interface Asked {
  readonly query: Query;
  readonly level: Level;
  readonly completeFromSeconds: number | null;
}

/** One slot for all time: seconds since the epoch stay below. */
const NO_SLOTS = 2 ** 40;

export function answerQuery({ query, level, completeFromSeconds }: Asked, reader: AnswerSource): Answer {
  const fold = new Fold(query);
  const { fromSeconds, toSeconds } = query;
  const slotSeconds = query.everySeconds ?? query.trendSeconds ?? NO_SLOTS;
  if (query.by.includes('client')) {
    for (const row of reader.clients({ fromSeconds, toSeconds, slotSeconds }))
      fold.addClient(row, row.client, row.errors);
  } else {
    const wanted = new Map<number, SeriesName>();
    for (const [id, name] of reader.series()) if (query.where(name)) wanted.set(id, name);
    const options = { level, fromSeconds, toSeconds, slotSeconds, hasLatencies: hasLatencies(query) };
    for (const row of reader.rows(options)) {
      const name = wanted.get(row.seriesId);
      if (name !== undefined) fold.add(row, name);
    }
  }
  const firstSeconds = firstCounted(reader.firstTimes());
  const rows = fold.rows(completeFromSeconds ?? firstSeconds);
  return { query, level, completeFromSeconds, firstSeconds, ...rows };
}
