// Turns the `filename` setting into paths: a path stays as it is, a glob becomes the files that match it now.
import fs from 'node:fs';
import nodePath from 'node:path';
import { isGlob } from '../glob.ts';
import { isCompressedName } from './rotated-name.ts';

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

/** Directories and compressed files are passed over: `logs/*` means the logs in it. */
function matchesOf(pattern: string): readonly string[] {
  const matches: string[] = [];
  for (const entry of fs.globSync(pattern, { withFileTypes: true })) {
    if (entry.isDirectory() || isCompressedName(entry.name)) continue;
    matches.push(nodePath.join(entry.parentPath, entry.name));
  }
  return matches.toSorted();
}

/** The part of a glob before its first directory with a wildcard. */
export function fixedDirectory(pattern: string): string {
  let directory = nodePath.dirname(pattern);
  while (isGlob(directory)) directory = nodePath.dirname(directory);
  return directory;
}
