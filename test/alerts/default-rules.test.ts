// The rules that come with fluffy: each fires on traffic made for it, and none on ordinary traffic.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDefaultRules, DEFAULT_RULE_NAMES } from '../../src/alerts/default-rules.ts';
import { AlertEngine } from '../../src/alerts/engine.ts';
import type { AlertEvent } from '../../src/alerts/rule.ts';
import { createRandom, takeSeed } from '../seed.ts';
import { Traffic } from './traffic.ts';

const T0 = 1_700_000_000;

interface Flow {
  readonly seconds: number;
  readonly perSecond?: number;
  /** Statuses in turn. */
  readonly statuses?: readonly number[];
  readonly latencyMs?: number;
  readonly failuresPerSecond?: number;
}

const ORDINARY: Flow = {
  seconds: 1200,
  perSecond: 5,
  statuses: [200, 200, 304, 200, 200, 301, 200, 404],
  latencyMs: 40,
};

function play(flows: readonly Flow[], objective: number | null = null) {
  const events: AlertEvent[] = [];
  const engine = new AlertEngine(createDefaultRules({ hasDefaultRules: true, objective }), {
    emit: (event) => events.push(event),
  });
  const traffic = new Traffic(engine);
  traffic.advanceTo(T0);
  let [now, requests] = [T0, 0];
  for (const {
    seconds,
    perSecond = 0,
    statuses = [200],
    latencyMs = Number.NaN,
    failuresPerSecond = 0,
  } of flows) {
    for (const end = now + seconds; now < end; now++) {
      for (let i = 0; i < perSecond; i++)
        traffic.hit(now, { status: statuses[requests++ % statuses.length] ?? 200, latencyMs });
      if (failuresPerSecond > 0) traffic.fail(now, failuresPerSecond);
      traffic.advanceTo(now + 1);
    }
  }
  return events;
}

function firingIn(events: readonly AlertEvent[]): string[] {
  return [...new Set(events.filter(({ state }) => state === 'firing').map(({ rule }) => rule))].toSorted();
}

const STATUSES = (count: number, status: number, of = 100): number[] =>
  Array.from({ length: of }, (_, i) => (i < count ? status : 200));

const CASES: Readonly<Record<string, { readonly flow: Flow; readonly fires: readonly string[] }>> = {
  'many server errors': {
    flow: { seconds: 60, perSecond: 5, statuses: STATUSES(8, 500), latencyMs: 40 },
    fires: ['server-errors-fast'],
  },
  'some server errors for long': {
    flow: { seconds: 600, perSecond: 5, statuses: STATUSES(3, 503), latencyMs: 40 },
    fires: ['server-errors-slow'],
  },
  'client errors': {
    flow: { seconds: 300, perSecond: 5, statuses: STATUSES(40, 404), latencyMs: 40 },
    fires: ['client-errors', 'few-successes'],
  },
  'more than a quarter of all that fails': {
    flow: {
      seconds: 300,
      perSecond: 5,
      statuses: STATUSES(29, 404).map((status, i) => (i > 96 ? 500 : status)),
      latencyMs: 40,
    },
    fires: ['few-successes', 'server-errors-slow'],
  },
  'twice as slow as before': {
    flow: { seconds: 300, perSecond: 5, latencyMs: 90 },
    fires: ['slow-responses'],
  },
  silence: { flow: { seconds: 1000 }, fires: ['silence'] },
  'lines that are no record': {
    flow: { seconds: 300, perSecond: 5, latencyMs: 40, failuresPerSecond: 1 },
    fires: ['parse-failures'],
  },
};

for (const [name, { flow, fires }] of Object.entries(CASES)) {
  void test(`${name}: ${fires.join(', ')} and no other, and it is over when all is as before`, () => {
    const events = play([ORDINARY, flow, { ...ORDINARY, seconds: 1500 }]);
    assert.deepEqual(firingIn(events), fires);
    const open = events.filter(({ state }) => state === 'firing').length;
    assert.equal(events.length, 2 * open);
  });
}

void test('ordinary traffic is no alert, by day and by night', (t) => {
  const random = createRandom(takeSeed(t));
  const night = Array.from({ length: 40 }, (): Flow => ({ seconds: 301 + random(500) }));
  const flows = night.flatMap((quiet): Flow[] => [
    quiet,
    // Three requests at night, of which one or all go wrong.
    {
      seconds: 1,
      perSecond: 3,
      statuses: [[500, 404, 200], [503]][random(2)] ?? [],
      latencyMs: random(5000),
    },
  ]);
  assert.deepEqual(firingIn(play([ORDINARY, ...flows, { seconds: 800 }], 99)), []);
});

void test('a first request after a start is compared with nothing', () => {
  assert.deepEqual(firingIn(play([{ seconds: 600, perSecond: 5, latencyMs: 3000 }])), []);
});

void test('an objective has two rules of how fast its budget is spent, at the rates of the SRE Workbook', () => {
  const rules = createDefaultRules({ hasDefaultRules: false, objective: 99.9 });
  assert.deepEqual(
    rules.map(({ name, metric, threshold, windowsSeconds }) => [name, metric, threshold, windowsSeconds]),
    [
      ['burn-rate-fast', 'error-rate', 1.44, [3600, 300]],
      ['burn-rate-slow', 'error-rate', 0.6, [21_600, 1800]],
    ],
  );
  assert.deepEqual(
    createDefaultRules({ hasDefaultRules: true, objective: 99 }).map(({ name }) => name),
    DEFAULT_RULE_NAMES,
  );
  const long: Flow = { ...ORDINARY, seconds: 7200, perSecond: 1, statuses: [200] };
  // 64 errors: 0.8 % of what was watched, 1.8 % of the last hour, and none in the last five minutes.
  const told = play(
    [long, { ...long, seconds: 400, statuses: STATUSES(16, 500) }, { ...long, seconds: 600 }],
    99.9,
  );
  const burns = told.filter(({ rule }) => rule.startsWith('burn'));
  assert.deepEqual(
    burns.map(({ rule, state }) => `${rule} ${state}`),
    ['burn-rate-slow firing', 'burn-rate-fast firing', 'burn-rate-fast resolved'],
  );
});
