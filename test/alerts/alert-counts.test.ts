import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlertCounts } from '../../src/alerts/alert-counts.ts';
import { Alerting } from '../../src/alerts/alerting.ts';
import type { AlertingOptions } from '../../src/alerts/alerting.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import { burst } from '../aggregate/records.ts';

function example(): AlertCounts {
  const counts = new AlertCounts(['traffic', 'errors']);
  counts.add('traffic', 'firing');
  counts.add('traffic', 'resolved');
  counts.add('traffic', 'firing');
  counts.add('errors', 'firing');
  return counts;
}

void test('beginnings and ends are counted by rule', () => {
  const counts = example();
  assert.deepEqual(counts.of('traffic'), { firing: 2, resolved: 1 });
  assert.deepEqual(counts.of('errors'), { firing: 1, resolved: 0 });
});

void test('a rule that is not there, or no more, takes no room', () => {
  const counts = example();
  counts.add('gone', 'resolved');
  counts.change(['errors', 'new']);
  counts.add('traffic', 'resolved');
  assert.deepEqual(counts.snapshot(), { version: 1, rules: [{ name: 'errors', firing: 1, resolved: 0 }] });
});

void test('counts go on from a snapshot, for the rules there are', () => {
  const next = new AlertCounts(['traffic']);
  assert.equal(next.restore(JSON.parse(JSON.stringify(example().snapshot()))), true);
  next.add('traffic', 'resolved');
  assert.deepEqual(next.snapshot(), { version: 1, rules: [{ name: 'traffic', firing: 2, resolved: 2 }] });
});

void test('what is no snapshot is refused, and the counts stay', () => {
  const counts = example();
  for (const saved of [
    null,
    {},
    { version: 2, rules: [] },
    { version: 1, rules: [{ name: 'traffic', firing: -1, resolved: 0 }] },
  ])
    assert.equal(counts.restore(saved), false, JSON.stringify(saved));
  assert.deepEqual(counts.of('traffic'), { firing: 2, resolved: 1 });
});

const ALERTING: AlertingOptions = {
  rules: [createTrafficRule(2, 10)],
  isExplained: false,
  isInMaintenance: () => false,
  tell: () => {},
};

/** The traffic begins to be above the threshold in the second before `seconds`. */
function fire(alerting: Alerting, seconds: number): void {
  alerting.advanceTo(seconds - 1);
  alerting.add(burst(seconds - 1, 40));
  alerting.advanceTo(seconds);
}

void test('an alert that nobody was told of counts as well, and the next process goes on counting', () => {
  const alerting = new Alerting(ALERTING);
  fire(alerting, 1_700_000_001);
  alerting.advanceTo(1_700_000_100);
  alerting.silence({ rule: 'traffic', untilSeconds: 1_700_009_000, reason: '' });
  fire(alerting, 1_700_000_201);
  assert.deepEqual(alerting.standings()[0]?.counts, { firing: 2, resolved: 1 });

  const next = new Alerting(ALERTING);
  for (const [name, part] of Object.entries(next.parts)) {
    const saved: unknown = JSON.parse(JSON.stringify(alerting.parts[name]?.snapshot()));
    assert.equal(part.restore(saved), true, name);
  }
  next.advanceTo(1_700_000_300);
  assert.deepEqual(next.standings()[0]?.counts, { firing: 2, resolved: 2 });
  next.change({ ...ALERTING, rules: [] });
  assert.deepEqual(next.parts['alert-counts']?.snapshot(), { version: 1, rules: [] });
});
