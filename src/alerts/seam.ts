// How an alerting stands at a place of a log, so that two of them can be told apart: one that has read the log from its
// beginning, and one that began not long before. What both have in common decides all that they will tell.
import { createHash } from 'node:crypto';
import type { EngineSnapshot } from './engine.ts';
import { BEFORE_SECONDS_MIN } from './explain.ts';
import type { NotifierSnapshot } from './notifier.ts';
import type { RecentRequest } from './recent-level.ts';
import type { Rule } from './rule.ts';

/** An alert that fires where two pieces of a log meet. */
export interface OpenAlert {
  readonly rule: string;
  readonly id: string;
  /** Event time at which it fired. */
  readonly sinceSeconds: number;
  /** So far. */
  readonly peak: number | null;
}

export interface AlertingSeam {
  /** The same for two that will tell the same, but for what is in `open`. */
  readonly standing: string;
  readonly open: readonly OpenAlert[];
}

interface Snapshots {
  readonly engine: EngineSnapshot;
  readonly notifier: NotifierSnapshot;
}

interface Surroundings {
  readonly rules: readonly Rule[];
  /** What reasons may be made of from here on. */
  readonly recent: Iterable<RecentRequest>;
}

export function createSeam({ engine, notifier }: Snapshots, { rules, recent }: Surroundings): AlertingSeam {
  const isRepeated = (name: string): boolean =>
    rules.some((rule) => rule.name === name && rule.repeatSeconds !== null);
  // Only of those that may be told again it matters when they were told, and in which order they are asked.
  const [settled, pending] = [Array.of<string>(), Array.of<readonly [string, number | null]>()];
  for (const { rule, toldSeconds } of notifier.open)
    if (toldSeconds !== null && !isRepeated(rule)) settled.push(rule);
    else pending.push([rule, toldSeconds]);
  const standing = {
    nowSeconds: engine.nowSeconds,
    meters: engine.meters,
    rules: engine.rules.map(
      ({ name, subject, firingId, pendingSeconds, recoveringSeconds, watchedSeconds }) => ({
        name,
        subject,
        isFiring: firingId !== null,
        pendingSeconds,
        recoveringSeconds,
        watchedSeconds,
      }),
    ),
    told: [settled.toSorted(), pending],
    silences: notifier.silences,
    recent: digestOf(recent),
  };
  const open = engine.rules.flatMap(({ name, firingId, changedSeconds, peak }) =>
    firingId === null || changedSeconds === null
      ? []
      : [{ rule: name, id: firingId, sinceSeconds: changedSeconds, peak }],
  );
  return { standing: JSON.stringify(standing), open };
}

/** `alert`, told by one that does not know how it began, as one that does would tell it: to that it was `known` before. */
export function goOn<T extends Pick<OpenAlert, 'id' | 'sinceSeconds' | 'peak'>>(
  alert: T,
  known: OpenAlert,
  rule: Rule,
): T {
  const { id, sinceSeconds } = known;
  return { ...alert, id, sinceSeconds, peak: furtherOf(known.peak, alert.peak, rule) };
}

function furtherOf(a: number | null, b: number | null, { comparison }: Rule): number | null {
  if (a === null || b === null) return a ?? b;
  return comparison === 'above' ? Math.max(a, b) : Math.min(a, b);
}

function digestOf(recent: Iterable<RecentRequest>): string {
  const hash = createHash('sha256');
  for (const { timeSeconds, path, code, source, client, agent, latencyMs, weight } of recent)
    hash.update(JSON.stringify([timeSeconds, path, code, source, client, agent, latencyMs, weight]));
  return hash.digest('base64');
}

/** How far back rules look, in seconds: what was before has no say in what they tell, but for alerts that are open. */
export function reachOf(rules: readonly Rule[]): number {
  return Math.max(0, ...rules.map(reachOfRule));
}

function reachOfRule(rule: Rule): number {
  const window = Math.max(...rule.windowsSeconds);
  const before = rule.previousSeconds ?? Math.max(window, BEFORE_SECONDS_MIN);
  const held = Math.max(rule.forSeconds, rule.recoverForSeconds);
  return Math.max(window, rule.previousOffsetSeconds ?? 0) + before + held;
}
