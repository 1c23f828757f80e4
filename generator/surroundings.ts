// What a run needs from the outside: the time, waiting, being told to stop. Tests bring their own.

export interface Surroundings {
  /** Wall time, milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after `ms`, or as soon as the run is to stop; 0 only lets other work go first. */
  readonly wait: (ms: number) => Promise<void>;
  /** Aborted when the run is to end early. */
  readonly stop: AbortSignal;
  /** Called often, with nothing to pass: the caller looks at the truth. */
  readonly onProgress: () => void;
}
