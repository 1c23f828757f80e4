// Starts a thread that reads a piece of a replay.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Halt } from '../source/history-order.ts';
import { Mailbox } from './mailbox.ts';
import type { PieceTask } from './piece.ts';
import type { PieceCommand, PieceMessage, PieceOrder } from './piece-thread.ts';
import { goneBy } from './reader.ts';
import type { Outcome, PieceListener, PieceReader } from './reader.ts';

/** Beside this file, and in the bundle an entry of its own. */
const ENTRY = new URL(`./piece-thread${extname(import.meta.url)}`, import.meta.url);

/** Throws when the task can't be handed to a thread. */
export function readInThread(task: PieceTask, to: Halt | null, listener: PieceListener): PieceReader {
  const outcomes = new Mailbox<Outcome>();
  const worker = new Worker(ENTRY, { workerData: { task, to } satisfies PieceOrder, env: {} });
  const send = (command: PieceCommand): void => worker.postMessage(command, []);
  worker.on('message', ({ found, progress, outcome }: PieceMessage) => {
    for (const [set, finding] of found) listener.found(set, finding);
    if (progress !== null) listener.progress(progress);
    if (outcome !== null) outcomes.put(outcome);
  });
  worker.on('error', (error: unknown) => outcomes.put(goneBy(error)));
  worker.on('exit', (code) =>
    outcomes.put({ kind: 'gone', error: new Error(`a thread of the replay has ended with ${code}`) }),
  );
  return {
    outcome: async () => outcomes.take(),
    readOn: (further) => send({ to: further }),
    stop: () => send('stop'),
    end: () => void worker.terminate(),
  };
}
