// Requests by path and status in steps of ten seconds: what the page's tops and filters are made of. Bounded: what is rare
// in a second or in a step is `(other)`.
import { CurrentNames } from '../aggregate/current-names.ts';
import type { Second, SecondConsumer, SeriesNames } from '../aggregate/second.ts';
import { STEP_SECONDS, WINDOW_SECONDS } from './event.ts';
import type { Step } from './event.ts';
import { SeriesCounts, StepCount } from './step-count.ts';

export class Steps implements SecondConsumer {
  /** By the time at which they begin, in no order. */
  readonly #steps = new Map<number, StepCount>();
  readonly #changed = new Set<number>();
  #toldSeconds = Number.NEGATIVE_INFINITY;
  /** The step that is counted by series. */
  #current: StepCount | null = null;
  readonly #counts = new SeriesCounts();
  readonly #names = new CurrentNames<SeriesNames>((names) => this.#current?.settle(this.#counts, names));

  advanceTo(timeSeconds: number): void {
    const before = stepOf(this.#toldSeconds);
    this.#toldSeconds = timeSeconds;
    if (stepOf(timeSeconds) === before) return;
    this.#names.look((names) => this.#current?.finish(this.#counts, names));
    this.#current = null;
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
    this.#names.follow(second.names);
    if (time === stepOf(this.#toldSeconds)) this.#current = step;
    step.add(second, step === this.#current ? this.#counts : null);
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
    this.#names.look();
    return { timeSeconds, cells: this.#steps.get(timeSeconds)?.top() ?? [] };
  }
}

function stepOf(timeSeconds: number): number {
  return Math.floor(timeSeconds / STEP_SECONDS) * STEP_SECONDS;
}
