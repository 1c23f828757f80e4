// Between the engine and those who are told: silences and maintenance hold alerts back, reminders repeat them. What is held
// back and still fires when the silence is over is told then.
import * as v from 'valibot';
import { WholeSchema } from '../saved.ts';
import type { AlertEvent, Rule } from './rule.ts';

export interface Silence {
  /** Name of a rule. */
  readonly rule: string;
  readonly untilSeconds: number;
  readonly reason: string;
}

const NotifierSnapshotSchema = v.strictObject({
  version: v.literal(1),
  nowSeconds: v.nullable(WholeSchema),
  open: v.array(v.strictObject({ rule: v.string(), id: v.string(), toldSeconds: v.nullable(WholeSchema) })),
  silences: v.array(v.strictObject({ rule: v.string(), untilSeconds: WholeSchema, reason: v.string() })),
});
export type NotifierSnapshot = v.InferOutput<typeof NotifierSnapshotSchema>;

export interface NotifierOptions {
  readonly rules: readonly Rule[];
  readonly tell: (event: AlertEvent) => void;
  /** How an alert that fires stands now; null when it does not fire. */
  readonly reminderOf: (rule: string) => AlertEvent | null;
  readonly isInMaintenance: (rule: string, seconds: number) => boolean;
}

interface OpenAlert {
  readonly rule: string;
  readonly id: string;
  /** Event time; null: it is held back. */
  toldSeconds: number | null;
}

export class Notifier {
  readonly #options: NotifierOptions;
  readonly #repeatSeconds: ReadonlyMap<string, number | null>;
  /** By rule. */
  readonly #open = new Map<string, OpenAlert>();
  readonly #silences = new Map<string, Silence>();
  #nowSeconds: number | null = null;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#repeatSeconds = new Map(options.rules.map(({ name, repeatSeconds }) => [name, repeatSeconds]));
  }

  /** What the engine has found. */
  take(event: AlertEvent): void {
    const { rule, id, state, timeSeconds } = event;
    if (state === 'firing') {
      const isHeldBack = this.isMuted(rule, timeSeconds);
      this.#open.set(rule, { rule, id, toldSeconds: isHeldBack ? null : timeSeconds });
      if (!isHeldBack) this.#options.tell(event);
      return;
    }
    const open = this.#open.get(rule);
    this.#open.delete(rule);
    // Whoever was told that it began is told that it is over, silence or not.
    if (open === undefined || open.toldSeconds !== null) this.#options.tell(event);
  }

  /** Goes after the engine, which tells first what a second has brought. */
  advanceTo(timeSeconds: number): void {
    this.#nowSeconds = timeSeconds;
    if (this.#open.size === 0 && this.#silences.size === 0) return;
    for (const { rule, untilSeconds } of this.#silences.values())
      if (untilSeconds <= timeSeconds) this.#silences.delete(rule);
    for (const open of this.#open.values()) {
      if (!this.#isDue(open, timeSeconds) || this.isMuted(open.rule, timeSeconds)) continue;
      const event = this.#options.reminderOf(open.rule);
      if (event === null) continue;
      const isFirst = open.toldSeconds === null;
      open.toldSeconds = timeSeconds;
      this.#options.tell({ ...event, isReminder: !isFirst });
    }
  }

  isMuted(rule: string, seconds: number): boolean {
    const silence = this.#silences.get(rule);
    if (silence !== undefined && silence.untilSeconds > seconds) return true;
    return this.#options.isInMaintenance(rule, seconds);
  }

  /** Also in place of an earlier silence of the rule. */
  silence(silence: Silence): void {
    this.#silences.set(silence.rule, silence);
  }

  /** False when there is none. */
  unsilence(rule: string): boolean {
    return this.#silences.delete(rule);
  }

  get silences(): readonly Silence[] {
    return [...this.#silences.values()];
  }

  /** Alerts that fire and were told, as they stand now. */
  firing(): AlertEvent[] {
    return [...this.#open.values()].flatMap(({ rule, toldSeconds }) => {
      const event = toldSeconds === null ? null : this.#options.reminderOf(rule);
      return event === null ? [] : [event];
    });
  }

  snapshot(): NotifierSnapshot {
    return {
      version: 1,
      nowSeconds: this.#nowSeconds,
      open: Array.from(this.#open.values(), (open) => ({ ...open })),
      silences: this.silences.map((silence) => ({ ...silence })),
    };
  }

  restore(saved: unknown): boolean {
    if (!v.is(NotifierSnapshotSchema, saved)) return false;
    this.#nowSeconds = saved.nowSeconds;
    for (const open of saved.open) this.#open.set(open.rule, { ...open });
    for (const silence of saved.silences) this.#silences.set(silence.rule, silence);
    return true;
  }

  #isDue({ rule, toldSeconds }: OpenAlert, timeSeconds: number): boolean {
    if (toldSeconds === null) return true;
    const repeatSeconds = this.#repeatSeconds.get(rule) ?? null;
    return repeatSeconds !== null && timeSeconds - toldSeconds >= repeatSeconds;
  }
}
