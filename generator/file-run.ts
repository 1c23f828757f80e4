// A run into a file: plan → request → line → batch → write → truth, with rotation between batches.
import { Batch } from './batch.ts';
import { createLineSource, type LineSource } from './line-source.ts';
import type { FileTarget, Options } from './options.ts';
import { createPacer, createUnpacedPacer, type Pacer } from './pacer.ts';
import { createRandom } from './random.ts';
import { Rotation, type RotationStep } from './rotation.ts';
import type { Surroundings } from './surroundings.ts';
import { createSchedule, type Schedule } from './traffic.ts';
import type { Truth } from './truth.ts';

/** What a run needs of a file writer. */
export interface Writer {
  readonly bytesWritten: number;
  write(bytes: Buffer): Promise<void>;
  rotate(step: RotationStep, timeMs: number): Promise<void>;
}

export interface FileRunParts {
  readonly target: FileTarget;
  readonly options: Options;
  readonly writer: Writer;
  readonly truth: Truth;
  readonly surroundings: Surroundings;
}

/** Real servers write in small portions; this is also how long half a line stays half. */
const TICK_MS = 20;

const BUFFER_BYTES = 512 * 1024;

/**
 * A log is deleted only after it has been there so long: a run that catches up after a pause of the machine would
 * otherwise create and delete one within a millisecond, which no server does and no reader can see.
 */
const LIFE_MS_MIN = 250;

/** Ends when the plan is done or the run is told to stop; rejects with OutputError. */
export async function runToFile(parts: FileRunParts): Promise<void> {
  await new FileRun(parts).run();
}

class FileRun {
  readonly #parts: FileRunParts;
  readonly #schedule: Schedule;
  readonly #pacer: Pacer;
  readonly #rotation: Rotation;
  readonly #lines: LineSource;
  readonly #batch = new Batch();
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #linesLeft: number;
  /** All lines before this offset into the plan have been put into the batch. */
  #positionMs = 0;
  /** When the file was opened that is written to now. */
  #openedMs: number;

  constructor(parts: FileRunParts) {
    this.#parts = parts;
    const { options, target, surroundings } = parts;
    this.#schedule = createSchedule(options.plan);
    this.#pacer = pacerFor(options, target, surroundings.now());
    this.#rotation = new Rotation({
      spec: target.rotation,
      reopenDelayMs: target.reopenDelayMs,
      random: createRandom(options.mix.seed, 'rotation'),
    });
    this.#lines = createLineSource(options.mix, target);
    this.#linesLeft = options.linesMax;
    this.#openedMs = surroundings.now();
  }

  async run(): Promise<void> {
    const { options, surroundings } = this.#parts;
    while (!surroundings.stop.aborted) {
      const dueMs = Math.min(this.#pacer.dueMs(surroundings.now()), options.durationMs);
      await this.#writeUntil(dueMs);
      if (this.#linesLeft === 0 || this.#positionMs >= options.durationMs) break;
      if (!surroundings.stop.aborted) await surroundings.wait(TICK_MS);
    }
    if (this.#rotation.isReopenPending) await this.#rotate('reopen');
  }

  /** Writes and rotates until everything due has been written. */
  async #writeUntil(dueMs: number): Promise<void> {
    const { options, surroundings } = this.#parts;
    let mayPause = !options.isFast;
    while (this.#positionMs < dueMs && this.#linesLeft > 0 && !surroundings.stop.aborted) {
      this.#fill(Math.min(dueMs, this.#rotation.nextMs));
      const lineCount = this.#batch.lineCount;
      mayPause = (await this.#flush(mayPause)) ? false : mayPause;
      this.#linesLeft -= lineCount;
      this.#rotation.countLines(lineCount);
      for (;;) {
        const step = this.#rotation.take(this.#positionMs);
        if (step === null) break;
        await this.#rotate(step);
      }
      surroundings.onProgress();
      if (options.isFast) await surroundings.wait(0);
    }
  }

  #fill(untilMs: number): void {
    const batch = this.#batch;
    const lineCountMax = Math.min(this.#linesLeft, this.#rotation.linesLeft);
    while (!batch.isFull && batch.lineCount < lineCountMax) {
      const offsetMs = this.#schedule.takeBefore(untilMs);
      if (offsetMs === null) {
        this.#positionMs = untilMs;
        return;
      }
      this.#positionMs = offsetMs;
      this.#lines.addTo(batch, this.#pacer.eventMs(offsetMs));
    }
  }

  /** Hands the batch over, cut where it says so; true when it paused at a cut. */
  async #flush(mayPause: boolean): Promise<boolean> {
    const { writer, truth, surroundings } = this.#parts;
    const batch = this.#batch;
    if (batch.lineCount === 0) return false;
    const bytes = this.#encode(batch.text);
    const beforeBytes = writer.bytesWritten;
    let hasPaused = false;
    let start = 0;
    try {
      for (const cut of batch.cuts) {
        await writer.write(bytes.subarray(start, cut));
        start = cut;
        // One pause a tick: with many cut lines, more would make the run fall behind its rate.
        if (mayPause && !hasPaused) await surroundings.wait(TICK_MS);
        hasPaused ||= mayPause;
      }
      await writer.write(bytes.subarray(start));
    } finally {
      batch.commit(truth, writer.bytesWritten - beforeBytes);
    }
    return hasPaused;
  }

  #encode(text: string): Buffer {
    if (text.length > this.#buffer.length) return Buffer.from(text, 'latin1');
    return this.#buffer.subarray(0, this.#buffer.write(text, 0, 'latin1'));
  }

  async #rotate(step: RotationStep): Promise<void> {
    const { writer, truth, options, surroundings } = this.#parts;
    const lifeLeftMs = this.#openedMs + LIFE_MS_MIN - surroundings.now();
    if (step === 'delete' && lifeLeftMs > 0 && !options.isFast) await surroundings.wait(lifeLeftMs);
    await writer.rotate(step, this.#pacer.eventMs(this.#positionMs));
    if (step === 'reopen') this.#openedMs = surroundings.now();
    else truth.addRotation(step);
  }
}

function pacerFor(options: Options, target: FileTarget, nowMs: number): Pacer {
  if (!options.isFast) return createPacer(target.startMs, nowMs);
  return createUnpacedPacer(target.startMs ?? Math.floor(nowMs / 1000) * 1000);
}
