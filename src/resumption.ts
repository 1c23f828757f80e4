// Hands the parts what an earlier process has saved of them, so that the monitor goes on where that one ended.
import type { Logger } from './logger.ts';
import type { Outbox } from './outputs/outbox.ts';
import { parsePositions } from './source/positions.ts';
import type { SourcePositions } from './source/source.ts';
import type { Checkpoints } from './store/checkpoints.ts';
import type { SavedState } from './store/store.ts';

/** What an earlier process has left; null at a first start. */
export function openState(checkpoints: Checkpoints, logger: Logger): SavedState | null {
  const { saved, notice } = checkpoints.open();
  if (notice !== null) logger.error({ path: checkpoints.state().path }, notice);
  return saved !== null && saved.parts.size > 0 ? saved : null;
}

export interface RestoreContext {
  readonly logger: Logger;
  readonly outbox: Outbox;
  /** By the names under which they are saved, in the order in which they are restored. */
  readonly parts: Readonly<Record<string, { restore(saved: unknown): boolean }>>;
}

/** Hands every part what it has saved. Gives the positions from which the source goes on. */
export function restoreState(
  saved: SavedState | null,
  { logger, outbox, parts }: RestoreContext,
): SourcePositions | null {
  if (saved === null) return null;
  const refuse = (part: string): void =>
    logger.error({ part }, 'what was saved of this part does not fit this version: it begins afresh');
  // Before the parts: one of them may have something to tell at once, which comes after what is owed.
  if (!outbox.restore(saved.outbox)) refuse('outbox');
  for (const [name, part] of Object.entries(parts)) {
    // A part that is new in this version has nothing to go on from.
    if (saved.parts.has(name) && !part.restore(saved.parts.get(name))) refuse(name);
  }
  const positions = parsePositions(saved.parts.get('positions'));
  if (positions === null) refuse('positions');
  else
    logger.info({ logs: positions.paths.length }, 'goes on where it ended: what was written since is read');
  return positions;
}
