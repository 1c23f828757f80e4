// Other rules while it runs: what stays goes on, what goes is over, what is new is judged by what is known of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Alerting } from '../../src/alerts/alerting.ts';
import { ANY } from '../../src/alerts/rule.ts';
import type { AlertEvent, Rule } from '../../src/alerts/rule.ts';
import { ruleOf, tellShort, Traffic } from './traffic.ts';

const T0 = 1_700_000_000;

function start(rules: readonly Rule[]) {
  const events: AlertEvent[] = [];
  const isInMaintenance = () => false;
  const alerting = new Alerting({
    rules,
    isExplained: false,
    isInMaintenance,
    tell: (event) => events.push(event),
  });
  const traffic = new Traffic(alerting);
  traffic.advanceTo(T0);
  return {
    alerting,
    traffic,
    told: () => tellShort(events, T0),
    ids: () => events.map(({ id }) => id),
    change: (changed: readonly Rule[]) =>
      alerting.change({ rules: changed, isExplained: false, isInMaintenance }),
    /** As many requests a second, up to the second `to`. */
    run: (from: number, to: number, perSecond: number) => {
      for (let time = from; time < to; time++) {
        traffic.hit(T0 + time, {}, perSecond);
        traffic.advanceTo(T0 + time + 1);
      }
    },
  };
}

const BUSY = ruleOf({ name: 'busy', threshold: 3 });
const QUIET = ruleOf({ name: 'quiet', comparison: 'below', threshold: 2 });

void test('a rule that stays keeps its window and its open alert, whatever comes beside it', () => {
  const { change, run, told, ids } = start([BUSY]);
  run(0, 8, 4);
  assert.deepEqual(told(), ['busy firing +8 3.2']);
  change([ruleOf({ name: 'other', threshold: 100 }), { ...BUSY, severity: 'critical' }]);
  run(8, 10, 4);
  assert.equal(told().length, 1);
  run(10, 13, 0);
  assert.deepEqual(told(), ['busy firing +8 3.2', 'busy resolved +13 2.8']);
  assert.equal(ids()[0], ids()[1]);
});

void test('a rule that goes takes its alert with it, also in a moment without traffic', () => {
  const { alerting, change, run, traffic, told } = start([BUSY]);
  run(0, 8, 4);
  change([QUIET]);
  assert.deepEqual(alerting.firing(), []);
  traffic.advanceTo(T0 + 9);
  assert.deepEqual(told(), ['busy firing +8 3.2', 'busy resolved +8 null']);
});

void test('under the same name another metric is another rule: the alert is over, and it begins anew', () => {
  const { change, run, told } = start([BUSY]);
  run(0, 8, 4);
  change([ruleOf({ name: 'busy', metric: 'bytes-rate', threshold: 50 })]);
  run(8, 11, 4);
  assert.deepEqual(told(), ['busy firing +8 3.2', 'busy resolved +8 null', 'busy firing +10 80']);
});

void test('changed thresholds judge anew what is known, at the next second, quiet or not', () => {
  const { change, run, told } = start([BUSY]);
  run(0, 8, 4);
  change([{ ...BUSY, threshold: 5, recoverThreshold: 5 }]);
  run(8, 9, 4);
  assert.deepEqual(told(), ['busy firing +8 3.2', 'busy resolved +9 3.6']);
  change([{ ...BUSY, threshold: 3.5, recoverThreshold: 3.5 }]);
  run(9, 10, 4);
  assert.deepEqual(told()[2], 'busy firing +10 4');
});

void test('a rule that looks for too little, made of one that looked for too much, fires though nothing happens', () => {
  const { alerting, change, traffic, told } = start([QUIET]);
  traffic.advanceTo(T0 + 5);
  change([{ ...QUIET, requestsMin: 1 }]);
  traffic.advanceTo(T0 + 5000);
  assert.deepEqual(told(), []);
  change([QUIET]);
  traffic.advanceTo(T0 + 9000);
  assert.deepEqual(told(), ['quiet firing +5001 0']);
  // No verdict any more: over, though nothing happens.
  change([{ ...QUIET, requestsMin: 1 }]);
  traffic.advanceTo(T0 + 9100);
  assert.deepEqual(told(), ['quiet firing +5001 0', 'quiet resolved +9001 0']);
  assert.equal(alerting.standings()[0]?.standing, 'ok');
});

void test('a silence alert whose rule has become more patient is over', () => {
  const silence = ruleOf({ name: 'silence', metric: 'silence', threshold: 60, windowsSeconds: [1] });
  const { change, traffic, told } = start([silence]);
  traffic.advanceTo(T0 + 1000);
  change([{ ...silence, threshold: 3600, recoverThreshold: 3600 }]);
  traffic.advanceTo(T0 + 3500);
  assert.deepEqual(told(), ['silence firing +61 61', 'silence resolved +1001 1001']);
});

void test('a new rule has no verdict on too little before it has watched for its window: what it has not seen is not 0', () => {
  const { alerting, change, run, told } = start([BUSY]);
  run(0, 100, 3);
  const paths = { ...QUIET, name: 'paths', where: { ...ANY, paths: ['/'] } };
  change([BUSY, paths]);
  run(100, 150, 3);
  assert.deepEqual(told(), []);
  // A restart in the middle changes nothing.
  const longer = { ...paths, windowsSeconds: [60] } as const;
  change([BUSY, longer]);
  run(150, 180, 3);
  const saved: unknown = JSON.parse(JSON.stringify(alerting.parts['alerts']?.snapshot()));
  const again = start([BUSY, longer]);
  assert.equal(again.alerting.parts['alerts']?.restore(saved), true);
  again.run(180, 300, 3);
  assert.deepEqual(again.told(), []);
  again.run(300, 330, 1);
  assert.deepEqual(again.told(), []);
  again.run(330, 340, 0);
  assert.deepEqual(again.told(), ['paths firing +331 1.95']);
});
