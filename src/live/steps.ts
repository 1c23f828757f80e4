// Requests by path and status in steps of ten seconds: what the page's tops and filters are made of. Bounded: what is rare
// in a second or in a step is `(other)`.
import { OTHER_PATH } from '../aggregate/paths.ts';
import { statusIn } from '../aggregate/second.ts';
import type { Second, SecondConsumer } from '../aggregate/second.ts';
import { STEP_SECONDS, WINDOW_SECONDS } from './event.ts';
import type { Step } from './event.ts';
import { shorten } from './name.ts';

/** Series of a second that are looked up; with more, only those with at least this part of its requests. */
const SERIES_PER_SECOND_MAX = 2000;
/** Path and status, while a step is counted. */
const CELLS_MAX = 4000;
/** … and when it is told, besides one `(other)` for each status. */
const CELLS_TOLD_MAX = 40;

type Cells = Map<number, number>;

export class Steps implements SecondConsumer {
  /** By the time at which they begin, in no order. */
  readonly #steps = new Map<number, StepCount>();
  readonly #changed = new Set<number>();
  #toldSeconds = Number.NEGATIVE_INFINITY;

  advanceTo(timeSeconds: number): void {
    const before = stepOf(this.#toldSeconds);
    this.#toldSeconds = timeSeconds;
    if (stepOf(timeSeconds) === before) return;
    const oldest = stepOf(timeSeconds - WINDOW_SECONDS);
    for (const [time, step] of this.#steps) {
      if (time < oldest) {
        this.#steps.delete(time);
        this.#changed.delete(time);
      } else if (time <= before) step.condense();
    }
  }

  add(second: Second): void {
    const time = stepOf(second.timeSeconds);
    if (second.timeSeconds > this.#toldSeconds || time < stepOf(this.#toldSeconds - WINDOW_SECONDS)) return;
    let step = this.#steps.get(time);
    if (step === undefined) this.#steps.set(time, (step = new StepCount()));
    step.add(second);
    this.#changed.add(time);
  }

  whole(): Step[] {
    return [...this.#steps.keys()].toSorted((a, b) => a - b).map((time) => this.#stepAt(time));
  }

  /** The steps that have changed since this was asked last. */
  takeChanged(): Step[] {
    const times = [...this.#changed].toSorted((a, b) => a - b);
    this.#changed.clear();
    return times.map((time) => this.#stepAt(time));
  }

  dropChanges(): void {
    this.#changed.clear();
  }

  #stepAt(timeSeconds: number): Step {
    return { timeSeconds, cells: this.#steps.get(timeSeconds)?.top() ?? [] };
  }
}

class StepCount {
  /** By path, then by status. */
  #paths = new Map<string, Cells>();
  #cellCount = 0;
  /** Nothing was added since. */
  #isCondensed = false;

  add(second: Second): void {
    this.#isCondensed = false;
    const { names, seriesCount, seriesIds, seriesRequests } = second;
    const least = seriesCount <= SERIES_PER_SECOND_MAX ? 0 : second.requests / SERIES_PER_SECOND_MAX;
    for (let i = 0; i < seriesCount; i++) {
      const [seriesId, requests] = [seriesIds[i] ?? 0, seriesRequests[i] ?? 0];
      const path = requests < least ? OTHER_PATH : shorten(names.pathOf(seriesId));
      this.#count(path, statusIn(names.codeOf(seriesId)), requests);
    }
  }

  /** Only what is told of it is kept. */
  condense(): void {
    if (this.#isCondensed) return;
    this.#isCondensed = true;
    const top = this.top();
    this.#paths = new Map();
    this.#cellCount = 0;
    for (const [path, status, requests] of top) this.#count(path, status, requests);
  }

  /** Most requests first, `(other)` last. */
  top(): (readonly [path: string, status: number, requests: number])[] {
    const cells = [...this.#paths].flatMap(([path, statuses]) =>
      Array.from(statuses, ([status, requests]) => [path, status, requests] as const),
    );
    const named = cells.filter(([path]) => path !== OTHER_PATH).toSorted(([, , a], [, , b]) => b - a);
    const others = new Map(this.#paths.get(OTHER_PATH));
    for (const [, status, requests] of named.slice(CELLS_TOLD_MAX))
      others.set(status, (others.get(status) ?? 0) + requests);
    return [
      ...named.slice(0, CELLS_TOLD_MAX),
      ...Array.from(others, ([status, requests]) => [OTHER_PATH, status, requests] as const),
    ];
  }

  #count(path: string, status: number, requests: number): void {
    const known = this.#paths.get(path)?.get(status);
    if (known === undefined && this.#cellCount >= CELLS_MAX && path !== OTHER_PATH)
      return this.#count(OTHER_PATH, status, requests);
    let statuses = this.#paths.get(path);
    if (statuses === undefined) this.#paths.set(path, (statuses = new Map()));
    if (known === undefined) this.#cellCount++;
    statuses.set(status, (known ?? 0) + requests);
  }
}

function stepOf(timeSeconds: number): number {
  return Math.floor(timeSeconds / STEP_SECONDS) * STEP_SECONDS;
}
