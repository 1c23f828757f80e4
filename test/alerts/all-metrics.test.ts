// Every rule against a recount second by second: random traffic with gaps, late lines, and restarts at any moment.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AlertEngine } from '../../src/alerts/engine.ts';
import { ANY } from '../../src/alerts/rule.ts';
import type { AlertEvent, MetricName, Rule } from '../../src/alerts/rule.ts';
import { takeSeed } from '../seed.ts';
import { tellByRecount } from './oracle.ts';
import type { Arrival } from './oracle.ts';
import { HIT, ruleOf, Traffic } from './traffic.ts';

const END = 120;

/** Thresholds that such traffic passes both ways. */
const METRICS_WITH_THRESHOLDS = [
  ['request-rate', [0, 0.2, 0.5, 1, 2]],
  ['status-rate', [0, 0.1, 0.5]],
  ['bytes-rate', [0, 50, 200]],
  ['error-rate', [0, 20, 50]],
  ['status-share', [0, 30, 75]],
  ['latency-p50', [10, 80]],
  ['latency-p95', [10, 100]],
  ['latency-p99', [10, 300]],
  ['parse-failure-rate', [0, 10, 50]],
  ['silence', [1, 5, 20]],
] as const satisfies readonly (readonly [MetricName, readonly number[]])[];

const arrivalArbitrary: fc.Arbitrary<Arrival> = fc
  .record({
    at: fc.nat(90),
    delay: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(40)),
    isFailure: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
    path: fc.constantFrom('/', '/a', '/b'),
    method: fc.constantFrom('GET', 'POST'),
    status: fc.constantFrom(200, 200, 404, 500, 503),
    sent: fc.constantFrom(0, 100, 1000),
    latencyMs: fc.constantFrom(0, 5, 50, 500, Number.NaN),
  })
  .map(({ at, delay, isFailure, ...hit }) => ({
    at,
    time: Math.max(0, at - delay),
    hit: isFailure ? 'failure' : { ...HIT, ...hit },
  }));

const windowArbitrary = fc.integer({ min: 1, max: 30 });
const ruleArbitrary: fc.Arbitrary<Rule> = fc
  .constantFrom(...METRICS_WITH_THRESHOLDS)
  .chain(([metric, thresholds]) =>
    fc.record({
      metric: fc.constant<MetricName>(metric),
      comparison:
        metric === 'silence'
          ? fc.constant('above' as const)
          : fc.constantFrom('above' as const, 'below' as const),
      threshold: fc.constantFrom<number>(...thresholds),
      hysteresis: fc.constantFrom(1, 1, 0.5),
      windows: fc.array(windowArbitrary, { minLength: 1, maxLength: 2 }),
      previousSeconds:
        metric === 'silence'
          ? fc.constant(null)
          : fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, windowArbitrary),
      forSeconds: fc.constantFrom(0, 0, 3, 10),
      recoverForSeconds: fc.constantFrom(0, 0, 4, 15),
      requestsMin: fc.constantFrom(0, 0, 2, 5),
      paths: fc.subarray(['/', '/a']),
      methods: fc.subarray(['POST']),
      statuses:
        metric === 'status-rate' || metric === 'status-share'
          ? fc.constant([{ first: 400, last: 599 }])
          : fc.constantFrom([], [{ first: 500, last: 500 }]),
    }),
  )
  .map(({ hysteresis, windows, paths, methods, statuses, ...rest }) => {
    const [first = 1, ...others] = rest.metric === 'silence' ? [1] : windows;
    const threshold = rest.previousSeconds === null ? rest.threshold : 1.5;
    const recover = rest.comparison === 'above' ? threshold * hysteresis : threshold / hysteresis;
    return ruleOf({
      ...rest,
      threshold,
      recoverThreshold: recover,
      windowsSeconds: [first, ...others],
      where: rest.metric === 'silence' ? ANY : { ...ANY, paths, methods, statuses },
    });
  });

/** The same through the engine, which is saved and restored where `crashes` says. */
function tellByEngine(rule: Rule, arrivals: readonly Arrival[], crashes: readonly boolean[]): string[] {
  const told: string[] = [];
  const emit = ({ state, timeSeconds, value }: AlertEvent): void => {
    told.push(`${state} ${timeSeconds} ${value}`);
  };
  let engine = new AlertEngine([rule], { emit });
  engine.advanceTo(0);
  for (const [i, { at, time, hit }] of arrivals.toSorted((a, b) => a.at - b.at).entries()) {
    engine.advanceTo(at);
    const traffic = new Traffic({ add: (second) => engine.add(second), advanceTo: () => {} });
    if (hit === 'failure') traffic.fail(time);
    else traffic.hit(time, hit);
    traffic.advanceTo(time + 1);
    if (crashes[i] !== true) continue;
    const saved: unknown = JSON.parse(JSON.stringify(engine.snapshot()));
    engine = new AlertEngine([rule], { emit });
    assert.equal(engine.restore(saved), true);
    assert.deepEqual(engine.snapshot(), saved);
  }
  engine.advanceTo(END);
  return told;
}

void test('every event of every metric is where a recount says, late, with gaps and over restarts', (t) => {
  const count = { events: 0 };
  fc.assert(
    fc.property(
      ruleArbitrary,
      fc.array(arrivalArbitrary, { maxLength: 60 }),
      fc.array(fc.boolean(), { maxLength: 60 }),
      (rule, arrivals, crashes) => {
        const wanted = tellByRecount(rule, arrivals, END);
        count.events += wanted.length;
        assert.deepEqual(tellByEngine(rule, arrivals, crashes), wanted);
      },
    ),
    { seed: takeSeed(t), numRuns: 300 },
  );
  // A recount that nothing happens in would prove nothing.
  assert.ok(count.events > 100, `${count.events} events`);
});

void test('the recount itself knows a share, its hysteresis and its minimum', () => {
  const at = (time: number, status: number): Arrival => ({ at: time, time, hit: { ...HIT, status } });
  const rule = ruleOf({
    metric: 'error-rate',
    threshold: 40,
    recoverThreshold: 20,
    windowsSeconds: [5],
    requestsMin: 2,
  });
  const arrivals = [at(0, 500), at(1, 200), at(2, 200), at(3, 200), at(8, 500)];
  assert.deepEqual(tellByRecount(rule, arrivals, 20), ['firing 2 50', 'resolved 6 0']);
});
