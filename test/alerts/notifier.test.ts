// Who is told, and when: silences and maintenance hold alerts back, reminders repeat them, a restart forgets nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Alerting } from '../../src/alerts/alerting.ts';
import type { AlertingOptions } from '../../src/alerts/alerting.ts';
import type { AlertEvent } from '../../src/alerts/rule.ts';
import { takeSeed } from '../seed.ts';
import { ruleOf, tellShort, Traffic } from './traffic.ts';

const T0 = 1_700_000_000;
/** Fires at +1 and is over at +11 for each second with 30 requests. */
const RULE = ruleOf({ threshold: 2 });

type Options = Partial<Pick<AlertingOptions, 'rules' | 'isInMaintenance'>>;

class Rig {
  readonly events: AlertEvent[] = [];
  readonly #options: AlertingOptions;
  alerting: Alerting;
  traffic: Traffic;
  now = 0;

  constructor(options: Options = {}) {
    this.#options = {
      rules: [RULE],
      isExplained: false,
      isInMaintenance: () => false,
      tell: (event) => this.events.push(event),
      ...options,
    };
    this.alerting = new Alerting(this.#options);
    this.traffic = new Traffic(this.alerting);
    this.traffic.advanceTo(T0);
  }

  /** Second by second to `end`; in the seconds that `busy` names 30 requests each. */
  run(end: number, busy: readonly number[] = []): void {
    for (; this.now < end; this.now++) {
      if (busy.includes(this.now)) this.traffic.hit(T0 + this.now, {}, 30);
      this.traffic.advanceTo(T0 + this.now + 1);
    }
  }

  silence(until: number): void {
    this.alerting.silence({ rule: 'test', untilSeconds: T0 + until, reason: 'deploy' });
  }

  /** Everything but what was saved is lost. */
  restart(): void {
    const saved = Object.entries(this.alerting.parts).map(([name, part]): [string, unknown] => [
      name,
      JSON.parse(JSON.stringify(part.snapshot())),
    ]);
    this.alerting = new Alerting(this.#options);
    for (const [name, value] of saved) assert.equal(this.alerting.parts[name]?.restore(value), true, name);
    this.traffic = new Traffic(this.alerting);
    this.traffic.advanceTo(T0 + this.now);
  }

  told(): string[] {
    return tellShort(this.events, T0);
  }
}

void test('a silence that covers an alert from before its start to after its end: nobody is told', () => {
  const rig = new Rig();
  rig.silence(20);
  rig.run(30, [3]);
  assert.deepEqual(rig.told(), []);
  assert.deepEqual(rig.alerting.silences, []);
});

void test('an alert that still fires when the silence is over is told then, and its end too', () => {
  const rig = new Rig();
  rig.silence(8);
  rig.run(7, [3]);
  assert.deepEqual(rig.alerting.standings()[0]?.isMuted, true);
  assert.deepEqual(rig.alerting.firing(), []);
  rig.run(30);
  assert.deepEqual(rig.told(), ['firing +8 3', 'resolved +14 0']);
  assert.deepEqual([rig.events[0]?.sinceSeconds, rig.events[0]?.id], [T0 + 4, 'test-1700000004']);
});

void test('whoever was told of an alert is told of its end, though it is silenced by then', () => {
  const rig = new Rig();
  rig.run(6, [3]);
  rig.silence(100);
  rig.run(30);
  assert.deepEqual(rig.told(), ['firing +4 3', 'resolved +14 0']);
});

void test('a silence that is taken back is over at the next second, one that is there already is replaced', () => {
  const rig = new Rig();
  rig.silence(1000);
  rig.run(6, [3]);
  assert.equal(rig.alerting.unsilence('test'), true);
  assert.equal(rig.alerting.unsilence('test'), false);
  rig.run(7);
  assert.deepEqual(rig.told(), ['firing +7 3']);
  const other = new Rig();
  other.silence(1000);
  other.silence(5);
  other.run(7, [3]);
  assert.deepEqual(other.told(), ['firing +5 3']);
});

void test('the silence of one rule is none of another', () => {
  const rig = new Rig({ rules: [RULE, { ...RULE, name: 'other' }] });
  rig.silence(50);
  rig.run(30, [3]);
  assert.deepEqual(rig.told(), ['other firing +4 3', 'other resolved +14 0']);
});

void test('a reminder of an alert whose value has come back says what it waits for', () => {
  const rule = ruleOf({ threshold: 2, recoverThreshold: 1, recoverForSeconds: 20, repeatSeconds: 15 });
  const rig = new Rig({ rules: [rule] });
  rig.run(25, [3]);
  assert.deepEqual(rig.told(), ['firing +4 3', 'still firing +19 0']);
  assert.equal(
    rig.events[1]?.summary,
    '0 requests/s over 10s (0 requests), recovers below 1 requests/s for 20s',
  );
});

void test('reminders come at each interval while it fires, none while it is held back', () => {
  const rig = new Rig({ rules: [{ ...RULE, repeatSeconds: 4 }] });
  rig.run(10, [3]);
  assert.deepEqual(rig.told(), ['firing +4 3', 'still firing +8 3']);
  rig.silence(14);
  rig.run(18, [10]);
  assert.deepEqual(rig.told().slice(2), ['still firing +14 3', 'still firing +18 3']);
  rig.run(30);
  assert.deepEqual(rig.told().slice(4), ['resolved +21 0']);
  assert.deepEqual(new Set(rig.events.map(({ id }) => id)).size, 1);
});

void test('in maintenance alerts are held back likewise', () => {
  const rig = new Rig({ isInMaintenance: (rule, seconds) => rule === 'test' && seconds < T0 + 9 });
  rig.run(30, [3]);
  assert.deepEqual(rig.told(), ['firing +9 3', 'resolved +14 0']);
});

void test('what is told is the same over restarts at any moment, with silences, reminders and maintenance', (t) => {
  const second = fc.nat(120);
  fc.assert(
    fc.property(
      fc.array(second, { maxLength: 20 }),
      // A silence of no time can't be given.
      fc.array(fc.tuple(second, fc.integer({ min: 1, max: 40 })), { maxLength: 5 }),
      fc.array(second, { maxLength: 10 }),
      fc.constantFrom(null, 1, 3, 10),
      fc.tuple(second, fc.nat(30)),
      (busy, silences, restarts, repeatSeconds, [begin, length]) => {
        const isInMaintenance = (_: string, seconds: number) =>
          seconds >= T0 + begin && seconds < T0 + begin + length;
        const tell = (isRestarted: boolean): string[] => {
          const rig = new Rig({ rules: [{ ...RULE, repeatSeconds }], isInMaintenance });
          for (let now = 0; now < 150; now++) {
            rig.run(now, busy);
            for (const [at, seconds] of silences) if (at === now) rig.silence(now + seconds);
            if (isRestarted && restarts.includes(now)) rig.restart();
          }
          return rig.told();
        };
        const wanted = tell(false);
        assert.deepEqual(tell(true), wanted);
        // Of each alert the beginning is told before its end, once; of what was not told, no end is.
        let isOpen = false;
        for (const line of wanted) {
          assert.equal(line.startsWith('firing'), !isOpen, wanted.join('; '));
          isOpen = !line.startsWith('resolved');
        }
      },
    ),
    { seed: takeSeed(t), numRuns: 150 },
  );
});

void test('what is no snapshot of a notifier is refused, and silences stay', () => {
  const rig = new Rig();
  rig.silence(50);
  const { notifier } = rig.alerting.parts;
  for (const saved of [null, {}, { version: 2 }, { version: 1, nowSeconds: null, open: [{}], silences: [] }])
    assert.equal(notifier?.restore(saved), false);
  assert.equal(rig.alerting.silences.length, 1);
});
