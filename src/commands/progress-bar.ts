// How far a long work has come: a bar on a terminal, and nothing anywhere else.
import type { Writable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { BytesRead } from '../source/history-order.ts';

const REDRAW_MS = 100;
const BAR_LENGTH = 24;
const CLEAR_LINE = '\r\u001b[K';

export interface Progress extends BytesRead {
  readonly lines: number;
}

export class ProgressBar {
  readonly #stream: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly #clock: Clock;
  readonly #startedMs: number;
  #drawnMs: number;
  #isDrawn = false;

  constructor(stream: Writable & { readonly isTTY?: boolean; readonly columns?: number }, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
    this.#startedMs = this.#drawnMs = clock.now();
  }

  show(progress: Progress): void {
    const nowMs = this.#clock.now();
    if (this.#stream.isTTY !== true || nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    this.#isDrawn = true;
    const text = renderProgress(progress, (nowMs - this.#startedMs) / 1000);
    // A line that wraps could not be cleared again.
    this.#stream.write(CLEAR_LINE + text.slice(0, (this.#stream.columns ?? 80) - 1));
  }

  clear(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    this.#stream.write(CLEAR_LINE);
  }
}

/** `#######.....  42 %, 12.3 MB of 29.4 MB, 1,234,567 lines/s, 3 s left`; without a bar when the end is not known. */
function renderProgress({ bytesDone, bytesTotal, lines }: Progress, seconds: number): string {
  const rate = `${Math.round(lines / seconds).toLocaleString('en')} lines/s`;
  if (bytesTotal === 0) return `${lines.toLocaleString('en')} lines, ${rate}`;
  const share = Math.min(1, bytesDone / bytesTotal);
  const filled = Math.floor(share * BAR_LENGTH);
  const bar = '#'.repeat(filled).padEnd(BAR_LENGTH, '.');
  const left = share > 0 ? `, ${Math.ceil((seconds * (1 - share)) / share)} s left` : '';
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `${bar} ${percent} %, ${megabytes(bytesDone)} of ${megabytes(bytesTotal)}, ${rate}${left}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
