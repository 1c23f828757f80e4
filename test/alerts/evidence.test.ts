// Whether a rule could be judged: what of it requests told, and whether it ever had a verdict.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Alerting } from '../../src/alerts/alerting.ts';
import { findNeverKnown } from '../../src/alerts/evidence.ts';
import { ANY } from '../../src/alerts/rule.ts';
import type { Rule } from '../../src/alerts/rule.ts';
import { HIT, ruleOf, Traffic } from './traffic.ts';
import type { Hit } from './traffic.ts';

const T0 = 1_700_000_000;
const SERVER_ERRORS = [{ first: 500, last: 599 }];
/** What a log tells that has neither client nor status, method, size or time taken. */
const BARE: Partial<Hit> = { client: '', status: 0, method: '', sent: 0 };

function watch(
  rule: Partial<Rule>,
  hits: (traffic: Traffic) => void,
): { live: string | null; replay: string | null } {
  const judged = ruleOf(rule);
  const alerting = new Alerting({
    rules: [judged],
    isExplained: false,
    isInMaintenance: () => false,
    tell: () => {},
  });
  const traffic = new Traffic(alerting);
  hits(traffic);
  traffic.advanceTo(T0 + 60);
  const [standing] = alerting.standings();
  return {
    live: standing?.neverKnown ?? null,
    replay: findNeverKnown(judged, alerting.seen()[0] ?? 0),
  };
}

const many = (changes: Partial<Hit>) => (traffic: Traffic) => {
  for (let second = 0; second < 50; second++) traffic.hit(T0 + second, changes, 3);
};

for (const [rule, field] of [
  [{ metric: 'latency-p95' }, 'how long it took'],
  [{ metric: 'error-rate' }, 'its status'],
  [{ metric: 'status-rate', where: { ...ANY, statuses: SERVER_ERRORS } }, 'its status'],
  [{ metric: 'request-rate', where: { ...ANY, statuses: SERVER_ERRORS } }, 'its status'],
  [{ metric: 'request-rate', where: { ...ANY, methods: ['POST'] } }, 'its method'],
  [{ metric: 'bytes-rate' }, 'how many bytes were sent'],
  [{ metric: 'unique-clients' }, 'its client'],
] as const) {
  void test(`${rule.metric} is never known when no request tells ${field}`, () => {
    const told = watch(rule, many(BARE));
    assert.deepEqual(told, {
      live: `no request so far tells ${field}`,
      replay: `no request in these logs tells ${field}`,
    });
    const one = watch(rule, (traffic) => {
      many(BARE)(traffic);
      traffic.hit(T0 + 50, { ...HIT, latencyMs: 5 });
    });
    assert.deepEqual(one, { live: null, replay: null });
  });
}

void test('what another path or log tells is of no use to a rule', () => {
  const where = { ...ANY, paths: ['/api/**'] };
  const told = watch({ metric: 'latency-p95', where }, (traffic) => {
    many({ latencyMs: 5 })(traffic);
    many({ path: '/api/a' })(traffic);
  });
  assert.equal(told.replay, 'no request in these logs tells how long it took');
  const source = { ...ANY, sources: ['b.log'] };
  const gone = watch({ metric: 'error-rate', where: source }, many({ source: 'a.log' }));
  assert.deepEqual(gone, { live: null, replay: 'no request in these logs matches its where' });
});

void test('in a replay it is told as well when there was never enough to judge by', () => {
  const few = (traffic: Traffic): void => traffic.hit(T0, { latencyMs: 5 }, 19);
  for (const [rule, why] of [
    [{ metric: 'error-rate', requestsMin: 20 }, 'there were never 20 requests in 10s'],
    [
      { metric: 'latency-p95', requestsMin: 20, windowsSeconds: [60, 30] },
      'there were never 20 requests in 30s',
    ],
    [{ metric: 'parse-failure-rate', requestsMin: 20 }, 'there were never 20 lines in 10s'],
    [
      { metric: 'request-rate', comparison: 'below', windowsSeconds: [3600] },
      'these logs are shorter than the time that it looks back',
    ],
    [{ metric: 'request-rate' }, null],
    [{ metric: 'silence', windowsSeconds: [1], threshold: 300 }, null],
  ] as const)
    assert.deepEqual(watch(rule, few), { live: null, replay: why }, JSON.stringify(rule));
});

void test('a ratio to nothing is no verdict', () => {
  const late = watch({ metric: 'request-rate', previousSeconds: 20 }, (traffic) => {
    traffic.fail(T0);
    traffic.hit(T0 + 55);
  });
  assert.equal(late.replay, 'there was never anything to compare with');
});

void test('before the first request nothing is missing yet', () => {
  assert.equal(watch({ metric: 'latency-p95' }, (traffic) => traffic.fail(T0)).live, null);
});

void test('what fires is known', () => {
  const rule = {
    metric: 'status-share',
    where: { ...ANY, statuses: SERVER_ERRORS },
    comparison: 'below',
    windowsSeconds: [30],
  } as const;
  assert.equal(watch(rule, many(BARE)).live, null);
});
