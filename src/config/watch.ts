// Notices that the configuration file has changed, for `watch-config`. By looking, not by events: a mounted file, or the
// links of a Kubernetes ConfigMap, give none that could be relied on.
import { statSync } from 'node:fs';
import type { Cancel, Clock } from '../clock.ts';

const INTERVAL_MS = 5000;

/** Calls `changed` within some seconds of each change of the file at `path`; a file that is gone for now is none. */
export function watchConfigFile(path: string, clock: Clock, changed: () => void): Cancel {
  let known = printOf(path);
  return clock.every(INTERVAL_MS, () => {
    const print = printOf(path);
    if (print === null || print === known) return;
    known = print;
    changed();
  });
}

/**
 * A sentence about a file that has no name any more, null about any other. A container in which a file is mounted by itself
 * goes on seeing that one when it is replaced outside, as most editors and `sed -i` do; what was written is in another file
 * of the same name. `shownPath` is how the sentence calls it.
 */
export function findReplacement(path: string, shownPath: string = path): string | null {
  if (!hasNoName(path)) return null;
  return (
    `${shownPath}: was replaced outside the container, which still sees the old file, as it is mounted by itself: ` +
    'restart the container, and next time write into the file'
  );
}

function hasNoName(path: string): boolean {
  try {
    return statSync(path).nlink === 0;
  } catch {
    return false;
  }
}

function printOf(path: string): string | null {
  try {
    const { dev, ino, nlink, size, mtimeMs } = statSync(path);
    return [dev, ino, nlink, size, mtimeMs].join(':');
  } catch {
    return null;
  }
}
