// What all panels are drawn from, made once for every update: the model, or what was found in history, through the filter. Pure.
import { STEP_SECONDS, WINDOW_SECONDS } from '../src/live/event.ts';
import type { LiveAlert, LiveEvent, LiveRule, Step } from '../src/live/event.ts';
import type { Frame } from './frame.ts';
import { spansOf } from './model.ts';
import type { AlertSpan, Model, SecondRow } from './model.ts';
import { listAlerts, rowsOfSpan } from './span.ts';
import type { LatencyRow, RangeState } from './span.ts';
import { classRowsOf } from './tops.ts';
import type { ClassRow } from './tops.ts';
import { isFiltered } from './view.ts';
import type { View } from './view.ts';

export interface State {
  readonly event: LiveEvent;
  readonly view: View;
  readonly toldSeconds: number;
  /** Second by second, of the last minutes, in every view. */
  readonly rows: readonly SecondRow[];
  /** What charts draw: second by second; for a filter or a span, step by step. */
  readonly classRows: readonly ClassRow[];
  readonly latencies: readonly LatencyRow[];
  /** Seconds from one of the rows to the next. */
  readonly rowSeconds: number;
  readonly steps: readonly Step[];
  /** The last ones; those that were over before the monitor started have no lines of the log. */
  readonly alerts: readonly LiveAlert[];
  /** Those, or the ones of the span. */
  readonly listed: readonly LiveAlert[];
  readonly spans: readonly AlertSpan[];
  readonly clients: LiveEvent['clients'];
  /** Null: what is drawn is live, as it always is in the view of a rule. */
  readonly range: RangeState | null;
}

/** Null before the first event. `range`: of the view; null when that is live. */
export function createState(model: Model, view: View, range: RangeState | null = null): State | null {
  const { latest: event, toldSeconds } = model;
  if (event === null || toldSeconds === null) return null;
  const [rows, steps, alerts] = [model.rows(), model.steps(), model.alerts()];
  const live = { event, view, toldSeconds, rows, steps, alerts, clients: model.clients };
  const found = range?.found ?? null;
  const listed = found === null ? alerts : listAlerts(found.alerts, alerts);
  if (range !== null && view.rule === null)
    return { ...live, ...rowsOfSpan(found), listed, spans: spansOf(listed), range };
  const hasFilter = isFiltered(view) && view.rule === null;
  return {
    ...live,
    classRows: hasFilter ? classRowsOf(live, view) : rows,
    latencies: rows,
    rowSeconds: hasFilter ? STEP_SECONDS : 1,
    listed,
    spans: spansOf(alerts),
    range: null,
  };
}

/** What charts reach over, and how much time each of their values is of. */
export function reachOf({
  toldSeconds,
  rowSeconds,
  range,
}: State): Pick<Frame, 'from' | 'to' | 'rowSeconds'> {
  const found = range?.found ?? null;
  if (found === null) return { from: toldSeconds - WINDOW_SECONDS, to: toldSeconds, rowSeconds };
  return { from: found.fromSeconds, to: found.toSeconds, rowSeconds };
}

/** Why there is nothing to draw; null when there is. */
export function findGap({ range }: Pick<State, 'range'>): string | null {
  if (range === null) return null;
  const { found, problem } = range;
  if (found === null) return problem === null ? 'Loading…' : `No history: ${problem}.`;
  return found.steps.times.length === 0 ? 'Nothing was counted in this time.' : null;
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

/**
 * Of the last `seconds`, or of what of them was counted, which is told again: requests a second, and the shares of 4xx and
 * 5xx, null without requests.
 */
export function recentOf(
  { classRows, rowSeconds }: Pick<State, 'classRows' | 'rowSeconds'>,
  seconds: number,
): { seconds: number; rate: number; share4xx: number | null; share5xx: number | null } {
  const rows = classRows.slice(-Math.ceil(seconds / rowSeconds));
  const sumOf = (place: number): number => rows.reduce((sum, { classes }) => sum + (classes[place] ?? 0), 0);
  const all = [0, 1, 2, 3, 4, 5].map(sumOf).reduce((sum, one) => sum + one, 0);
  return {
    seconds: rows.length * rowSeconds,
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
