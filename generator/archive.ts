// Names for the old generations of a log, and a bound on how many there are: numbered and shifted as logrotate does,
// or dated.
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ArchiveNames } from './archive-names.ts';

export interface Archive {
  /** Makes room for one more and names it; null when none are kept. `timeMs` is the time in a dated name. */
  nextName(timeMs: number): string | null;
}

export function createArchive(path: string, names: ArchiveNames, keep: number): Archive {
  return names === 'numbered' ? numberedArchive(path, keep) : datedArchive(path, keep);
}

function numberedArchive(path: string, keep: number): Archive {
  return {
    nextName() {
      if (keep === 0) return null;
      rmSync(`${path}.${keep}`, { force: true });
      for (let number = highestNumber(path, keep); number >= 1; number--) {
        if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
      }
      return `${path}.1`;
    },
  };
}

/** Below `keep`, and found by looking: a large `keep` must not cost as many calls at each rotation. */
function highestNumber(path: string, keep: number): number {
  const prefix = `${basename(path)}.`;
  let highest = 0;
  for (const name of readdirSync(dirname(path))) {
    const number = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
    if (Number.isInteger(number) && number < keep) highest = Math.max(highest, number);
  }
  return highest;
}

function datedArchive(path: string, keep: number): Archive {
  const folder = dirname(path);
  const prefix = `${basename(path)}-`;
  const existing = readdirSync(folder).filter(
    (name) => name.startsWith(prefix) && /^\d{8}-\d{6}(?:\.\d{3})?$/.test(name.slice(prefix.length)),
  );
  const kept = existing.toSorted().map((name) => join(folder, name));
  return {
    nextName(timeMs) {
      if (keep === 0) return null;
      for (const name of kept.splice(0, Math.max(0, kept.length - keep + 1))) rmSync(name, { force: true });
      const name = unusedName(`${path}-${compactTime(timeMs)}`);
      kept.push(name);
      return name;
    },
  };
}

function unusedName(wanted: string): string {
  let name = wanted;
  for (let copy = 1; existsSync(name); copy++) name = `${wanted}.${String(copy).padStart(3, '0')}`;
  return name;
}

/** Such as 20261123-221405, in UTC. */
function compactTime(timeMs: number): string {
  const [day = '', time = ''] = new Date(timeMs).toISOString().slice(0, 19).split('T');
  return `${day.replaceAll('-', '')}-${time.replaceAll(':', '')}`;
}
