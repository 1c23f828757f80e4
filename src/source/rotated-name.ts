// Which names in a directory can belong to earlier generations of a log. Pure part of the source room: it sees
// names only; whether such a file really is an unread generation is decided by inode, birth and head.

const compressedName = /\.(?:gz|zst|bz2|xz|lz4|lzma|zip|Z|br)$/;
const rotatedWords = /(?:^|[-._])(?:old|prev|bak|orig|save|last|backup|rotated|tmp)(?:[-._]|$)/i;

/** True for names of files that hold a compressed copy of a log, which is never read again. */
export function isCompressedName(name: string): boolean {
  return compressedName.test(name);
}

/** `access.log.2` for `access.log.2.gz`. */
export function withoutCompression(name: string): string {
  return name.replace(compressedName, '');
}

/**
 * True when a file called `name` can be a rotated generation of the log called `base` in the same directory:
 * `access.log.1`, `access.log-20261123`, `access-20261123.log`, `access.1.log`, `access.log.old`.
 */
export function isRotatedName(base: string, name: string): boolean {
  if (name === base || isCompressedName(name)) return false;
  if (name.startsWith(base)) {
    const rest = name.slice(base.length);
    return /^[-._~@]/.test(rest) && (/\d/.test(rest) || rotatedWords.test(rest));
  }
  return hasDateInside(base, name);
}

function hasDateInside(base: string, name: string): boolean {
  const dot = base.lastIndexOf('.');
  if (dot <= 0) return false;
  const stem = base.slice(0, dot);
  const extension = base.slice(dot);
  if (!name.startsWith(stem) || !name.endsWith(extension)) return false;
  const middle = name.slice(stem.length, name.length - extension.length);
  return /^[-._][-\d._:T+]*\d[-\d._:TZ+]*$/.test(middle);
}
