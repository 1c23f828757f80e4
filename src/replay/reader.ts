// A piece of a replay that is being read, in this thread or in another one, for whoever puts the pieces together.
import type { Finding } from '../backtest/backtest.ts';
import type { Halt } from '../source/history-order.ts';
import type { Ended, PieceContext, PieceProgress, PieceTask, Reached } from './piece.ts';

/** Nothing more will come of it. */
interface Gone {
  readonly kind: 'gone';
  readonly error: Error;
}

export type Outcome = Reached | Ended | Gone;

export interface PieceReader {
  /** What it has come to next; to be asked once for each. */
  outcome(): Promise<Outcome>;
  /** Where it has halted it reads on: up to `to`, or to the end of the files (null). */
  readOn(to: Halt | null): void;
  /** What it has read so far is all. */
  stop(): void;
  /** Nobody wants to know any more. */
  end(): void;
}

export interface PieceListener {
  readonly found: (set: number, finding: Finding) => void;
  readonly progress: (progress: PieceProgress) => void;
}

/** Who reads pieces: up to a place, or to the end of the files (null). */
export interface Readers {
  /** In this thread. */
  readonly here: (task: PieceTask, context: Omit<PieceContext, 'reached'>) => PieceReader;
  /** In one of its own. */
  readonly inThread: (task: PieceTask, to: Halt | null, listener: PieceListener) => PieceReader;
}

export function goneBy(error: unknown): Gone {
  return { kind: 'gone', error: error instanceof Error ? error : new Error(String(error)) };
}
