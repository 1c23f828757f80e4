// The lines of an alert as long as it is open: over reminders, a restart and a reload; and when there are none at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { combined, LinesRig, T0 } from './lines-rig.ts';
import { ruleOf } from './traffic.ts';

const RULE = ruleOf({ threshold: 0.1, repeatSeconds: 10 });
const LINES = [combined(0, { target: '/a' }), combined(0, { target: '/b' })];

function firing(rig: LinesRig): LinesRig {
  rig.advanceTo(0);
  rig.read(0, LINES);
  rig.advanceTo(1);
  return rig;
}

/** All parts but `without`, through JSON, as the database has them. */
function restart(rig: LinesRig, rules = [RULE], hasLines = true, without = ''): LinesRig {
  const next = new LinesRig(rules, { hasLines });
  for (const [name, part] of Object.entries(next.alerting.parts)) {
    const saved: unknown = JSON.parse(JSON.stringify(rig.alerting.parts[name]?.snapshot()));
    if (name !== without) assert.ok(part.restore(saved), name);
  }
  return next;
}

void test('an alert and its reminders have the lines of its beginning, its end has none', () => {
  const rig = firing(new LinesRig([RULE]));
  for (let second = 1; second < 12; second++) {
    rig.read(second, [combined(second, { target: '/later' })]);
    rig.advanceTo(second + 1);
  }
  rig.advanceTo(60);
  const told = rig.events.map(({ state, isReminder, explanation }) => [
    state,
    isReminder,
    explanation?.lines,
  ]);
  assert.deepEqual(told, [
    ['firing', false, LINES],
    ['firing', true, LINES],
    ['resolved', false, undefined],
  ]);
});

void test('an alert that goes on after a restart has them still', () => {
  const rig = restart(firing(new LinesRig([RULE])));
  assert.deepEqual(
    rig.alerting.firing().map(({ id, explanation }) => [id, explanation?.lines]),
    [[`test-${T0 + 1}`, LINES]],
  );
  rig.advanceTo(60);
  assert.deepEqual(rig.alerting.parts['alert-lines']?.snapshot(), { version: 1, alerts: [] });
});

void test('a state of before there were lines gives an alert without', () => {
  const rig = restart(firing(new LinesRig([RULE])), [RULE], true, 'alert-lines');
  const [alert] = rig.alerting.firing();
  assert.deepEqual(Object.keys(alert?.explanation ?? {}), ['lookedAt', 'shareError', 'reasons']);
  assert.equal(new LinesRig([RULE]).alerting.parts['alert-lines']?.restore({ version: 2 }), false);
});

void test('lines of alerts that are over, or no longer to be told, are not kept', () => {
  const saved = (rig: LinesRig): unknown => rig.alerting.parts['alert-lines']?.snapshot();
  const none = { version: 1, alerts: [] };
  assert.deepEqual(saved(firing(new LinesRig([RULE]))), { version: 1, alerts: [[`test-${T0 + 1}`, LINES]] });
  assert.deepEqual(saved(restart(firing(new LinesRig([RULE])), [RULE], false)), none);
  assert.deepEqual(saved(restart(firing(new LinesRig([RULE])), [{ ...RULE, name: 'another' }])), none);
});

void test('a reload turns lines on and off', () => {
  const rig = firing(new LinesRig([RULE]));
  rig.change([RULE], false);
  assert.equal(rig.alerting.details.lines, undefined);
  assert.equal(rig.alerting.firing()[0]?.explanation?.lines, undefined);
  rig.change([RULE], true);
  assert.equal(rig.alerting.firing()[0]?.explanation?.lines, undefined);
  rig.advanceTo(30);
  rig.read(30, [combined(30, { target: '/again' }), combined(30, { target: '/again' })]);
  rig.advanceTo(31);
  assert.deepEqual(rig.lines, [combined(30, { target: '/again' }), combined(30, { target: '/again' })]);
});

void test('without reasons, or when they are not asked for, there are no lines', () => {
  assert.equal(firing(new LinesRig([RULE], { isExplained: false })).events[0]?.explanation, null);
  assert.equal(firing(new LinesRig([RULE], { hasLines: false })).lines, undefined);
});

void test('with anonymise-ip no whole address is in a line, nor what is left behind one that was shortened', () => {
  const rig = new LinesRig([RULE], { anonymiseIp: true });
  rig.advanceTo(0);
  rig.read(0, [
    combined(0, { client: '203.0.113.177', target: '/?from=198.51.100.23' }),
    combined(0, { client: '2001:db8:1:2:3:4:5:6', status: 500 }),
    combined(0, { client: 'host.example.org' }),
    combined(0, { target: '/ip203.0.113.177' }),
  ]);
  rig.advanceTo(1);
  assert.deepEqual(
    (rig.lines ?? []).map((line) => line.replaceAll(/ +/g, ' ')),
    [
      combined(0, { client: '203.0.113.0', target: '/?from=198.51.100.0' }),
      combined(0, { client: '2001:db8:1::', status: 500 }),
    ],
  );
});

void test('with anonymise-ip lines that are no record are not shown, and JSON loses its addresses too', () => {
  const rules = [ruleOf({ metric: 'parse-failure-rate', threshold: 10 }), { ...RULE, name: 'traffic' }];
  const rig = new LinesRig(rules, { anonymiseIp: true });
  const line = (ip: string): string =>
    `{"ts":"2026-11-23T22:14:00Z","status":200,"method":"GET","path":"/caf\\u00e9","remote_addr":"${ip}"}`;
  rig.advanceTo(0);
  rig.read(0, [line('203.0.113.177'), line('2001:db8:1:2:3:4:5:6'), '{"remote_addr":"203.0.113.177"']);
  rig.advanceTo(1);
  const told = rig.events.map(({ rule, explanation }) => [
    rule,
    explanation?.lines?.map((text) => text.replaceAll(/ +/g, '')),
  ]);
  assert.deepEqual(told, [
    ['test', undefined],
    ['traffic', [line('203.0.113.0'), line('2001:db8:1::')]],
  ]);
});
