// Says why nothing can be written into a folder, and what to do about it: a volume that belongs to root is the usual reason.
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Of the folder that `path` is or will be in; null when it can be written into, or when nothing is known of it. */
export function explainFolder(path: string): string | null {
  const folder = nearestFolder(resolve(path));
  if (folder === null) return null;
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return codeOf(error) === 'EROFS' ? `${folder} is mounted read-only` : explainOwner(folder);
  }
}

function explainOwner(folder: string): string {
  const { uid, gid, mode } = statSync(folder);
  const own = process.geteuid?.() ?? -1;
  return (
    `fluffy runs as uid ${own} and may not write into ${folder} (owner ${uid}:${gid}, mode ${(mode & 0o777).toString(8)}): ` +
    `chown ${own} it, or run fluffy as its owner`
  );
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
