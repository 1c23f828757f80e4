// What the page knows: the events of `/api/live` put together. Pure.
import { STEP_SECONDS, WINDOW_SECONDS } from '../src/live/event.ts';
import type { LiveAlert, LiveEvent, SecondColumns, Step } from '../src/live/event.ts';

const ALERTS_MAX = 50;

/** One second of the window. */
export interface SecondRow {
  readonly time: number;
  readonly requests: number;
  /** In the order of `STATUS_CLASSES`. */
  readonly classes: readonly number[];
  readonly bytes: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** By rule. */
  readonly values: ReadonlyMap<string, number | null>;
}

export class Model {
  /** The newest event; null before the first. */
  latest: LiveEvent | null = null;
  clients: LiveEvent['clients'] = null;
  #rows = new Map<number, SecondRow>();
  #steps = new Map<number, Step>();
  #alerts = new Map<string, LiveAlert>();

  apply(event: LiveEvent): void {
    if (event.isWhole) {
      // After a restart of the monitor nothing of before is sure.
      this.#rows = new Map();
      this.#steps = new Map();
      this.#alerts = new Map();
    }
    this.latest = event;
    const names = event.rules.map(({ name }) => name);
    for (const row of rowsOf(event.seconds, names)) this.#rows.set(row.time, row);
    for (const step of event.steps) this.#steps.set(step.timeSeconds, step);
    for (const alert of event.alerts) this.#alerts.set(keyOf(alert), alert);
    if (event.isWhole || event.clients !== null) this.clients = event.clients;
    this.#forget((event.toldSeconds ?? 0) - WINDOW_SECONDS);
  }

  /** Event time up to which everything is told; null before the first event. */
  get toldSeconds(): number | null {
    return this.latest === null ? null : (this.latest.toldSeconds ?? Math.floor(this.latest.nowMs / 1000));
  }

  /** Ascending. */
  rows(): SecondRow[] {
    return [...this.#rows.values()].toSorted((a, b) => a.time - b.time);
  }

  /** Ascending. */
  steps(): Step[] {
    return [...this.#steps.values()].toSorted((a, b) => a.timeSeconds - b.timeSeconds);
  }

  /** Newest first. */
  alerts(): LiveAlert[] {
    return [...this.#alerts.values()].toReversed();
  }

  #forget(oldestSeconds: number): void {
    for (const time of this.#rows.keys()) if (time <= oldestSeconds) this.#rows.delete(time);
    // A step is kept until its last second is too old.
    for (const time of this.#steps.keys()) if (time + STEP_SECONDS <= oldestSeconds) this.#steps.delete(time);
    for (const key of [...this.#alerts.keys()].slice(0, Math.max(0, this.#alerts.size - ALERTS_MAX)))
      this.#alerts.delete(key);
  }
}

export function keyOf({ id, state, timeSeconds }: Pick<LiveAlert, 'id' | 'state' | 'timeSeconds'>): string {
  return `${id} ${state} ${timeSeconds}`;
}

/** A span in which a rule fired; `endSeconds` is null while it does. */
export interface AlertSpan {
  readonly id: string;
  readonly rule: string;
  readonly startSeconds: number;
  readonly endSeconds: number | null;
}

/** Of the alerts, newest first. */
export function spansOf(alerts: readonly LiveAlert[]): AlertSpan[] {
  const spans = new Map<string, AlertSpan>();
  for (const { id, rule, state, sinceSeconds, timeSeconds } of alerts.toReversed())
    spans.set(id, {
      id,
      rule,
      startSeconds: sinceSeconds,
      endSeconds: state === 'resolved' ? timeSeconds : null,
    });
  return [...spans.values()].toReversed();
}

function rowsOf(columns: SecondColumns, names: readonly string[]): SecondRow[] {
  const { times, requests, classes, bytes, p50, p95, p99, values } = columns;
  return times.map((time, i) => ({
    time,
    requests: requests[i] ?? 0,
    classes: classes.map((column) => column[i] ?? 0),
    bytes: bytes[i] ?? 0,
    p50: p50[i] ?? null,
    p95: p95[i] ?? null,
    p99: p99[i] ?? null,
    values: new Map(names.map((name, place) => [name, values[place]?.[i] ?? null])),
  }));
}
