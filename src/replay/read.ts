// Puts the pieces of a replay together, so that what they tell is what one reader of everything would have told. Where two
// pieces meet, the one before and the warm-up of the one behind must have come to the same standing; if they have not, the one
// before reads on, and the other one has worked in vain.
import { AGGREGATOR_DEFAULTS } from '../aggregate/aggregator-options.ts';
import { PathUnion } from '../aggregate/path-union.ts';
import type { AlertEvent, Rule } from '../alerts/rule.ts';
import type { Finding } from '../backtest/backtest.ts';
import type { Progress } from '../commands/progress-bar.ts';
import type { PipelineCounts } from '../pipeline.ts';
import type { WholeSpan } from '../reports/whole-span.ts';
import type { Cut } from '../source/cuts.ts';
import type { Halt } from '../source/history-order.ts';
import { Carried } from './carried.ts';
import { addCounts, NO_COUNTS } from './counts.ts';
import type { Ended, PieceContext, PieceCounts, PieceProgress, PieceTask, Reached, Seam } from './piece.ts';
import type { Outcome, PieceListener, PieceReader, Readers } from './reader.ts';

export interface ReadingContext extends Pick<
  PieceContext,
  'clock' | 'stdin' | 'others' | 'found' | 'isStopped'
> {
  readonly whole: WholeSpan;
  readonly readers: Readers;
  /** By set of rules. */
  readonly rules: readonly (readonly Rule[])[];
  readonly progress: (progress: Progress) => void;
}

export interface ReadReplay
  extends PipelineCounts, Pick<Ended, 'toSeconds'>, Pick<PieceCounts, 'problems' | 'seen'> {
  /** So many threads have read what counts. */
  readonly threads: number;
  /** The alerts that fire at the end, by set of rules. */
  readonly open: readonly (readonly AlertEvent[])[];
}

/** Reads `task`, which has no beginning, in one piece more than there are `cuts`: each but the first in a thread of its own. */
export async function readReplay(
  task: PieceTask,
  cuts: readonly Cut[],
  context: ReadingContext,
): Promise<ReadReplay> {
  const reading = new Reading(task, cuts, context);
  try {
    return await reading.read();
  } finally {
    reading.end();
  }
}

interface Piece {
  readonly reader: PieceReader;
  /** What it has found since its beginning; null: it is told as it is found. */
  waiting: [set: number, finding: Finding][] | null;
  progress: PieceProgress | null;
  /** Bytes of the warm-up. */
  readonly warmUpBytes: number;
  carried: Carried;
  isWanted: boolean;
}

class Reading {
  readonly #task: PieceTask;
  readonly #cuts: readonly Cut[];
  readonly #context: ReadingContext;
  readonly #here: Piece;
  /** One for each cut. */
  readonly #ahead: readonly Piece[];
  readonly #bytesTotal: number;
  /** What the tables of paths of all pieces that count hold together; what does not fit would not have in one table either. */
  readonly #paths = new PathUnion(AGGREGATOR_DEFAULTS);
  #counts: PipelineCounts = NO_COUNTS;
  readonly #problems: string[] = [];
  #seen: PieceCounts['seen'] = [];
  #accepted = 0;

  constructor(task: PieceTask, cuts: readonly Cut[], context: ReadingContext) {
    this.#task = task;
    this.#cuts = cuts;
    this.#context = context;
    this.#bytesTotal = task.files.reduce((sum, { file }) => sum + file.size, 0);
    // Those in threads first: they take a while to start.
    this.#ahead = cuts.map((cut, i) => this.#begin(cut, i + 1));
    this.#here = this.#beginHere();
  }

  async read(): Promise<ReadReplay> {
    let current = this.#here;
    let outcome = await current.reader.outcome();
    for (const [i, next] of this.#ahead.entries()) {
      if (outcome.kind !== 'reached') break;
      // While the next one may still read.
      this.#paths.add(outcome.counts.paths);
      const its = next.isWanted ? await next.reader.outcome() : null;
      if (its !== null && this.#fit(outcome, its)) {
        this.#accept(outcome.counts);
        current.reader.end();
        this.#goOnWith(next, current.carried.next(outcome.here, its.begun, this.#context.rules));
        current = next;
        outcome = its;
      } else {
        this.#giveUp(next);
        current.reader.readOn(this.#haltAt(i + 1));
        outcome = await current.reader.outcome();
      }
    }
    if (outcome.kind === 'gone') throw outcome.error;
    if (outcome.kind === 'reached') throw new RangeError('the last piece has an end');
    return this.#finish(current, outcome);
  }

  end(): void {
    for (const piece of this.#all()) this.#giveUp(piece);
  }

  #all(): readonly Piece[] {
    return [this.#here, ...this.#ahead];
  }

  #beginHere(): Piece {
    const { others, clock, stdin, isStopped, readers } = this.#context;
    const piece: Piece = this.#create(0, (listener) =>
      readers.here(this.#task, {
        ...listener,
        clock,
        stdin,
        isStopped,
        to: this.#haltAt(0),
        ...(others === undefined ? {} : { others }),
      }),
    );
    piece.waiting = null;
    return piece;
  }

  #begin({ at, files, warmUpBytes, parser }: Cut, index: number): Piece {
    const task: PieceTask = { ...this.#task, files, beginning: { at, parser } };
    return this.#create(warmUpBytes, (listener) =>
      this.#context.readers.inThread(task, this.#haltAt(index), listener),
    );
  }

  #create(warmUpBytes: number, start: (listener: PieceListener) => PieceReader): Piece {
    const piece: Piece = {
      reader: start({
        found: (set, finding) => this.#found(piece, set, finding),
        progress: (progress) => this.#progress(piece, progress),
      }),
      waiting: [],
      progress: null,
      warmUpBytes,
      carried: Carried.none,
      isWanted: true,
    };
    return piece;
  }

  /** Where the piece at `index` ends; null: with the files. */
  #haltAt(index: number): Halt | null {
    return this.#cuts[index]?.at ?? null;
  }

  #found(piece: Piece, set: number, finding: Finding): void {
    if (piece.waiting === null) this.#context.found(set, piece.carried.tellFinding(set, finding));
    else piece.waiting.push([set, finding]);
  }

  #progress(piece: Piece, progress: PieceProgress): void {
    piece.progress = progress;
    // What a full table counts depends on all that was before: nobody can read ahead of it.
    if (progress.wasFull) for (const each of this.#ahead) if (each.waiting !== null) this.#giveUp(each);
    if (this.#context.isStopped()) piece.reader.stop();
    let [bytesDone, lines] = [0, 0];
    for (const { progress: its, warmUpBytes, isWanted } of this.#all()) {
      if (its === null || !isWanted) continue;
      bytesDone += Math.max(0, its.bytesDone - warmUpBytes);
      lines += its.lines;
    }
    this.#context.progress({ bytesDone, bytesTotal: this.#bytesTotal, lines });
  }

  #giveUp(piece: Piece): void {
    if (!piece.isWanted) return;
    piece.isWanted = false;
    piece.reader.end();
  }

  /** Whether the piece that has come to `its` goes on from where the one before has come to. */
  #fit(before: Reached, its: Outcome): its is (Reached | Ended) & { begun: Seam } {
    if (its.kind === 'gone' || its.begun === null || its.begun.standing !== before.here.standing)
      return false;
    return this.#paths.add(its.counts.paths);
  }

  #accept(counts: PieceCounts): void {
    this.#accepted++;
    this.#problems.push(...counts.problems);
    this.#seen = counts.seen.map((set, i) => set.map((bits, place) => bits | (this.#seen[i]?.[place] ?? 0)));
    this.#context.whole.merge(counts.whole);
    this.#counts = addCounts(this.#counts, counts);
  }

  #goOnWith(next: Piece, carried: Carried): void {
    next.carried = carried;
    const waiting = next.waiting ?? [];
    next.waiting = null;
    for (const [set, finding] of waiting) this.#found(next, set, finding);
  }

  #finish({ carried }: Piece, { toSeconds, open, counts }: Ended): ReadReplay {
    this.#accept(counts);
    return {
      threads: this.#accepted,
      toSeconds,
      ...this.#counts,
      problems: this.#problems,
      seen: this.#seen,
      open: open.map((events, set) => events.map((event) => carried.tell(set, event))),
    };
  }
}
