// Holds what the monitor said against the generator's truth file: nothing may be missing, nothing may be double.
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { VictimStatus } from './victim.ts';

export interface Truth {
  readonly totals: Readonly<Record<'lines' | 'requests' | 'errors' | 'bytes' | 'brokenLines', number>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly seconds: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
}

interface ReportEvent {
  readonly type: 'report';
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly requests: number;
  readonly paths: readonly { readonly path: string; readonly count: number }[];
  readonly statuses: Readonly<Record<string, number>>;
}

interface AlertEvent {
  readonly type: 'alert';
  readonly id: string;
  readonly state: string;
  readonly time: string;
}

export interface AlertRule {
  readonly windowSeconds: number;
  readonly threshold: number;
}

export function readTruth(path: string): Truth {
  const truth: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return truth as Truth;
}

/** One line for each difference; none when all is well. */
export function judge(truth: Truth, status: VictimStatus, eventsPath: string, rule: AlertRule): string[] {
  const { reports, alerts } = readEvents(eventsPath);
  return [
    ...compareTotals(truth, status),
    ...comparePeriods(truth, reports),
    ...compareAlerts(truth, alerts, rule),
  ];
}

function compareTotals(truth: Truth, { totals, statuses, sources }: VictimStatus): string[] {
  const { lines, requests, errors, bytes, brokenLines } = truth.totals;
  const expected = { lines, requests, errors, bytes, parseFailures: brokenLines };
  return [
    ...difference('totals', expected, pick(totals, Object.keys(expected))),
    ...difference('statuses', truth.statuses, statuses),
    ...difference('possible loss', { times: 0 }, { times: sources[0]?.possibleLoss ?? -1 }),
  ];
}

/** Every row of ten seconds against the truth of its seconds, and what is summed up from it. */
export function compareHistory(truth: Truth, statePath: string): string[] {
  const database = new DatabaseSync(statePath, { readOnly: true });
  try {
    return [
      ['10s', 10],
      ['1m', 60],
      ['1h', 3600],
    ].flatMap(([level, seconds]) => {
      const rows = database
        .prepare(
          `SELECT time, path, status, sum(requests) AS n FROM requests_${level} GROUP BY time, path, status`,
        )
        .all();
      const counted = rows.map(
        ({ time, path, status, n }) => [[time, path, status].map(String).join(' '), Number(n)] as const,
      );
      return difference(`history of ${level}`, sumSlots(truth, Number(seconds)), Object.fromEntries(counted));
    });
  } finally {
    database.close();
  }
}

function sumSlots(truth: Truth, seconds: number): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [second, paths] of Object.entries(truth.seconds))
    for (const [path, statuses] of Object.entries(paths))
      for (const [status, n] of Object.entries(statuses)) {
        const key = `${Math.floor(Number(second) / seconds) * seconds} ${path} ${status}`;
        sums[key] = (sums[key] ?? 0) + n;
      }
  return sums;
}

/** Each report against the truth of its own seconds, and the sum of all of them by path. */
function comparePeriods(truth: Truth, reports: readonly ReportEvent[]): string[] {
  const differences: string[] = [];
  const paths = new Map<string, number>();
  for (const report of reports) {
    const expected = sumSeconds(truth, report.from, report.to);
    const name = `report from ${report.from} to ${report.to}`;
    const actual = Object.fromEntries(report.paths.map(({ path, count }) => [path, count]));
    differences.push(...difference(`${name}, paths`, expected.paths, actual));
    differences.push(...difference(`${name}, statuses`, expected.statuses, report.statuses));
    for (const { path, count } of report.paths) paths.set(path, (paths.get(path) ?? 0) + count);
  }
  const all = Object.entries(truth.paths).map(([path, counts]) => [path, sum(counts)] as const);
  return [...difference('paths', Object.fromEntries(all), Object.fromEntries(paths)), ...differences];
}

function sumSeconds(
  truth: Truth,
  from: string,
  to: string,
): Record<'paths' | 'statuses', Record<string, number>> {
  const sums = { paths: {} as Record<string, number>, statuses: {} as Record<string, number> };
  for (let second = Date.parse(from) / 1000; second < Date.parse(to) / 1000; second++) {
    for (const [path, counts] of Object.entries(truth.seconds[second] ?? {})) {
      sums.paths[path] = (sums.paths[path] ?? 0) + sum(counts);
      for (const [code, count] of Object.entries(counts))
        sums.statuses[code] = (sums.statuses[code] ?? 0) + count;
    }
  }
  return sums;
}

/** The alerts that the rule must have given, by counting again at every second. */
function compareAlerts(truth: Truth, alerts: readonly AlertEvent[], rule: AlertRule): string[] {
  const expected: string[] = [];
  const times = Object.keys(truth.seconds).map(Number);
  let isFiring = false;
  for (let now = Math.min(...times); now <= Math.max(...times) + rule.windowSeconds + 1; now++) {
    let requests = 0;
    for (let second = now - rule.windowSeconds; second < now; second++) {
      for (const counts of Object.values(truth.seconds[second] ?? {})) requests += sum(counts);
    }
    const rate = requests / rule.windowSeconds;
    if (isFiring ? rate >= rule.threshold : rate <= rule.threshold) continue;
    isFiring = !isFiring;
    expected.push(`${isFiring ? 'firing' : 'resolved'} at ${new Date(now * 1000).toISOString()}`);
  }
  const actual = alerts.map(({ state, time }) => `${state} at ${time}`);
  if (expected.join() === actual.join()) return [];
  return [`alerts: expected ${expected.join(', ') || 'none'}; got ${actual.join(', ') || 'none'}`];
}

/** Events are told at least once: the same id (and state) a second time is no second event. */
function readEvents(path: string): { reports: ReportEvent[]; alerts: AlertEvent[] } {
  const reports = new Map<string, ReportEvent>();
  const alerts = new Map<string, AlertEvent>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    const event = JSON.parse(line) as ReportEvent | AlertEvent;
    if (event.type === 'report') reports.set(event.id, event);
    else alerts.set(`${event.id} ${event.state}`, event);
  }
  return { reports: [...reports.values()], alerts: [...alerts.values()] };
}

type Counts = Readonly<Record<string, number>>;

function difference(what: string, expected: Counts, actual: Counts): string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...names].flatMap((name) => {
    const [wanted, given] = [expected[name] ?? 0, actual[name] ?? 0];
    return wanted === given ? [] : [`${what}: ${name} is ${given}, but ${wanted} was written`];
  });
}

function pick(counts: Counts, names: readonly string[]): Counts {
  return Object.fromEntries(names.map((name) => [name, counts[name] ?? 0]));
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
