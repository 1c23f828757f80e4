// The failure of something the generator writes to, as one sentence for a person: what, where, and the remedy.

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC:
    'no space left on the device; free some, or write less with --lines, --duration or --rotate and --keep',
  EDQUOT: 'the disk quota is used up',
  EPIPE: 'the reader went away',
  EACCES: 'permission denied; check the owner and mode of the file and of its folder',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder; name a file inside it',
  ENOTDIR: 'a part of the path is not a folder',
  ENXIO: 'nothing reads from this pipe; start the reader first',
};

export class OutputError extends Error {
  readonly code: string;

  /** `verb`: what failed, such as `open` or `write`. */
  constructor(verb: string, path: string, cause: unknown) {
    const code = errorCode(cause);
    const place = path === '-' ? 'to standard output' : path;
    const reason = REMEDIES[code] ?? (cause instanceof Error ? cause.message : String(cause));
    super(`cannot ${verb} ${place}: ${reason}`, { cause });
    this.code = code;
  }
}

/** The `code` of a system error, or `unknown`. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
