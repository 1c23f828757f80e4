// What all panels are drawn from, made once for every update: the model through the filter. Pure.
import { STEP_SECONDS, WINDOW_SECONDS } from '../src/live/event.ts';
import type { AlertEvent } from '../src/alerts/rule.ts';
import type { LiveEvent, LiveRule, Step } from '../src/live/event.ts';
import { spansOf } from './model.ts';
import type { AlertSpan, Model, SecondRow } from './model.ts';
import { classRowsOf } from './tops.ts';
import type { ClassRow } from './tops.ts';
import { isFiltered } from './view.ts';
import type { View } from './view.ts';

export interface State {
  readonly event: LiveEvent;
  readonly view: View;
  readonly toldSeconds: number;
  readonly rows: readonly SecondRow[];
  /** Second by second, or, for a filter, step by step. */
  readonly classRows: readonly ClassRow[];
  /** Seconds from one of the rows to the next. */
  readonly rowSeconds: number;
  readonly steps: readonly Step[];
  readonly alerts: readonly AlertEvent[];
  readonly spans: readonly AlertSpan[];
  readonly clients: LiveEvent['clients'];
}

/** Null before the first event. */
export function createState(model: Model, view: View): State | null {
  const event = model.latest;
  if (event === null) return null;
  const toldSeconds = event.toldSeconds ?? Math.floor(event.nowMs / 1000);
  const [rows, steps, alerts] = [model.rows(), model.steps(), model.alerts()];
  const hasFilter = isFiltered(view);
  return {
    event,
    view,
    toldSeconds,
    rows,
    classRows: hasFilter ? classRowsOf(steps, toldSeconds, view) : rows,
    rowSeconds: hasFilter ? STEP_SECONDS : 1,
    steps,
    alerts,
    spans: spansOf(alerts),
    clients: model.clients,
  };
}

/** What charts reach over. */
export function reachOf({ toldSeconds }: State): { from: number; to: number } {
  return { from: toldSeconds - WINDOW_SECONDS, to: toldSeconds };
}

/** Where an alert fired, ascending; spans of several alerts that overlap are one. `rule`: only that one's. */
export function shadesOf(
  { spans, toldSeconds }: Pick<State, 'spans' | 'toldSeconds'>,
  rule: string | null = null,
): { from: number; to: number }[] {
  const shades: { from: number; to: number }[] = [];
  const wanted = spans.filter((span) => rule === null || span.rule === rule);
  for (const { startSeconds, endSeconds } of wanted.toSorted((a, b) => a.startSeconds - b.startSeconds)) {
    const to = endSeconds ?? toldSeconds;
    const last = shades.at(-1);
    if (last !== undefined && startSeconds <= last.to) last.to = Math.max(last.to, to);
    else shades.push({ from: startSeconds, to });
  }
  return shades;
}

/** The first rule of that kind that looks at everything. */
export function findWideRule({ event }: State, metric: LiveRule['metric'], unit: string): LiveRule | null {
  const isWide = ({ where: { paths, methods, statuses, sources } }: LiveRule): boolean =>
    [paths, methods, statuses, sources].every(({ length }) => length === 0);
  return (
    event.rules.find(
      (rule) => rule.metric === metric && rule.unit === unit && rule.comparison === 'above' && isWide(rule),
    ) ?? null
  );
}

/** Of the last `seconds`: requests a second, and the shares of 4xx and 5xx, null without requests. */
export function recentOf(
  { classRows, rowSeconds }: Pick<State, 'classRows' | 'rowSeconds'>,
  seconds: number,
): { rate: number; share4xx: number | null; share5xx: number | null } {
  const rows = classRows.slice(-Math.ceil(seconds / rowSeconds));
  const sumOf = (place: number): number => rows.reduce((sum, { classes }) => sum + (classes[place] ?? 0), 0);
  const all = [0, 1, 2, 3, 4, 5].map(sumOf).reduce((sum, one) => sum + one, 0);
  return {
    rate: rows.length === 0 ? 0 : all / rows.length,
    share4xx: all === 0 ? null : sumOf(4) / all,
    share5xx: all === 0 ? null : sumOf(5) / all,
  };
}

/** Percent of the class `place` in the requests of the `count` rows up to each; null without requests. */
export function trailingShares(rows: readonly ClassRow[], place: number, count: number): (number | null)[] {
  let [part, all] = [0, 0];
  const sumOf = (row: ClassRow | undefined): number => row?.classes.reduce((sum, one) => sum + one, 0) ?? 0;
  return rows.map((row, i) => {
    const gone = rows[i - count];
    part += (row.classes[place] ?? 0) - (gone?.classes[place] ?? 0);
    all += sumOf(row) - sumOf(gone);
    return all < 1e-9 ? null : (100 * part) / all;
  });
}
