// Turns the `filename` setting into paths: a path stays as it is, a glob becomes the files that match it now.
import fs from 'node:fs';
import nodePath from 'node:path';
import { isGlob } from '../glob.ts';
import { isCompressedName, withoutCompression } from './rotated-name.ts';

/** What follows the name of a log that was compressed in a way that can be unpacked. */
const PACKED = '{.gz,.zst}';

export interface Expansion {
  /** Absolute or as written, each once. */
  readonly paths: ReadonlySet<string>;
  /** Globs that match nothing. */
  readonly unmatched: readonly string[];
  /** Where new files of these names appear. */
  readonly directories: ReadonlySet<string>;
}

/** True if `path` is one of the paths that `filenames` can lead to. */
export function isMatch(filenames: readonly string[], path: string): boolean {
  return filenames.some(
    (filename) =>
      filename === path ||
      (isGlob(filename) && nodePath.matchesGlob(nodePath.resolve(path), nodePath.resolve(filename))),
  );
}

export function expand(filenames: readonly string[]): Expansion {
  const paths = new Set<string>();
  const unmatched: string[] = [];
  const directories = new Set<string>();
  for (const filename of filenames) {
    if (!isGlob(filename) || fs.existsSync(filename)) {
      paths.add(filename);
      directories.add(nodePath.dirname(filename));
      continue;
    }
    const matches = matchesOf(filename);
    if (matches.length === 0) unmatched.push(filename);
    directories.add(fixedDirectory(filename));
    for (const match of matches) {
      paths.add(match);
      directories.add(nodePath.dirname(match));
    }
  }
  return { paths, unmatched, directories };
}

/** Compressed files that globs among `filenames` would lead to if they were not compressed; each once. */
export function expandPacked(filenames: readonly string[]): readonly string[] {
  const packed = filenames
    .filter(isGlob)
    .flatMap((pattern) => filesOf(pattern + PACKED))
    .filter((path) => isMatch(filenames, withoutCompression(path)));
  return [...new Set(packed)].toSorted();
}

/** Compressed files are passed over: `logs/*` means the logs in it. */
function matchesOf(pattern: string): readonly string[] {
  return filesOf(pattern)
    .filter((path) => !isCompressedName(path))
    .toSorted();
}

function filesOf(pattern: string): readonly string[] {
  return fs
    .globSync(pattern, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => nodePath.join(entry.parentPath, entry.name));
}

/** The part of a glob before its first directory with a wildcard. */
export function fixedDirectory(pattern: string): string {
  let directory = nodePath.dirname(pattern);
  while (isGlob(directory)) directory = nodePath.dirname(directory);
  return directory;
}
