import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecentRequest } from '../../src/alerts/recent-level.ts';
import type { AlertEvent } from '../../src/alerts/rule.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import type { LiveEvent } from '../../src/live/event.ts';
import { Live } from '../../src/live/live.ts';
import type { LiveOptions } from '../../src/live/live.ts';
import { createLiveSources } from '../../src/live/sources.ts';
import { burst, secondOf } from '../aggregate/records.ts';
import { SNAPSHOT } from '../http/snapshot.ts';
import { alertOf } from '../outputs/events.ts';

const T = 1_795_472_000;
const RULE = createTrafficRule(10, 120);
const STANDING = {
  rule: RULE,
  standing: 'ok',
  isMuted: false,
  value: 4.5,
  sinceSeconds: null,
  counts: { firing: 0, resolved: 0 },
  ending: null,
  neverKnown: null,
} as const;

const REQUEST: RecentRequest = {
  timeSeconds: T - 1,
  path: '/',
  code: 0,
  source: '',
  client: '192.0.2.1',
  agent: '',
  latencyMs: Number.NaN,
  weight: 1,
  line: 0,
};

function createLive(recent: readonly RecentRequest[] | null = null): Live {
  const options: LiveOptions = {
    look: () => ({
      version: '1.2.3',
      nowMs: T * 1000,
      startedMs: 0,
      rules: [STANDING],
      silences: [],
      sources: [],
      sourceCount: 0,
      problems: [],
    }),
    standings: () => [STANDING],
    now: () => T * 1000,
    recent: () =>
      recent === null
        ? null
        : {
            *between(from, to) {
              yield* recent.filter(({ timeSeconds }) => timeSeconds >= from && timeSeconds < to);
            },
          },
  };
  return new Live(options);
}

const alertAt = (seconds: number): AlertEvent =>
  alertOf({ id: `traffic-${seconds}`, timeSeconds: seconds, sinceSeconds: seconds });

void test('whoever comes gets everything, and then only what is new', () => {
  const live = createLive();
  live.advanceTo(T);
  live.add(burst(T, 3));
  live.advanceTo(T + 1);
  live.noteValues();
  live.addAlert(alertAt(T));
  const whole = live.whole();
  assert.deepEqual(
    [whole.isWhole, whole.toldSeconds, whole.seconds.requests, whole.seconds.values, whole.alerts.length],
    [true, T + 1, [3], [[4.5]], 1],
  );
  assert.deepEqual(whole.rules[0], {
    name: 'traffic',
    metric: 'request-rate',
    where: RULE.where,
    severity: 'warning',
    standing: 'ok',
    isMuted: false,
    value: 4.5,
    unit: 'requests/s',
    comparison: 'above',
    threshold: 10,
    recoverThreshold: 10,
    recoverForSeconds: 0,
    windowSeconds: 120,
    sinceSeconds: null,
    ending: null,
    neverKnown: null,
  });
  assert.equal(live.update().alerts.length, 1);
  live.advanceTo(T + 2);
  const update = live.update();
  assert.deepEqual(
    [update.isWhole, update.seconds.times, update.alerts, update.steps],
    [false, [T + 1], [], []],
  );
});

void test('of very many alerts the last 50 are kept, also while nobody watches', () => {
  const live = createLive();
  for (let i = 0; i < 120; i++) live.addAlert(alertAt(T + i));
  const times = live.whole().alerts.map(({ timeSeconds }) => timeSeconds);
  assert.deepEqual([times.length, times[0], times.at(-1)], [50, T + 70, T + 119]);
  assert.equal(live.update().alerts.length, 50);
  live.addAlert(alertAt(T));
  live.dropChanges();
  assert.deepEqual(live.update().alerts, []);
});

void test('what an earlier process knew is in the window, is no news, and goes when there are newer ones', () => {
  const live = createLive();
  const past = Array.from({ length: 50 }, (_, i) => ({ ...alertAt(T + i), summary: 'of before' }));
  live.restoreAlerts(past, []);
  assert.deepEqual(live.update().alerts, []);
  live.addAlert(alertAt(T + 90));
  const { alerts } = live.whole();
  assert.deepEqual(
    [alerts.length, alerts[0]?.timeSeconds, alerts[48]?.summary, alerts.at(-1)?.timeSeconds],
    [50, T + 1, 'of before', T + 90],
  );
  assert.deepEqual(
    live.update().alerts.map(({ timeSeconds }) => timeSeconds),
    [T + 90],
  );
});

void test('an alert that is found again, as its log is read again, stands for the same one of before', () => {
  const live = createLive();
  live.restoreAlerts([alertAt(T), alertAt(T + 1)], []);
  const explanation = { lookedAt: 7, shareError: 0, reasons: [] };
  live.addAlert({ ...alertAt(T), explanation });
  assert.deepEqual(
    live.whole().alerts.map(({ timeSeconds, explanation: why }) => [timeSeconds, why?.lookedAt]),
    [
      [T + 1, undefined],
      [T, 7],
    ],
  );
});

void test('clients are those of five minutes against the five before, by what each request stands for', () => {
  const live = createLive([
    { ...REQUEST, client: 'a', weight: 3 },
    { ...REQUEST, client: 'b', weight: 1 },
    { ...REQUEST, client: 'a', timeSeconds: T - 301 },
    { ...REQUEST, client: 'c', timeSeconds: T - 400, weight: 3 },
    { ...REQUEST, client: 'd', timeSeconds: T - 700 },
  ]);
  live.advanceTo(T);
  assert.deepEqual(live.whole().clients, {
    lookedAt: 2,
    top: [
      { client: 'a', share: 0.75, previousShare: 0.25 },
      { client: 'b', share: 0.25, previousShare: 0 },
    ],
  });
  assert.equal(createLive().whole().clients, null);
});

void test('the health of the logs: what was read, what not, and what is wrong', () => {
  assert.deepEqual(createLiveSources(SNAPSHOT.sources, SNAPSHOT.logs, SNAPSHOT.nowMs), [
    {
      path: 'logs/access.log',
      format: 'combined',
      lines: 12,
      lagBytes: 20,
      lastLineAgeSeconds: 5,
      unparsed: 5,
      sample: { reason: 'format-mismatch', text: 'junk' },
      problem: null,
      warning: null,
      possibleLoss: 1,
    },
    {
      path: 'logs/b "b"\\\n.log',
      format: 'auto',
      lines: 0,
      lagBytes: 0,
      lastLineAgeSeconds: null,
      unparsed: 0,
      sample: null,
      problem: 'logs/b does not exist.',
      warning: null,
      possibleLoss: 0,
    },
  ]);
});

void test('of very many logs those that need a look are told', () => {
  const sources = Array.from({ length: 80 }, (_, i) => ({
    path: `${i}.log`,
    inode: 1,
    offset: 0,
    lagBytes: i === 70 ? 5 : 0,
    warning: i === 72 ? ({ code: 'single-file-mount', message: 'of old' } as const) : null,
    possibleLoss: 0,
    problem: i === 75 ? ({ code: 'missing', message: 'gone' } as const) : null,
  }));
  const logs = [
    {
      path: '60.log',
      format: 'auto',
      isUnread: false,
      hasRecords: true,
      skewSeconds: null,
      lines: 1,
      failures: [],
      lastReadMs: 5000,
    },
  ];
  const told = createLiveSources(sources, logs, 6000).map(({ path }) => path);
  assert.deepEqual([told.length, ...told.slice(0, 4)], [50, '75.log', '72.log', '70.log', '60.log']);
});

void test('a name that a client has made very long is cut', () => {
  const live = createLive();
  const long = '/'.padEnd(1000, 'a');
  const reason = { dimension: 'path', name: long, share: 1, previousShare: null } as const;
  live.addAlert({ ...alertAt(T), explanation: { lookedAt: 1, shareError: 0, reasons: [reason] } });
  live.advanceTo(T);
  live.add(secondOf(T, [{ path: long }]));
  const { alerts, steps } = live.whole();
  const expected = `/${'a'.repeat(255)}…`;
  assert.equal(alerts[0]?.explanation?.reasons[0]?.name, expected);
  assert.deepEqual(steps[0]?.cells, [[expected, 200, 1]]);
});

void test('the ten newest alerts with lines have them', () => {
  const live = createLive();
  const explanation = { lookedAt: 1, shareError: 0, reasons: [], lines: ['GET /'] };
  live.advanceTo(T);
  for (let i = 0; i < 24; i++)
    live.addAlert({ ...alertAt(T + i), explanation: i % 2 === 0 ? explanation : null });
  const placesOf = ({ alerts }: LiveEvent): number[] =>
    alerts.flatMap((alert, i) => (alert.explanation?.lines === undefined ? [] : i));
  assert.deepEqual(placesOf(live.whole()), [4, 6, 8, 10, 12, 14, 16, 18, 20, 22]);
  assert.deepEqual(placesOf(live.update()), [4, 6, 8, 10, 12, 14, 16, 18, 20, 22]);
  assert.deepEqual(live.whole().alerts[0]?.explanation, { lookedAt: 1, shareError: 0, reasons: [] });
});

void test('a backlog from before the window is not gathered; what comes within it is', () => {
  const live = createLive();
  live.advanceTo(T - 5000);
  live.add(burst(T - 5000, 9));
  live.advanceTo(T - 4000);
  assert.equal(live.whole().toldSeconds, null);
  live.advanceTo(T - 10);
  live.add(burst(T - 10, 3));
  live.advanceTo(T - 9);
  const { seconds, steps } = live.whole();
  assert.deepEqual([seconds.times, seconds.requests], [[T - 10], [3]]);
  assert.deepEqual(
    steps.map(({ cells }) => cells),
    [[['/', 200, 3]]],
  );
});
