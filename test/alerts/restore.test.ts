// Alerts across a restart, also under a rule that has changed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlertEngine } from '../../src/alerts/engine.ts';
import type { AlertEvent, Rule } from '../../src/alerts/rule.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import { burst } from '../aggregate/records.ts';

const T0 = 1_700_000_000;
const RULE: Rule = createTrafficRule(2, 10);

function firingSince(seconds: number): unknown {
  const engine = new AlertEngine([RULE], { emit: () => {} });
  engine.advanceTo(T0);
  engine.add(burst(T0, 40));
  engine.advanceTo(T0 + seconds);
  return JSON.parse(JSON.stringify(engine.snapshot()));
}

function restored(saved: unknown, rule: Rule) {
  const events: AlertEvent[] = [];
  const engine = new AlertEngine([rule], { emit: (event) => events.push(event) });
  assert.equal(engine.restore(saved), true);
  return {
    engine,
    told: () => events.map(({ id, state, timeSeconds }) => `${id} ${state} +${timeSeconds - T0}`),
  };
}

void test('an open alert is not announced again, keeps its id and start, and recovers when it should', () => {
  const { engine, told } = restored(firingSince(4), RULE);
  assert.deepEqual(engine.states(), [
    { rule: RULE, standing: 'firing', value: 4, sinceSeconds: T0 + 1, ending: null },
  ]);
  engine.advanceTo(T0 + 10);
  assert.deepEqual(told(), []);
  engine.advanceTo(T0 + 500);
  assert.deepEqual(told(), ['traffic-1700000001 resolved +11']);
});

const FRESH = { version: 2, nowSeconds: null, watchedSeconds: 0, meters: [] };
const RULE_AT_REST = {
  name: 'traffic',
  subject: 'request-rate ',
  firingId: null,
  changedSeconds: null,
  pendingSeconds: null,
  recoveringSeconds: null,
  peak: null,
};

void test('the snapshot is small: seconds from the first request in the window to now', () => {
  assert.deepEqual(firingSince(3), {
    version: 2,
    nowSeconds: T0 + 3,
    watchedSeconds: 3,
    meters: [['requests ', [40, 0, 0, 0]]],
    rules: [{ ...RULE_AT_REST, firingId: 'traffic-1700000001', changedSeconds: T0 + 1, peak: 4 }],
  });
  const fresh = new AlertEngine([RULE], { emit: () => {} });
  assert.deepEqual(fresh.snapshot(), { ...FRESH, rules: [RULE_AT_REST] });
});

void test('what version 0.1.0 has saved of its one rule goes on', () => {
  const saved = {
    version: 1,
    rule: 'traffic',
    nowSeconds: T0 + 3,
    requests: [40, 0, 0, 0],
    firingId: 'traffic-1700000001',
    sinceSeconds: T0 + 1,
  };
  const { engine, told } = restored(saved, RULE);
  assert.deepEqual(engine.states(), [
    { rule: RULE, standing: 'firing', value: 4, sinceSeconds: T0 + 1, ending: null },
  ]);
  engine.advanceTo(T0 + 20);
  assert.deepEqual(told(), ['traffic-1700000001 resolved +11']);
  const nothing = { ...saved, nowSeconds: null, requests: [], firingId: null, sinceSeconds: null };
  assert.deepEqual(restored(nothing, RULE).engine.snapshot(), { ...FRESH, rules: [RULE_AT_REST] });
});

void test('the alert of a rule that is no longer there is over', () => {
  const { engine, told } = restored(firingSince(4), { ...RULE, name: 'other' });
  engine.advanceTo(T0 + 5);
  assert.deepEqual(told(), ['traffic-1700000001 resolved +4', 'other-1700000005 firing +5']);
});

void test('another threshold judges the saved requests at the next tick', () => {
  const higher = restored(firingSince(4), createTrafficRule(5, 10));
  assert.deepEqual(higher.told(), []);
  higher.engine.advanceTo(T0 + 5);
  assert.deepEqual(higher.told(), ['traffic-1700000001 resolved +5']);
  const quiet = new AlertEngine([createTrafficRule(5, 10)], { emit: () => {} });
  quiet.advanceTo(T0);
  quiet.add(burst(T0, 40));
  quiet.advanceTo(T0 + 4);
  const lower = restored(quiet.snapshot(), RULE);
  lower.engine.advanceTo(T0 + 5);
  assert.deepEqual(lower.told(), ['traffic-1700000005 firing +5']);
});

void test('a shorter window forgets what it does not reach, a longer one goes on with what is known', () => {
  const shorter = restored(firingSince(4), createTrafficRule(2, 2));
  shorter.engine.advanceTo(T0 + 5);
  assert.deepEqual(shorter.told(), ['traffic-1700000001 resolved +5']);
  const longer = restored(firingSince(4), createTrafficRule(2, 16));
  longer.engine.advanceTo(T0 + 16);
  assert.deepEqual(longer.told(), []);
  longer.engine.advanceTo(T0 + 17);
  assert.deepEqual(longer.told(), ['traffic-1700000001 resolved +17']);
});

void test('what is no snapshot of this rule is refused, and the engine stays as it was', () => {
  const good = firingSince(4);
  assert.ok(typeof good === 'object');
  const bad: unknown[] = [
    null,
    [],
    'x',
    {},
    { ...good, version: 3 },
    { ...good, more: 1 },
    { ...good, nowSeconds: 1.5 },
    { ...good, watchedSeconds: -1 },
    { ...good, meters: [[1, []]] },
    { ...good, rules: {} },
    { ...good, rules: [{ ...RULE_AT_REST, firingId: 5 }] },
    { ...good, rules: [{ ...RULE_AT_REST, changedSeconds: '1' }] },
    { version: 1, rule: 'traffic', nowSeconds: T0, requests: [1, -1], firingId: null, sinceSeconds: null },
  ];
  const engine = new AlertEngine([RULE], { emit: () => {} });
  engine.advanceTo(T0);
  engine.add(burst(T0, 7));
  const before = engine.snapshot();
  for (const saved of bad) {
    assert.equal(engine.restore(saved), false, JSON.stringify(saved));
    assert.deepEqual(engine.snapshot(), before);
  }
});
