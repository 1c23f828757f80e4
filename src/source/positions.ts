// Checks positions that come back from a database before anything is read by them. Pure part of the source room.
import * as v from 'valibot';
import { AmountSchema, CountSchema } from '../saved.ts';
import { isPrint } from './head.ts';
import type { SourcePositions } from './source.ts';

const HeadSchema = v.pipe(v.string(), v.check(isPrint));

const identity = { dev: CountSchema, ino: CountSchema, birthtimeMs: AmountSchema };
const position = { ...identity, head: HeadSchema, offset: CountSchema };

const SiblingsSchema = v.strictObject({
  dev: CountSchema,
  ino: CountSchema,
  mtimeMs: AmountSchema,
  plain: v.array(v.string()),
  compressed: v.array(v.string()),
  named: v.nullable(v.string()),
});

const PathSchema = v.pipe(
  v.strictObject({
    path: v.string(),
    generations: v.array(
      v.strictObject({
        ...position,
        openedAs: v.string(),
        isNamed: v.boolean(),
        isFinite: v.boolean(),
        isRead: v.exactOptional(v.boolean()),
        isUndecided: v.exactOptional(v.literal(true)),
      }),
    ),
    current: v.nullable(CountSchema),
    heads: v.array(HeadSchema),
    siblings: v.nullable(SiblingsSchema),
    isSettled: v.boolean(),
    firstSight: v.nullable(v.strictObject({ ...identity, size: CountSchema })),
    copy: v.nullable(v.strictObject({ ...identity, size: v.exactOptional(CountSchema) })),
    possibleLoss: CountSchema,
  }),
  v.check(({ current, generations }) => (current ?? -1) < generations.length),
);

const PositionsSchema = v.strictObject({
  version: v.literal(1),
  filename: v.array(v.string()),
  paths: v.array(PathSchema),
  released: v.array(v.strictObject(position)),
});

/** The positions in parsed JSON, or null if it is damaged or another version's: nothing of it can be used then. */
export function parsePositions(value: unknown): SourcePositions | null {
  return v.is(PositionsSchema, value) ? value : null;
}
