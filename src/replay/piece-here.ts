// Reads a piece of a replay in this thread.
import { Mailbox } from './mailbox.ts';
import { readPiece } from './piece.ts';
import type { Next, PieceContext, PieceTask, Reached } from './piece.ts';
import { goneBy } from './reader.ts';
import type { Outcome, PieceReader } from './reader.ts';

export function readHere(task: PieceTask, context: Omit<PieceContext, 'reached'>): PieceReader {
  const outcomes = new Mailbox<Outcome>();
  const orders = new Mailbox<Next>();
  const reached = async (here: Reached): Promise<Next> => {
    outcomes.put(here);
    return orders.take();
  };
  readPiece(task, { ...context, reached }).then(
    (ended) => outcomes.put(ended ?? { kind: 'gone', error: new Error('the piece was ended') }),
    (error: unknown) => outcomes.put(goneBy(error)),
  );
  return {
    outcome: async () => outcomes.take(),
    readOn: (to) => orders.put({ to }),
    // It asks itself.
    stop: () => {},
    end: () => orders.put('no further'),
  };
}
