// What an earlier process has left for each path, given out once: to the paths that are followed still. Between the
// saved positions and follow.ts.
import fs from 'node:fs';
import nodePath from 'node:path';
import { findNewPacked } from './new-packed.ts';
import { findVanished } from './packed-lives.ts';
import { isMatch } from './pattern.ts';
import type { FileIdentity, Position, SavedPath, SourcePositions } from './source.ts';
import type { Vanished } from './unpacking.ts';

export class Resumption {
  readonly released: readonly Position[];
  readonly #filename: readonly string[];
  readonly #paths: Map<string, SavedPath>;
  /** Logs that are compressed, and were never read, as they were when `vanished` was asked. */
  #newPacked: readonly SavedPath[] = [];

  constructor(positions: SourcePositions) {
    const devices = devicesNow(positions);
    this.#filename = positions.filename;
    this.#paths = new Map(positions.paths.map((saved) => [saved.path, moved(saved, devices)]));
    this.released = positions.released.map((file) => onDevice(file, devices));
  }

  /** True if a file that has this name now would have been followed before: if it was not there, it is new. */
  hasCovered(path: string): boolean {
    return this.#paths.has(path) || isMatch(this.#filename, path);
  }

  /** Those not given out yet that `filename` covers. */
  waiting(filename: readonly string[]): readonly SavedPath[] {
    return [...this.#paths.values()].filter(({ path }) => isMatch(filename, path));
  }

  /** Of the heads of all that was read, by whatever path. */
  prints(): readonly string[] {
    const lives = [...this.#paths.values()].flatMap(({ heads, generations }) => [
      ...heads,
      ...generations.map(({ head }) => head),
    ]);
    return [...lives, ...this.released.map(({ head }) => head)];
  }

  /** Paths of which something may have to be unpacked. */
  vanished(filename: readonly string[]): readonly Vanished[] {
    const waiting = this.waiting(filename);
    this.#newPacked = findNewPacked(filename, waiting).filter(({ path }) => this.hasCovered(path));
    const vanished = waiting.map((saved) => ({ saved, generations: findVanished(saved) }));
    return [
      ...vanished.filter(({ generations }) => generations.length > 0),
      ...this.#newPacked.map((saved) => ({ saved, generations: [] })),
    ];
  }

  take(path: string): SavedPath | null {
    const saved = this.#paths.get(path) ?? null;
    this.#paths.delete(path);
    return saved;
  }

  /** Paths that `filename` would cover but that are gone, with files that may be there under another name, or were never read. */
  takeGone(filename: readonly string[]): readonly SavedPath[] {
    const gone = this.waiting(filename).filter(({ generations }) => generations.length > 0);
    this.#paths.clear();
    return [...gone, ...this.#newPacked];
  }
}

/** A file system that was mounted anew may have another device number, although its files are the same. */
function devicesNow({ paths }: SourcePositions): ReadonlyMap<number, number> {
  const devices = new Map<number, number>();
  for (const { path, siblings } of paths) {
    if (siblings === null) continue;
    const stat = statOrNothing(nodePath.dirname(path));
    if (stat?.ino === siblings.ino) devices.set(siblings.dev, stat.dev);
  }
  return devices;
}

function moved(saved: SavedPath, devices: ReadonlyMap<number, number>): SavedPath {
  const { generations, siblings, firstSight, copy } = saved;
  return {
    ...saved,
    generations: generations.map((generation) => onDevice(generation, devices)),
    siblings: siblings === null ? null : { ...siblings, dev: devices.get(siblings.dev) ?? siblings.dev },
    firstSight: firstSight === null ? null : onDevice(firstSight, devices),
    copy: copy === null ? null : onDevice(copy, devices),
  };
}

function onDevice<T extends FileIdentity>(file: T, devices: ReadonlyMap<number, number>): T {
  return { ...file, dev: devices.get(file.dev) ?? file.dev };
}

function statOrNothing(path: string): fs.Stats | null {
  try {
    return fs.statSync(path);
  } catch {
    return null;
  }
}
