// Starts the thread that reads history for the page, so that no query stops the monitor.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SeriesThread, SeriesThreadEvents } from '../history/series-desk.ts';
import type { SeriesReply } from '../http/series-answer.ts';
import { messageOf } from '../message-of.ts';

/** Beside this file, and in the bundle an entry of its own beside its pieces. */
const ENTRY = new URL(`./series-thread${extname(import.meta.url)}`, import.meta.url);
/** Six hundred steps of latencies are 7 MB: a query that wants more than this is ended, and not the monitor. */
const HEAP_MB_MAX = 128;

/** `path`: of the state database. */
export function startSeriesThread(path: string, { replied, died }: SeriesThreadEvents): SeriesThread {
  const worker = new Worker(ENTRY, {
    workerData: path,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX, maxYoungGenerationSizeMb: 2 },
  });
  // It must not keep the process.
  worker.unref();
  worker.on('message', (reply: SeriesReply) => replied(reply));
  worker.on('error', (error) => died(messageOf(error)));
  worker.on('exit', (code) => died(`its thread has ended with ${code}`));
  return {
    ask: (query) => worker.postMessage(query, []),
    end: async () => void (await worker.terminate()),
  };
}
