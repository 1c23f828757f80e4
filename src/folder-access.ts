// Says why nothing can be written into a folder, and what to do about it: a volume that belongs to root is the usual reason.
import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** As statfs(2) tells it. */
const TMPFS_TYPE = 0x01_02_19_94;

/** Of the folder that `path` is or will be in; null when it can be written into, or when nothing is known of it. */
export function explainFolder(path: string): string | null {
  const folder = nearestFolder(resolve(path));
  if (folder === null) return null;
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return codeOf(error) === 'EROFS' ? explainReadOnly(folder) : explainOwner(folder);
  }
}

function explainReadOnly(folder: string): string {
  return (
    `${folder} is mounted read-only: take away :ro if it is a volume of its own; in a container with --read-only (read_only: true), ` +
    `mount a volume there, -v "$PWD/data:${folder}", or --tmpfs ${folder}:uid=${ownId()} for what need not outlast the container`
  );
}

function explainOwner(folder: string): string {
  const { uid, gid, mode } = statSync(folder);
  const own = ownId();
  const remedy = isTmpfs(folder)
    ? `it is a tmpfs, so mount it as fluffy's, --tmpfs ${folder}:uid=${own}`
    : `chown ${own} it, or run fluffy as its owner`;
  return `fluffy runs as uid ${own} and may not write into ${folder} (owner ${uid}:${gid}, mode ${(mode & 0o777).toString(8)}): ${remedy}`;
}

function ownId(): number {
  return process.geteuid?.() ?? -1;
}

/** One is mounted there: what is done to it by hand is gone with its container. */
function isTmpfs(folder: string): boolean {
  try {
    const isMounted = statSync(folder).dev !== statSync(dirname(folder)).dev;
    return isMounted && statfsSync(folder).type === TMPFS_TYPE;
  } catch {
    return false;
  }
}

/** The first of the folders above `path` that is there, or that lets nobody look into it. */
function nearestFolder(path: string): string | null {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      if (statSync(folder).isDirectory()) return folder;
      return null;
    } catch (error) {
      if (codeOf(error) === 'EACCES') return dirname(folder);
      if (folder === dirname(folder)) return null;
    }
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
