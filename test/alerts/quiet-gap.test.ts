// Time without traffic is passed in one go, and tells what it would tell second by second.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AlertEngine } from '../../src/alerts/engine.ts';
import { ANY } from '../../src/alerts/rule.ts';
import type { AlertEvent, Rule } from '../../src/alerts/rule.ts';
import { takeSeed } from '../seed.ts';
import { ruleOf, tellShort, Traffic } from './traffic.ts';

const T0 = 1_700_000_000;
const YEAR = 365 * 86_400;

const RULES: readonly Rule[] = [
  ruleOf({ name: 'busy', threshold: 2, windowsSeconds: [7] }),
  ruleOf({ name: 'quiet', comparison: 'below', threshold: 0.5, windowsSeconds: [20], forSeconds: 13 }),
  ruleOf({ name: 'few', comparison: 'below', threshold: 1, requestsMin: 1, recoverForSeconds: 9 }),
  ruleOf({ name: 'silence', metric: 'silence', threshold: 31, windowsSeconds: [1] }),
  ruleOf({ name: 'no-posts', metric: 'silence', threshold: 90, windowsSeconds: [1], forSeconds: 40 }),
  ruleOf({ name: 'errors', metric: 'error-rate', threshold: 10, recoverForSeconds: 60 }),
  ruleOf({ name: 'more', previousSeconds: 30, threshold: 1.5 }),
  ruleOf({ name: 'slow', metric: 'latency-p95', threshold: 100, windowsSeconds: [300] }),
  ruleOf({ name: 'clients', metric: 'unique-clients', comparison: 'below', threshold: 2 }),
  ruleOf({ name: 'junk', metric: 'parse-failure-rate', where: ANY, threshold: 10 }),
];

interface Step {
  readonly after: number;
  readonly count: number;
  readonly status: number;
  readonly latencyMs: number;
  readonly isFailure: boolean;
}

const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  after: fc.oneof(fc.nat(3), fc.nat(40), fc.nat(400)),
  count: fc.integer({ min: 1, max: 30 }),
  status: fc.constantFrom(200, 500),
  latencyMs: fc.constantFrom(3, 300, Number.NaN),
  isFailure: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
});

/** `strideSeconds`: how much time passes at once, at most. */
function play(rules: readonly Rule[], steps: readonly Step[], strideSeconds: number): string[] {
  const events: AlertEvent[] = [];
  const engine = new AlertEngine(rules, { emit: (event) => events.push(event) });
  engine.advanceTo(T0);
  let now = T0;
  const goTo = (end: number): void => {
    while (now < end) engine.advanceTo((now = Math.min(end, now + strideSeconds)));
  };
  for (const { after, count, status, latencyMs, isFailure } of steps) {
    goTo(now + after);
    const traffic = new Traffic({ add: (second) => engine.add(second), advanceTo: () => {} });
    if (isFailure) traffic.fail(now, count);
    else traffic.hit(now, { status, latencyMs, client: `192.0.2.${count}` }, count);
    traffic.advanceTo(now + 1);
  }
  goTo(now + 1000);
  return events.map((event) => JSON.stringify(event));
}

void test('in strides of any length the same is told, in the same order, as second by second', (t) => {
  fc.assert(
    fc.property(
      fc.subarray([...RULES], { minLength: 1 }),
      fc.array(stepArbitrary, { maxLength: 12 }),
      fc.integer({ min: 2, max: 200 }),
      (rules, steps, stride) => {
        const wanted = play(rules, steps, 1);
        assert.deepEqual(play(rules, steps, stride), wanted);
        assert.deepEqual(play(rules, steps, Number.POSITIVE_INFINITY), wanted);
      },
    ),
    { seed: takeSeed(t), numRuns: 30 },
  );
});

void test('years without a line are passed in no time, with every rule', () => {
  const events: AlertEvent[] = [];
  const engine = new AlertEngine(RULES, { emit: (event) => events.push(event) });
  const traffic = new Traffic(engine);
  traffic.advanceTo(T0);
  const startedMs = performance.now();
  for (let years = 1; years <= 10; years++) {
    traffic.hit(T0 + years * YEAR);
    traffic.advanceTo(T0 + years * YEAR + 1);
  }
  assert.ok(performance.now() - startedMs < 2000);
  // A line in a quiet log is over with two silences; each begins again when it has lasted.
  const told = tellShort(events, T0);
  assert.deepEqual(told.slice(0, 10), [
    'clients firing +10 0',
    'silence firing +32 32',
    'quiet firing +33 0',
    'no-posts firing +131 131',
    'few firing +31536001 0.1',
    'silence resolved +31536001 1',
    'no-posts resolved +31536001 1',
    'few resolved +31536020 0',
    'silence firing +31536032 32',
    'no-posts firing +31536131 131',
  ]);
  assert.equal(told.length, 4 + 9 * 6 + 3);
});
