// The exit codes of every command.

export const EXIT = {
  ok: 0,
  /** The command did its work and the answer is no: not healthy, not valid, could not start. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** No monitor answers. */
  notRunning: 3,
  /** An alert would have fired, and the user wants to hear of that: for checks that run by themselves. */
  alerted: 4,
  /** As a shell tells of a process that SIGINT ended. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
