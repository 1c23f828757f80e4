// What runs in a thread that reads a piece of a replay. Started by piece-worker.ts.
import { Readable } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import type { Finding } from '../backtest/backtest.ts';
import { systemClock } from '../clock.ts';
import type { Halt } from '../source/history-order.ts';
import { Mailbox } from './mailbox.ts';
import { readPiece } from './piece.ts';
import type { Next, PieceProgress, PieceTask } from './piece.ts';
import type { Outcome } from './reader.ts';

export interface PieceOrder {
  readonly task: PieceTask;
  readonly to: Halt | null;
}

/** What the thread is told. */
export type PieceCommand = { readonly to: Halt | null } | 'stop';

/** What it tells: `found` is in order, and goes before the outcome. */
export interface PieceMessage {
  readonly found: readonly (readonly [set: number, finding: Finding])[];
  readonly progress: PieceProgress | null;
  readonly outcome: Outcome | null;
}

/** Between two messages of progress. */
const TELL_MS = 50;

const { task, to }: PieceOrder = workerData;
const orders = new Mailbox<Next>();
let isStopped = false;
let found: [number, Finding][] = [];
let toldMs = 0;

parentPort?.on('message', (command: PieceCommand) => {
  if (command === 'stop') isStopped = true;
  else orders.put(command);
});

function tell(progress: PieceProgress | null, outcome: Outcome | null): void {
  parentPort?.postMessage({ found, progress, outcome } satisfies PieceMessage, []);
  found = [];
}

const ended = await readPiece(task, {
  clock: systemClock,
  // Standard input is read in one piece.
  stdin: Readable.from([]),
  to,
  found: (set, finding) => found.push([set, finding]),
  progress: (progress) => {
    const nowMs = systemClock.now();
    if (nowMs - toldMs < TELL_MS) return;
    toldMs = nowMs;
    tell(progress, null);
  },
  isStopped: () => isStopped,
  reached: async (reached) => {
    tell(null, reached);
    return orders.take();
  },
});
tell(null, ended);
parentPort?.close();
