// Checks positions that come back from a database before anything is read by them. Pure part of the source room.
import { isAmount, isCount, isListOf, isNullOr, isOneOf, isShape, isText } from '../saved.ts';
import type { Check } from '../saved.ts';
import { isPrint } from './head.ts';
import type {
  FileIdentity,
  Position,
  SavedGeneration,
  SavedPath,
  SavedSiblings,
  SourcePositions,
} from './source.ts';

const isHead = (value: unknown): value is string => isText(value) && isPrint(value);
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

const identity = { dev: isCount, ino: isCount, birthtimeMs: isAmount };
const position = { ...identity, head: isHead, offset: isCount };
const isIdentity = isShape<FileIdentity>(identity);

const isSiblings = isShape<SavedSiblings>({
  dev: isCount,
  ino: isCount,
  mtimeMs: isAmount,
  plain: isListOf(isText),
  compressed: isListOf(isText),
  named: isNullOr(isText),
});

const isFittingPath = isShape<SavedPath>({
  path: isText,
  generations: isListOf(
    isShape<SavedGeneration>({ ...position, openedAs: isText, isNamed: isFlag, isFinite: isFlag }),
  ),
  current: isNullOr(isCount),
  heads: isListOf(isHead),
  siblings: isNullOr(isSiblings),
  isSettled: isFlag,
  firstSight: isNullOr(isShape<FileIdentity & { readonly size: number }>({ ...identity, size: isCount })),
  copy: isNullOr(isIdentity),
  possibleLoss: isCount,
});

const isPath: Check<SavedPath> = (value): value is SavedPath =>
  isFittingPath(value) && (value.current ?? -1) < value.generations.length;

const isPositions = isShape<SourcePositions>({
  version: isOneOf(1),
  filename: isListOf(isText),
  paths: isListOf(isPath),
  released: isListOf(isShape<Position>(position)),
});

/** The positions in parsed JSON, or null if it is damaged or another version's: nothing of it can be used then. */
export function parsePositions(value: unknown): SourcePositions | null {
  return isPositions(value) ? value : null;
}
