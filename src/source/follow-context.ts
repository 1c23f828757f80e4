// Contract: what all paths of one source share.
import type { Clock } from '../clock.ts';
import type { FollowLogger } from './follow-logger.ts';
import type { Ledger } from './ledger.ts';
import type { SourceSink } from './source.ts';
import type { WatchPace } from './watch-pace.ts';

export interface FollowContext {
  readonly clock: Clock;
  readonly logger: FollowLogger;
  readonly sink: SourceSink;
  readonly startFrom: 'end' | 'beginning';
  readonly graceMs: number;
  readonly pace: WatchPace;
  readonly ledger: Ledger;
  /** True if `head` begins a file that another path has read, and `path` is a rotated name of that path. */
  isCopyOfAnother(path: string, head: Buffer): boolean;
  /** True if another path, of which `path` is a rotated name, reads a file that begins with the same line as `head`, but goes on otherwise. */
  isForkOfAnother(path: string, head: Buffer): boolean;
  /**
   * A life of `path` that nobody has seen yet begins with `head`: another path lets go of a copy of it that it reads. How far
   * its lines have been read there, at most `size`; 0 when there is no such copy.
   */
  takeOverCopy(path: string, head: Buffer, size: number): number;
  /** Other paths let go of copies of a life of `path`, begun like `print`, which they have not known for copies yet. */
  dropCopiesElsewhere(path: string, print: string): void;
}
