// What runs in the thread that reads history for the page: a connection of its own that can't write, and one answer for each
// query. Started by series-worker.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { answerSeries } from '../history/series.ts';
import { refuseSeries } from '../http/series-answer.ts';
import type { SeriesQuery, SeriesReply } from '../http/series-answer.ts';
import { messageOf } from '../message-of.ts';
import { openHistory } from './history-reader.ts';
import type { HistoryReader } from './history-reader.ts';

const path = String(workerData);
let reader: HistoryReader | null = null;

parentPort?.on('message', (query: SeriesQuery) => {
  parentPort?.postMessage(answer(query), []);
});

/** After a failure the database is opened anew. */
function answer(query: SeriesQuery): SeriesReply {
  try {
    if (reader === null) {
      const opening = openHistory(path);
      if (!opening.ok) return refuseSeries(200, opening.message);
      reader = opening.reader;
    }
    return { status: 200, body: JSON.stringify(answerSeries(query, reader)) };
  } catch (error) {
    close();
    return refuseSeries(500, `cannot read ${path}: ${messageOf(error)}`);
  }
}

function close(): void {
  try {
    reader?.close();
  } catch {
    // It is left behind either way.
  }
  reader = null;
}
