// Recognises a path that is itself a mount point, from the text of /proc/self/mountinfo. Pure part of the source room.

/** True if `path`, absolute and without links, is where something is mounted. */
export function isMountPoint(mountinfo: string, path: string): boolean {
  for (const line of mountinfo.split('\n')) {
    // The fifth column is the mount point; spaces, tabs, newlines and backslashes are written as octal codes.
    const column = line.split(' ', 5)[4];
    if (column !== undefined && unescapeOctal(column) === path) return true;
  }
  return false;
}

function unescapeOctal(column: string): string {
  return column.replaceAll(/\\([0-7]{3})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
}
