// The lines of the requests that samples keep, and some of those that are no record, so that an alert can show what it is
// about. Filled on the hot path, but only for a request that a sample has taken; asked when an alert fires.
import type { AccessRecord } from '../parse/record.ts';
import { characterEnd, LineRing } from './line-ring.ts';
import { isError } from './status-counts.ts';
import { printText } from './text-table.ts';

/** Of a line, raw and as it is shown. */
const LINE_BYTES_MAX = 500;
/** Of failed requests, of the others, and of lines that are no record: each has room of its own, so that none drowns. */
const RING_BYTES = [1_310_720, 1_310_720, 262_144] as const;
const [OTHERS, FAILED, UNREAD] = [0, 1, 2] as const;
const UNREAD_MAX = 1024;
/** A flood of lines that can't be read costs so many copies a second. */
const UNREAD_PER_SECOND_MAX = 16;
/** An address is shortened to a third at most: what is cut behind so much more is never within the part that is shown. */
const ANONYMISED_BYTES_MAX = 4 * LINE_BYTES_MAX;

/** In place of a line that was not kept. */
export const NO_LINE = 0;

/** A line that is no record. */
export interface UnreadLine {
  /** When it was read, seconds since the epoch. */
  readonly timeSeconds: number;
  /** Path of its log. */
  readonly source: string;
  readonly line: number;
}

export interface SampledLinesOptions {
  /**
   * Gives the line without whole addresses, null when that is not certain; null: lines may be shown as they are. With it,
   * only lines of requests whose client is known are kept: of others nobody knows where in them an address is.
   */
  readonly anonymise: ((line: Buffer) => Buffer | null) | null;
}

export class SampledLines {
  readonly #options: SampledLinesOptions;
  readonly #rings = RING_BYTES.map((size) => new LineRing(size, LINE_BYTES_MAX));
  /** Round and round: the next one goes to the place `#unreadCount % UNREAD_MAX`. */
  readonly #unread: UnreadLine[] = [];
  #unreadCount = 0;
  #unreadSeconds = Number.NaN;
  #unreadInSecond = 0;

  constructor(options: SampledLinesOptions) {
    this.#options = options;
  }

  /** Keeps the line that `record` is from. Returns a number by which it is found while it is there, or `NO_LINE`. */
  keep({ lineBytes, lineStart, lineEnd, status, clientStart, clientEnd }: AccessRecord): number {
    const place = isError(status) ? FAILED : OTHERS;
    const { anonymise } = this.#options;
    if (anonymise === null) return this.#keep(place, lineBytes, lineStart, lineEnd);
    if (clientStart === clientEnd) return NO_LINE;
    const end = Math.min(lineEnd, lineStart + ANONYMISED_BYTES_MAX);
    const shown = anonymise(lineBytes.subarray(lineStart, end));
    return shown === null ? NO_LINE : this.#keep(place, shown, 0, shown.length);
  }

  /** A line of the log at `source` that is no record; `timeSeconds`: when it was read. */
  keepUnread(source: string, timeSeconds: number, bytes: Buffer): void {
    if (this.#options.anonymise !== null) return;
    if (timeSeconds !== this.#unreadSeconds) {
      this.#unreadSeconds = timeSeconds;
      this.#unreadInSecond = 0;
    }
    if (this.#unreadInSecond++ >= UNREAD_PER_SECOND_MAX) return;
    const line = this.#keep(UNREAD, bytes, 0, bytes.length);
    this.#unread[this.#unreadCount++ % UNREAD_MAX] = { timeSeconds, source, line };
  }

  /** Those that are still there, in the order in which they were read. */
  unread(): UnreadLine[] {
    const start = this.#unreadCount > UNREAD_MAX ? this.#unreadCount % UNREAD_MAX : 0;
    return [...this.#unread.slice(start), ...this.#unread.slice(0, start)].filter(({ line }) =>
      this.has(line),
    );
  }

  has(line: number): boolean {
    return this.#ringOf(line)?.has(Math.floor(line / RING_BYTES.length)) ?? false;
  }

  /**
   * The line as text that is safe to print, control characters escaped: at most 500 bytes, and `…` when that is not all
   * of it. Null when it is no longer there.
   */
  textOf(line: number): string | null {
    const kept = this.#ringOf(line)?.at(Math.floor(line / RING_BYTES.length)) ?? null;
    if (kept === null) return null;
    const text = printText(kept.bytes);
    const shown = Buffer.from(text);
    if (shown.length <= LINE_BYTES_MAX) return kept.isCut ? `${text}…` : text;
    return `${shown.toString('utf8', 0, characterEnd(shown, 0, LINE_BYTES_MAX))}…`;
  }

  #keep(ring: 0 | 1 | 2, bytes: Buffer, start: number, end: number): number {
    return (this.#rings[ring]?.keep(bytes, start, end) ?? 0) * RING_BYTES.length + ring;
  }

  #ringOf(line: number): LineRing | undefined {
    return this.#rings[line % RING_BYTES.length];
  }
}
