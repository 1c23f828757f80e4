// How many cores there are for this process: those of the machine, or of the container, which may be allowed fewer.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** Where Linux tells of the control group; of a container, its own. */
const GROUP = '/sys/fs/cgroup';
/** Time in so much time that may be used, both in microseconds: in one file, or, of the older kind, in two. */
const LIMITS = [['cpu.max'], ['cpu/cpu.cfs_quota_us', 'cpu/cpu.cfs_period_us']];

/** At least 1; a limit of one and a half counts as two. */
export function countCores(group = GROUP): number {
  return Math.min(availableParallelism(), ...LIMITS.map((files) => readLimit(group, files)));
}

/** Infinity when there is none. */
function readLimit(group: string, files: readonly string[]): number {
  try {
    const text = files.map((file) => readFileSync(join(group, file), 'latin1')).join(' ');
    const [quota = Number.NaN, period = Number.NaN] = text.trim().split(/\s+/).map(Number);
    const cores = Math.ceil(quota / period);
    return cores >= 1 ? cores : Number.POSITIVE_INFINITY;
  } catch {
    // Of the other kind, or of no Linux.
    return Number.POSITIVE_INFINITY;
  }
}
