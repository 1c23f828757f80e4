// A piece of a replay that is being read, in this thread or in another one, for whoever puts the pieces together.
import type { Finding } from '../backtest/backtest.ts';
import type { Halt } from '../source/history-order.ts';
import { Mailbox } from './mailbox.ts';
import { readPiece } from './piece.ts';
import type { Ended, Next, PieceContext, PieceProgress, PieceTask, Reached } from './piece.ts';

/** Nothing more will come of it. */
interface Gone {
  readonly kind: 'gone';
  readonly why: string;
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

/** Reads in this thread. */
export function readHere(task: PieceTask, context: Omit<PieceContext, 'reached'>): PieceReader {
  const outcomes = new Mailbox<Outcome>();
  const orders = new Mailbox<Next>();
  const reached = async (here: Reached): Promise<Next> => {
    outcomes.put(here);
    return orders.take();
  };
  readPiece(task, { ...context, reached }).then(
    (ended) => outcomes.put(ended ?? { kind: 'gone', why: 'it was ended' }),
    (error: unknown) => outcomes.put({ kind: 'gone', why: String(error) }),
  );
  return {
    outcome: async () => outcomes.take(),
    readOn: (to) => orders.put({ to }),
    // It asks itself.
    stop: () => {},
    end: () => orders.put('no further'),
  };
}
