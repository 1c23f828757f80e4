// `/api/series` over HTTP: reads what is asked for, and passes it on to whoever answers.
import { readSeriesQuery } from './series-query.ts';
import { refuseSeries } from './series-answer.ts';
import type { SeriesQuery, SeriesReply } from './series-answer.ts';

export interface SeriesEndpoint {
  readonly ask: (query: SeriesQuery, signal: AbortSignal) => Promise<SeriesReply>;
  /** Wall time, milliseconds since the epoch. */
  readonly now: () => number;
}

const OFF = refuseSeries(200, 'no history is kept: history is off, or state-path is');

/** `url`: of the request. `endpoint` is null when there is no history. `signal`: whoever asked is gone. */
export async function replyToSeries(
  url: string,
  endpoint: SeriesEndpoint | null,
  signal: AbortSignal,
): Promise<SeriesReply> {
  if (endpoint === null) return OFF;
  const reading = readSeriesQuery(url.split('?').slice(1).join('?'), Math.floor(endpoint.now() / 1000));
  return reading.ok ? endpoint.ask(reading.value, signal) : refuseSeries(400, reading.message);
}
