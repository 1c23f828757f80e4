// Whether the times in a log are off by whole half hours against the clock: the sign of a wrong time zone, which would
// make every line late or of the future. Pure; for a log that is followed live.

const HALF_HOUR_SECONDS = 1800;
/** Time zones reach from -12 to +14 hours; two of them may be that far apart. */
const HALF_HOURS_MAX = 52;
/** A line is written, and read, so long after its own time at most. */
const TOLERANCE_SECONDS = 20;
/** In a backlog, whose times race towards the clock, no skew lasts for so long. */
const LASTING_SECONDS = 15;
const LOOKS_MIN = 3;

export class SkewWatch {
  /** The skew that lasts, as `look` gave it or would have; null: there is none, or none any more. */
  lastingSeconds: number | null = null;
  #halfHours = 0;
  #sinceSeconds = 0;
  #looks = 0;
  #isTold = false;

  /**
   * Looks at the newest line of a log at the moment it was read. Gives the skew in seconds, positive when the log is
   * ahead, once it has lasted; null otherwise, and ever after it was given once.
   */
  look(nowSeconds: number, lineSeconds: number): number | null {
    const halfHours = Math.round((lineSeconds - nowSeconds) / HALF_HOUR_SECONDS);
    const rest = Math.abs(lineSeconds - nowSeconds - halfHours * HALF_HOUR_SECONDS);
    const isZone = rest <= TOLERANCE_SECONDS && halfHours !== 0 && Math.abs(halfHours) <= HALF_HOURS_MAX;
    if (!isZone || halfHours !== this.#halfHours) {
      this.#halfHours = isZone ? halfHours : 0;
      this.#sinceSeconds = nowSeconds;
      this.#looks = 0;
      this.lastingSeconds = null;
    }
    this.#looks++;
    const isLasting = nowSeconds - this.#sinceSeconds >= LASTING_SECONDS && this.#looks >= LOOKS_MIN;
    if (this.#halfHours === 0 || !isLasting) return null;
    this.lastingSeconds = this.#halfHours * HALF_HOUR_SECONDS;
    if (this.#isTold) return null;
    this.#isTold = true;
    return this.lastingSeconds;
  }
}

/** `2 h ahead of the clock` */
export function describeSkew(skewSeconds: number): string {
  return `${Math.abs(skewSeconds) / 3600} h ${skewSeconds > 0 ? 'ahead of' : 'behind'} the clock`;
}

/** One sentence, with what helps. */
export function explainSkew(skewSeconds: number, timezone: string): string {
  return `the times in this log are ${describeSkew(skewSeconds)}, as with a wrong time zone: if its lines name no offset, set timezone (now ${timezone}) to that of the server; if they do, correct the zone or the clock of the server`;
}
