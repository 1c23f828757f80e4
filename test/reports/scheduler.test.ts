// When reports are due, in mocked time: intervals that cron can not say, cron expressions, missed ticks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createScheduler, isSchedulable } from '../../src/reports/scheduler.ts';
import type { ReportTime } from '../../src/reports/scheduler.ts';

const logger = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const clock = { now: () => Date.now(), every: () => () => {}, after: () => () => {} };

interface Run {
  readonly reportTime: ReportTime;
  readonly start: string;
  readonly timezone?: string;
  readonly lastBoundarySeconds?: number;
  /** From its making to its start. */
  readonly delayMs?: number;
}

/** Makes the schedule in mocked time, and starts it some time later; `until` lets time go by second by second and says what was due. */
async function schedule(
  t: TestContext,
  { reportTime, start, timezone = 'UTC', lastBoundarySeconds, delayMs = 0 }: Run,
) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: Date.parse(start) });
  const due: number[] = [];
  const scheduler = createScheduler({
    reportTime,
    timezone,
    clock,
    logger,
    ...(lastBoundarySeconds === undefined ? {} : { lastBoundarySeconds }),
    due: (seconds) => due.push(seconds),
  });
  t.after(() => scheduler.stop());
  const dueBefore = [...due];
  t.mock.timers.tick(delayMs);
  scheduler.start();
  const until = async (end: string): Promise<string[]> => {
    while (Date.now() < Date.parse(end)) {
      t.mock.timers.tick(250);
      // The schedule sets its next timer some promises later.
      await setImmediate();
    }
    return due.map((seconds) => new Date(seconds * 1000).toISOString().slice(0, 19));
  };
  return { due, dueBefore, until, stop: () => scheduler.stop() };
}

for (const period of [7, 90, 10, 1, 3600]) {
  void test(`an interval of ${period} s is due at every multiple of it since the epoch, over minutes and hours`, async (t) => {
    const start = '2026-11-23T22:58:31.300Z';
    const { due, until } = await schedule(t, { reportTime: { kind: 'interval', seconds: period }, start });
    const end = '2026-11-23T23:02:30.000Z';
    await until(end);
    const expected: number[] = [];
    for (let s = Math.floor(Date.parse(start) / 1000) + 1; s <= Date.parse(end) / 1000; s++)
      if (s % period === 0) expected.push(s);
    assert.deepEqual(due, expected);
    assert.equal(due.length, { 7: 34, 90: 2, 10: 24, 1: 239, 3600: 1 }[period]);
  });
}

void test('a delayed tick still tells the boundary, not the moment, and none of several is lost', async (t) => {
  const { until } = await schedule(t, {
    reportTime: { kind: 'interval', seconds: 10 },
    start: '2026-11-23T22:00:05.000Z',
  });
  await until('2026-11-23T22:00:08.000Z');
  t.mock.timers.setTime(Date.parse('2026-11-23T22:00:33.700Z'));
  assert.deepEqual(await until('2026-11-23T22:00:41.000Z'), [
    '2026-11-23T22:00:10',
    '2026-11-23T22:00:20',
    '2026-11-23T22:00:30',
    '2026-11-23T22:00:40',
  ]);
});

void test('the boundaries that went by while no process ran are due at once', async (t) => {
  const { until } = await schedule(t, {
    reportTime: { kind: 'interval', seconds: 10 },
    start: '2026-11-23T22:00:35.000Z',
    lastBoundarySeconds: Date.parse('2026-11-23T22:00:10.000Z') / 1000,
  });
  const missed = ['2026-11-23T22:00:20', '2026-11-23T22:00:30'];
  assert.deepEqual(await until('2026-11-23T22:00:35.000Z'), missed);
  assert.deepEqual(await until('2026-11-23T22:00:40.500Z'), [...missed, '2026-11-23T22:00:40']);
});

void test('they are due before the schedule starts, and what goes by until then is when it does', async (t) => {
  const { due, dueBefore, until } = await schedule(t, {
    reportTime: { kind: 'interval', seconds: 10 },
    start: '2026-11-23T22:00:39.900Z',
    lastBoundarySeconds: Date.parse('2026-11-23T22:00:20.000Z') / 1000,
    delayMs: 200,
  });
  const seconds = Date.parse('2026-11-23T22:00:30.000Z') / 1000;
  assert.deepEqual(dueBefore, [seconds]);
  assert.deepEqual(due, [seconds, seconds + 10]);
  await until('2026-11-23T22:00:50.500Z');
  assert.deepEqual(due, [seconds, seconds + 10, seconds + 20]);
});

void test('after a long time without a process only the latest sixty boundaries are made up for', async (t) => {
  const { due } = await schedule(t, {
    reportTime: { kind: 'interval', seconds: 10 },
    start: '2026-11-23T22:00:35.000Z',
    lastBoundarySeconds: 0,
  });
  assert.equal(due.length, 60);
  assert.equal(due.at(-1), Date.parse('2026-11-23T22:00:30.000Z') / 1000);
});

void test('a last boundary ahead of the clock is not waited for', async (t) => {
  const { until } = await schedule(t, {
    reportTime: { kind: 'interval', seconds: 10 },
    start: '2026-11-23T22:00:05.000Z',
    lastBoundarySeconds: Date.parse('2027-01-01T00:00:00.000Z') / 1000,
  });
  assert.deepEqual(await until('2026-11-23T22:00:10.500Z'), ['2026-11-23T22:00:10']);
});

void test('a cron expression with a field for seconds is due when it says', async (t) => {
  const { until } = await schedule(t, {
    reportTime: { kind: 'cron', expression: '*/20 * * * * *' },
    start: '2026-11-23T22:59:30.000Z',
  });
  assert.deepEqual(await until('2026-11-23T23:00:25.000Z'), [
    '2026-11-23T22:59:40',
    '2026-11-23T23:00:00',
    '2026-11-23T23:00:20',
  ]);
});

void test('a time of a cron expression at which the process stood still is due when it goes on', async (t) => {
  const { until } = await schedule(t, {
    reportTime: { kind: 'cron', expression: '0 8 * * *' },
    start: '2026-11-23T07:59:50.000Z',
  });
  await until('2026-11-23T07:59:55.000Z');
  t.mock.timers.setTime(Date.parse('2026-11-23T09:30:00.000Z'));
  assert.deepEqual(await until('2026-11-23T09:30:05.000Z'), ['2026-11-23T08:00:00']);
});

void test('of several such times the last one is due, and then the next one', async (t) => {
  const { until } = await schedule(t, {
    reportTime: { kind: 'cron', expression: '*/20 * * * * *' },
    start: '2026-11-23T22:00:05.000Z',
  });
  await until('2026-11-23T22:00:06.000Z');
  t.mock.timers.setTime(Date.parse('2026-11-23T22:01:30.000Z'));
  const first = await until('2026-11-23T22:01:31.000Z');
  assert.deepEqual(first, ['2026-11-23T22:01:20']);
  t.mock.timers.setTime(Date.parse('2026-11-23T22:03:00.250Z'));
  assert.deepEqual(await until('2026-11-23T22:03:21.000Z'), [
    ...first,
    '2026-11-23T22:02:40',
    '2026-11-23T22:03:00',
    '2026-11-23T22:03:20',
  ]);
});

void test('a cron expression is read in the time zone', async (t) => {
  const { until } = await schedule(t, {
    reportTime: { kind: 'cron', expression: '0 8 * * *' },
    start: '2026-11-23T06:59:50.000Z',
    timezone: 'Europe/Berlin',
  });
  assert.deepEqual(await until('2026-11-23T07:00:05.000Z'), ['2026-11-23T07:00:00']);
});

void test('after the end nothing is due any more', async (t) => {
  const { due, until, stop } = await schedule(t, {
    reportTime: { kind: 'interval', seconds: 1 },
    start: '2026-11-23T22:00:00.500Z',
  });
  await until('2026-11-23T22:00:02.200Z');
  assert.equal(due.length, 2);
  await stop();
  await until('2026-11-23T22:00:09.000Z');
  assert.equal(due.length, 2);
});

void test('an unknown time zone is refused at the start', () => {
  const options = { timezone: 'Moon/Base', clock, logger, due: () => {} };
  const scheduler = createScheduler({ ...options, reportTime: { kind: 'interval', seconds: 5 } });
  assert.throws(() => scheduler.start());
});

void test('what is a cron expression: five fields, or six with seconds', () => {
  assert.equal(isSchedulable('*/5 * * * *'), true);
  assert.equal(isSchedulable('0 */5 * * * *'), true);
  assert.equal(isSchedulable('* * *'), false);
  assert.equal(isSchedulable('61 * * * * *'), false);
  assert.equal(isSchedulable(''), false);
});
