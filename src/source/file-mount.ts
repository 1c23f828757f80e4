// Whether a log is a single file that was mounted into the container, which no rotation changes. Asks the kernel; what is
// mounted where is recognised by mount-point.ts.
import fs from 'node:fs';
import { isMountPoint } from './mount-point.ts';
import { singleFileMount } from './problem.ts';
import type { SourceWarning } from './source.ts';

/** Null when `path` is none, and where that can't be known: not on Linux, or the file has gone. */
export function findFileMount(path: string): SourceWarning | null {
  try {
    const mountinfo = fs.readFileSync('/proc/self/mountinfo', 'utf8');
    return isMountPoint(mountinfo, fs.realpathSync(path)) ? singleFileMount(path) : null;
  } catch {
    return null;
  }
}
