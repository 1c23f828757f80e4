// Logs whose names a pattern would have found, but which came and were compressed while no process was there: nothing was read of
// them, and no name leads to them. Between the patterns and unpacking.ts.
import fs from 'node:fs';
import nodePath from 'node:path';
import { expandPacked } from './pattern.ts';
import { isRotatedName, withoutCompression } from './rotated-name.ts';
import { keyOf } from './sibling.ts';
import { Siblings } from './siblings.ts';
import type { FileIdentity, SavedPath, SavedSiblings } from './source.ts';

/** A path without generations for each of them, by name. `known`: the logs of `filenames` that were read. */
export function findNewPacked(
  filenames: readonly string[],
  known: readonly SavedPath[],
): readonly SavedPath[] {
  return expandPacked(filenames).flatMap((packed) => {
    const path = withoutCompression(packed);
    if (fs.existsSync(path)) return [];
    const beside = known.filter((saved) => nodePath.dirname(saved.path) === nodePath.dirname(path));
    const stat = fs.statSync(packed, { throwIfNoEntry: false });
    const isNew =
      stat !== undefined && !isOfOneOf(beside, path) && beside.every((saved) => isNewer(stat, saved));
    const directory = beside.find(({ siblings }) => siblings !== null)?.siblings ?? null;
    return isNew && directory !== null ? [neverRead(path, packed, directory)] : [];
  });
}

/** It is a log that was read, or a rotated generation of one. */
function isOfOneOf(logs: readonly SavedPath[], path: string): boolean {
  const base = nodePath.basename(path);
  return logs.some((log) => log.path === path || isRotatedName(nodePath.basename(log.path), base));
}

/** It was not there yet when `log` was looked at last, and what is in it was written later than what was read of that began. */
function isNewer({ ctimeMs, mtimeMs }: fs.Stats, { siblings, generations }: SavedPath): boolean {
  const bornMs = Math.max(0, ...generations.map(({ birthtimeMs }) => birthtimeMs));
  return ctimeMs > (siblings?.mtimeMs ?? 0) && mtimeMs >= bornMs;
}

/** What else is compressed beside it is history. */
function neverRead(path: string, packed: string, { dev, ino }: Pick<FileIdentity, 'dev' | 'ino'>): SavedPath {
  const others = new Siblings(path).packed().filter((sibling) => sibling.path !== packed);
  const compressed = others.map(({ stat }) => keyOf(stat));
  const siblings: SavedSiblings = { dev, ino, mtimeMs: 0, plain: [], compressed, named: null };
  const nothing = { generations: [], current: null, heads: [], firstSight: null, copy: null };
  return { path, ...nothing, siblings, isSettled: false, possibleLoss: 0 };
}
