// Contract between a replay and the history that it may fill.
import type { SecondDetails } from './aggregate/aggregator-options.ts';
import type { SecondConsumer } from './aggregate/second.ts';
import type { HistoryFile } from './source/history.ts';

/** Where a replay also stores what it reads. */
export interface ImportTarget {
  readonly details: SecondDetails;
  readonly consumer: SecondConsumer;
  /** Those of the files that are to be read; a sentence for each that is known, and for each that can't be stored. */
  choose(files: readonly HistoryFile[]): Promise<{
    readonly files: readonly HistoryFile[];
    readonly notes: readonly string[];
    readonly problems: readonly string[];
  }>;
  /** All is read, or not; gives sentences on what became of it. */
  finish(isWhole: boolean): string[];
}
