// Makes the next line of a log: draws a request, writes it in the format, and then perhaps makes it late, odd, cut
// in two or broken. Pure.
import type { Batch, LineFact } from './batch.ts';
import { BROKEN_KINDS, breakLine } from './broken.ts';
import { createLineFormatter, type Format, type LineFormatter } from './lines.ts';
import { createRandom, type Random } from './random.ts';
import { createRequestMix, type MixOptions, type Request, type RequestMix } from './request-mix.ts';

export interface LineSourceOptions {
  readonly format: Format;
  readonly utcOffsetMinutes: number;
  /** Shares are 0 to 1, of all lines. */
  readonly lateShare: number;
  readonly lateMaxSeconds: number;
  readonly partialShare: number;
  readonly brokenShare: number;
  readonly oddShare: number;
}

export interface LineSource {
  /** Adds one line. `eventMs`: when it is written, which is its event time unless it is late. */
  addTo(batch: Batch, eventMs: number): void;
}

/** As nginx logs what is not HTTP: nothing sent at all, and the start of a TLS handshake on the plain port. */
const ODD_REQUEST_LINES = ['-', '\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xFC'];

/** The paths that a log can hold: those of the mix, and the empty one of a request line that is not HTTP. */
export function logPaths(mix: MixOptions): string[] {
  return [...mix.paths, ''];
}

export function createLineSource(mixOptions: MixOptions, options: LineSourceOptions): LineSource {
  return new RandomLines(mixOptions, options);
}

class RandomLines implements LineSource {
  readonly #options: LineSourceOptions;
  readonly #mix: RequestMix;
  readonly #format: LineFormatter;
  readonly #oddPathIndex: number;
  // A stream each: asking for more of one misfortune leaves the others, and the requests, as they were.
  readonly #late: Random;
  readonly #odd: Random;
  readonly #broken: Random;
  readonly #partial: Random;

  constructor(mixOptions: MixOptions, options: LineSourceOptions) {
    this.#options = options;
    this.#mix = createRequestMix(mixOptions);
    this.#format = createLineFormatter(options);
    this.#oddPathIndex = mixOptions.paths.length;
    this.#late = createRandom(mixOptions.seed, 'late');
    this.#odd = createRandom(mixOptions.seed, 'odd');
    this.#broken = createRandom(mixOptions.seed, 'broken');
    this.#partial = createRandom(mixOptions.seed, 'partial');
  }

  addTo(batch: Batch, eventMs: number): void {
    const { lateShare, lateMaxSeconds, partialShare, brokenShare, oddShare } = this.#options;
    const request = this.#mix.draw();
    const isLate = this.#late.chance(lateShare);
    const ownMs = isLate ? eventMs - 1000 * (1 + this.#late.below(lateMaxSeconds)) : eventMs;
    let line: string;
    let fact: LineFact;
    if (this.#broken.chance(brokenShare)) {
      const brokenKind = this.#broken.pick(BROKEN_KINDS);
      line = breakLine(this.#format(request, ownMs), brokenKind, this.#broken);
      fact = { kind: 'broken', brokenKind };
    } else {
      if (this.#odd.chance(oddShare)) this.#makeOdd(request);
      line = this.#format(request, ownMs);
      const { pathIndex, status, sizeBytes } = request;
      fact = { kind: 'request', second: Math.floor(ownMs / 1000), pathIndex, status, sizeBytes, isLate };
    }
    const isPartial = this.#partial.chance(partialShare) && line.length > 1;
    batch.add(line, fact, isPartial ? 1 + this.#partial.below(line.length - 1) : 0);
  }

  #makeOdd(request: Request): void {
    request.method = '';
    request.target = this.#odd.pick(ODD_REQUEST_LINES);
    request.pathIndex = this.#oddPathIndex;
    request.status = 400;
    request.sizeBytes = 157;
    request.user = '-';
    request.referer = '-';
    request.agent = '-';
  }
}
