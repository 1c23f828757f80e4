// What is too old goes, at its edge and not before; what is too much goes from the oldest on; and the file stops growing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { alertOf } from '../outputs/events.ts';
import { HistoryRig, lineAt, T0 } from './rig.ts';
import { rowsOf } from './rows-of.ts';
import type { HistoryRigOptions } from './rig.ts';

const HOUR = 3600;

function createRig(t: TestContext, options: HistoryRigOptions): HistoryRig {
  const rig = new HistoryRig(options);
  t.after(() => rig.close());
  return rig;
}

function countsOf(rig: HistoryRig): unknown[] {
  return ['10s', '1m', '1h'].map(
    (level) => rig.query(`SELECT count(*) AS rows FROM history_${level}`)[0]?.['rows'],
  );
}

void test('rows are kept exactly as long as is said of their resolution', (t) => {
  const rig = createRig(t, { keepSeconds: [HOUR, 2 * HOUR, 4 * HOUR] });
  rig.write('a.log', lineAt(5) + lineAt(15));
  rig.advance(60);
  rig.commit();
  assert.deepEqual(countsOf(rig), [2, 1, 1]);
  // The row of 22:14:00 counts up to 22:14:10, and the first second that is too old by then is 22:14:09.
  rig.advance(HOUR - 60 + 9.9);
  rig.commit();
  assert.deepEqual(countsOf(rig), [2, 1, 1]);
  rig.advance(0.1);
  rig.commit();
  assert.deepEqual(rig.rows('10s'), ['22:14:10 a.log GET / 200: 1 requests, 10 bytes']);
  assert.deepEqual(rig.rows('1m'), ['22:14:00 a.log GET / 200: 2 requests, 20 bytes']);
  rig.advance(HOUR + 49);
  rig.commit();
  assert.deepEqual(countsOf(rig), [0, 1, 1]);
  rig.advance(1);
  rig.commit();
  assert.deepEqual(countsOf(rig), [0, 0, 1]);
  assert.deepEqual(rig.rows('1h'), ['22:00:00 a.log GET / 200: 2 requests, 20 bytes']);
  // 22:00 to 23:00 is too old at 03:00, four hours and 46 minutes after 22:14.
  rig.advance(2 * HOUR + 45 * 60 - 1);
  rig.commit();
  assert.deepEqual(countsOf(rig), [0, 0, 1]);
  rig.advance(1);
  rig.commit();
  assert.deepEqual(countsOf(rig), [0, 0, 0]);
});

void test('the lines and reasons of an alert are kept as long as minutes, the alert as long as hours', (t) => {
  const rig = createRig(t, { keepSeconds: [HOUR, 2 * HOUR, 4 * HOUR] });
  const explanation = { lookedAt: 1, shareError: 0, reasons: [], lines: ['GET /'] };
  const details = (): unknown[] => rig.query('SELECT lines, explanation FROM alerts').map(Object.values);
  rig.write('a.log', lineAt(5));
  rig.history.addAlert(alertOf({ timeSeconds: T0 + 5, explanation }));
  rig.advance(60);
  rig.commit();
  rig.advance(2 * HOUR - 1);
  rig.commit();
  assert.deepEqual(details(), [['["GET /"]', '{"lookedAt":1,"shareError":0,"reasons":[]}']]);
  rig.advance(1);
  rig.commit();
  assert.deepEqual(details(), [[null, null]]);
  rig.advance(2 * HOUR + 45 * 60);
  rig.commit();
  assert.deepEqual(details(), []);
});

void test('what every resolution still holds is said, so that nobody takes an empty span for a quiet one', (t) => {
  const rig = createRig(t, { keepSeconds: [HOUR, 2 * HOUR, 4 * HOUR] });
  const kept = (): unknown[] => rig.query('SELECT level, from_time - 1795472040 AS at FROM history_kept');
  rig.write('a.log', lineAt(0));
  rig.advance(HOUR);
  rig.commit();
  assert.deepEqual(kept(), []);
  rig.advance(20);
  rig.commit();
  assert.deepEqual(kept(), [{ level: '10s', at: 20 }]);
});

void test('what is too old for a resolution when it is read is not written in it, and that is said', (t) => {
  const rig = createRig(t, { keepSeconds: [HOUR, 2 * HOUR, 4 * HOUR] });
  const at = (seconds: number): string => lineAt(seconds, { latency: '0.100' });
  rig.advance(30);
  // 21:14:30 is the first second that ten seconds keep, 20:14 the first minute, 18:00 the first hour.
  rig.write('a.log', at(-HOUR + 30) + at(-HOUR + 29) + at(-HOUR + 2) + at(-2 * HOUR) + at(-2 * HOUR - 1));
  rig.write('a.log', at(-2 * HOUR - 840) + at(-4 * HOUR - 840) + at(-4 * HOUR - 841));
  rig.advance(0.5);
  rig.commit();
  assert.deepEqual(rig.rows('10s'), ['21:14:30 a.log GET / 200: 1 requests, 10 bytes, p50 of 1 100']);
  assert.deepEqual(rig.rows('1m'), [
    '20:14:00 a.log GET / 200: 1 requests, 10 bytes, p50 of 1 100',
    '21:14:00 a.log GET / 200: 3 requests, 30 bytes, p50 of 3 100',
  ]);
  assert.deepEqual(rig.rows('1h'), [
    '18:00:00 a.log GET / 200: 1 requests, 10 bytes, p50 of 1 100',
    '20:00:00 a.log GET / 200: 3 requests, 30 bytes, p50 of 3 100',
    '21:00:00 a.log GET / 200: 3 requests, 30 bytes, p50 of 3 100',
  ]);
  assert.deepEqual(countsOf(rig), [1, 2, 3]);
  assert.deepEqual(rig.query(`SELECT level, from_time - ${T0} AS at FROM history_kept`), [
    { level: '10s', at: -HOUR + 30 },
    { level: '1h', at: -4 * HOUR - 840 },
    { level: '1m', at: -2 * HOUR },
  ]);
  assert.deepEqual(rig.query('SELECT time - 1795472040 AS at FROM history_clients'), [
    { at: -2 * HOUR },
    { at: -HOUR },
  ]);
});

void test('what is too old is counted in coarser rows though a backlog has not come past its time', (t) => {
  const rig = createRig(t, { keepSeconds: [HOUR, 2 * HOUR, 4 * HOUR] });
  const row = { source: 'a.log', path: '/', method: 'GET', status: 200, bytesSent: 10, latencies: null };
  const commit = (rows: readonly [at: number, requests: number][], closedBefore: number): void =>
    rig.commitChanges({
      ...rig.history.changes(),
      rows: rowsOf(rows.map(([at, requests]) => ({ ...row, timeSeconds: T0 + at, requests }))),
      closedBeforeSeconds: T0 + closedBefore,
    });
  commit(
    [
      [-3 * HOUR, 1],
      [-5000, 2],
      [-3610, 4],
      [-3600, 8],
      [-60, 16],
    ],
    -3 * HOUR,
  );
  assert.deepEqual(countsOf(rig), [2, 2, 3]);
  const before = rig.rows('1h');
  assert.deepEqual(before, [
    '19:00:00 a.log GET / 200: 1 requests, 10 bytes',
    '20:00:00 a.log GET / 200: 2 requests, 10 bytes',
    '21:00:00 a.log GET / 200: 12 requests, 20 bytes',
    '22:00:00 a.log GET / 200: 16 requests, 10 bytes',
  ]);
  commit([], 0);
  assert.deepEqual(countsOf(rig), [2, 4, 4]);
  assert.deepEqual(rig.rows('1h'), before);
});

void test('a clock that is put back makes rows of hours no rows of ten seconds', (t) => {
  const rig = createRig(t, { keepSeconds: [HOUR, 2 * HOUR, 4 * HOUR] });
  rig.advance(3 * HOUR);
  rig.commit();
  rig.write('a.log', lineAt(100));
  rig.pipeline.advance();
  rig.nowMs -= 3 * HOUR * 1000;
  rig.commit();
  assert.deepEqual(countsOf(rig), [0, 0, 1]);
  rig.write('a.log', lineAt(-5));
  rig.pipeline.advance();
  rig.commit();
  assert.deepEqual(rig.rows('10s'), ['22:13:50 a.log GET / 200: 1 requests, 10 bytes']);
});

void test('many rows are removed a bit at a time', (t) => {
  const rig = createRig(t, { keepSeconds: [HOUR, 2 * HOUR, 4 * HOUR], latenessSeconds: 0 });
  let lines = '';
  for (let i = 0; i < 3500; i++) lines += lineAt(i, { target: `/${'x'.repeat(i % 10)}` });
  rig.write('a.log', lines);
  rig.advance(3500);
  for (let i = 0; i < 8; i++) rig.commit();
  assert.equal(countsOf(rig)[0], 3500);
  rig.advance(2 * HOUR);
  rig.commit();
  assert.equal(countsOf(rig)[0], 2500);
  rig.commit();
  assert.equal(countsOf(rig)[0], 1500);
  rig.commit();
  rig.commit();
  assert.equal(countsOf(rig)[0], 0);
});

void test('names that nothing is counted by any more are forgotten', (t) => {
  const rig = createRig(t, { keepSeconds: [HOUR, HOUR, HOUR] });
  rig.write('a.log', lineAt(0, { target: '/old' }));
  rig.advance(3 * 24 * HOUR);
  rig.write('a.log', lineAt(3 * 24 * HOUR, { target: '/new' }));
  rig.advance(10);
  rig.commit();
  rig.commit();
  assert.deepEqual(rig.query('SELECT name FROM history_paths'), [{ name: '/new' }]);
  assert.deepEqual(rig.rows('1h'), ['3d22:00:00 a.log GET /new 200: 1 requests, 10 bytes']);
});

/** 130 paths a minute, for so many minutes; the size of the file after each. */
function fill(rig: HistoryRig, minutes: number): number[] {
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCodePoint(97 + i));
  const targets = letters.flatMap((a) => letters.slice(0, 5).map((b) => `/${a}${b}`));
  return Array.from({ length: minutes }, (_, i) => {
    rig.write('a.log', targets.map((target) => lineAt(60 * i, { target })).join(''));
    rig.advance(60);
    rig.commit();
    return Number(rig.query('SELECT page_count * 4096 AS bytes FROM pragma_page_count')[0]?.['bytes']);
  });
}

void test('above the size the oldest fine rows go first, up to the last hour, and the file stops growing', (t) => {
  const rig = createRig(t, { bytesMax: 1_200_000, latenessSeconds: 0 });
  const sizes = fill(rig, 300);
  assert.ok(Math.max(...sizes) < 1_300_000, String(Math.max(...sizes)));
  const [fine = 0, minutes, hours] = countsOf(rig).map(Number);
  assert.ok(fine >= 59 * 130 && fine < 200 * 130, `an hour of ten seconds is left: ${fine}`);
  assert.equal(minutes, 300 * 130);
  assert.equal(hours, 6 * 130, 'five hours, in six of the clock');
});

void test('when the least of every resolution is too much, the size counts all the same', (t) => {
  const rig = createRig(t, { bytesMax: 500_000, latenessSeconds: 0 });
  const sizes = fill(rig, 300);
  assert.ok(Math.max(...sizes) < 600_000, String(Math.max(...sizes)));
  const [fine = 0, minutes = 0, hours] = countsOf(rig).map(Number);
  assert.ok(fine < 59 * 130, String(fine));
  assert.ok(minutes > 10_000 && minutes < 300 * 130, String(minutes));
  assert.equal(hours, 6 * 130);
});
