// fluffy's counters about its own reading: lines, failures by reason with a sample, the last line of each log.
import * as v from 'valibot';
import { charactersBefore } from './parse/characters.ts';
import { PARSE_FAILURES } from './parse/record.ts';
import type { ParseFailure } from './parse/record.ts';
import { AmountSchema, CountSchema } from './saved.ts';

const SAMPLE_BYTES_MAX = 200;

export interface FailureCount {
  readonly reason: ParseFailure;
  readonly lines: number;
  /** The beginning of a line that failed for this reason, from the last chunk that had one. */
  readonly sample: string;
  /** Characters before the first one that did not fit. */
  readonly column: number;
  /** Of that line in its file, from 1; only where lines are numbered. */
  readonly lineNumber?: number;
}

export interface LogCounters {
  readonly lines: number;
  /** Lines that are no record, for every reason that occurred. */
  readonly failures: readonly FailureCount[];
  /** Wall time when bytes came last, milliseconds since the epoch; null before the first. */
  readonly lastReadMs: number | null;
}

/** What a snapshot of `LogTelemetry` is. */
export const LogCountersSchema = v.strictObject({
  lines: CountSchema,
  failures: v.pipe(
    v.array(
      v.strictObject({
        reason: v.picklist(PARSE_FAILURES),
        lines: CountSchema,
        sample: v.string(),
        column: CountSchema,
      }),
    ),
    v.readonly(),
  ),
  lastReadMs: v.nullable(AmountSchema),
});

/** Counts the lines of one log. */
export class LogTelemetry implements LogCounters {
  lines = 0;
  lastReadMs: number | null = null;
  readonly #failures = new Map<ParseFailure, FailureCount>();
  /** Reasons sampled since the last chunk began: a flood of bad lines costs one string a chunk. */
  readonly #sampled = new Set<ParseFailure>();
  readonly #mask: ((line: Buffer) => Buffer) | undefined;
  readonly #isNumbered: boolean;

  /** `mask` gives what may be shown of a line. Lines are numbered where all are of one file, from its beginning on. */
  constructor(mask?: (line: Buffer) => Buffer, isNumbered = false) {
    this.#mask = mask;
    this.#isNumbered = isNumbered;
  }

  get failures(): readonly FailureCount[] {
    return [...this.#failures.values()];
  }

  snapshot(): LogCounters {
    const { lines, failures, lastReadMs } = this;
    return { lines, failures, lastReadMs };
  }

  /** Adds what another one has counted behind this one, in this process or in an earlier one. */
  merge(other: LogCounters): void {
    const linesBefore = this.lines;
    this.lines += other.lines;
    if (other.lastReadMs !== null) this.lastReadMs = Math.max(this.lastReadMs ?? 0, other.lastReadMs);
    for (const failure of other.failures) {
      const lines = failure.lines + (this.#failures.get(failure.reason)?.lines ?? 0);
      const { lineNumber } = failure;
      const numbered = lineNumber === undefined ? {} : { lineNumber: linesBefore + lineNumber };
      this.#failures.set(failure.reason, { ...failure, lines, ...numbered });
    }
  }

  beginChunk(nowMs: number): void {
    this.lastReadMs = nowMs;
    if (this.#sampled.size > 0) this.#sampled.clear();
  }

  /** `line` is the text that failed, at byte `column` of it; it is copied. */
  fail(reason: ParseFailure, column: number, line: Buffer): void {
    const known = this.#failures.get(reason);
    const lines = (known?.lines ?? 0) + 1;
    if (known !== undefined && this.#sampled.has(reason)) {
      this.#failures.set(reason, { ...known, lines });
      return;
    }
    this.#sampled.add(reason);
    // The whole line is masked before it is cut: half of what is to be hidden might not be recognised.
    const shown = this.#mask?.(line) ?? line;
    this.#failures.set(reason, {
      reason,
      lines,
      column: charactersBefore(line, column),
      sample: shown.toString('utf8', 0, SAMPLE_BYTES_MAX),
      ...(this.#isNumbered ? { lineNumber: this.lines } : {}),
    });
  }
}

/** Sums failures by reason over several logs; every reason is there, so that a metric starts at 0. */
export function sumFailures(logs: Iterable<LogCounters>): ReadonlyMap<ParseFailure, number> {
  const sums = new Map<ParseFailure, number>(PARSE_FAILURES.map((reason) => [reason, 0]));
  for (const log of logs) {
    for (const { reason, lines } of log.failures) sums.set(reason, (sums.get(reason) ?? 0) + lines);
  }
  return sums;
}
