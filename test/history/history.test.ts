// What was counted is in the database, in every resolution, whatever the order in which it came.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { AlertRow } from '../../src/store/store.ts';
import { alertOf } from '../outputs/events.ts';
import { HistoryRig, lineAt, T0 } from './rig.ts';
import type { HistoryRigOptions } from './rig.ts';
import { rowsOf } from './rows-of.ts';

function createRig(t: TestContext, options: HistoryRigOptions = {}): HistoryRig {
  const rig = new HistoryRig(options);
  t.after(() => rig.close());
  return rig;
}

void test('requests are counted by ten seconds, minute and hour, apart by log, path, method and status', (t) => {
  const rig = createRig(t);
  rig.write('a.log', lineAt(0) + lineAt(9) + lineAt(10, { status: 404 }) + lineAt(70, { method: 'POST' }));
  rig.write('b.log', lineAt(9, { target: '/b?x=1' }));
  rig.advance(5000);
  rig.commit();
  assert.deepEqual(rig.rows('10s'), [
    '22:14:00 a.log GET / 200: 2 requests, 20 bytes',
    '22:14:00 b.log GET /b 200: 1 requests, 10 bytes',
    '22:14:10 a.log GET / 404: 1 requests, 10 bytes',
    '22:15:10 a.log POST / 200: 1 requests, 10 bytes',
  ]);
  assert.deepEqual(rig.rows('1m'), [
    '22:14:00 a.log GET / 200: 2 requests, 20 bytes',
    '22:14:00 a.log GET / 404: 1 requests, 10 bytes',
    '22:14:00 b.log GET /b 200: 1 requests, 10 bytes',
    '22:15:00 a.log POST / 200: 1 requests, 10 bytes',
  ]);
  assert.deepEqual(rig.rows('1h'), [
    '22:00:00 a.log GET / 200: 2 requests, 20 bytes',
    '22:00:00 a.log GET / 404: 1 requests, 10 bytes',
    '22:00:00 a.log POST / 200: 1 requests, 10 bytes',
    '22:00:00 b.log GET /b 200: 1 requests, 10 bytes',
  ]);
});

void test('the views of minutes and hours tell at once what is not summed up yet', (t) => {
  const rig = createRig(t, { latenessSeconds: 0 });
  rig.write('a.log', lineAt(0) + lineAt(10));
  rig.advance(11);
  rig.commit();
  assert.deepEqual(rig.query('SELECT time - 1795472040 AS at FROM history_1m'), [{ at: 0 }]);
  assert.deepEqual(rig.rows('1m'), ['22:14:00 a.log GET / 200: 2 requests, 20 bytes']);
  rig.advance(9);
  rig.commit();
  assert.deepEqual(rig.query('SELECT requests FROM history_1m'), [{ requests: 2 }]);
  assert.deepEqual(rig.rows('1m'), ['22:14:00 a.log GET / 200: 2 requests, 20 bytes']);
});

void test('rows that are over when they are written are summed up at once, with what was there of them', (t) => {
  const rig = createRig(t, { latenessSeconds: 0 });
  rig.write('a.log', lineAt(0));
  rig.advance(5);
  rig.commit();
  assert.deepEqual(rig.query('SELECT * FROM history_1m'), []);
  rig.write('a.log', lineAt(7) + lineAt(70) + lineAt(75) + lineAt(130));
  rig.advance(126);
  rig.commit();
  const sums = (table: string): unknown =>
    rig.query(`SELECT time - ${T0} AS at, requests, bytes FROM ${table} ORDER BY time`);
  assert.deepEqual(sums('history_10s'), [
    { at: 0, requests: 2, bytes: 20 },
    { at: 70, requests: 2, bytes: 20 },
    { at: 130, requests: 1, bytes: 10 },
  ]);
  // 22:16:10 is not over yet.
  assert.deepEqual(sums('history_1m'), [
    { at: 0, requests: 2, bytes: 20 },
    { at: 60, requests: 2, bytes: 20 },
  ]);
  assert.deepEqual(sums('history_1h'), [{ at: -840, requests: 4, bytes: 40 }]);
  assert.deepEqual(rig.rows('1h'), ['22:00:00 a.log GET / 200: 5 requests, 50 bytes']);
});

void test('a late line is added to rows that were summed up long ago', (t) => {
  const rig = createRig(t);
  rig.write('a.log', lineAt(0) + lineAt(3000));
  rig.advance(4000);
  rig.commit();
  rig.write('a.log', lineAt(3) + lineAt(1500, { target: '/late' }));
  rig.advance(1);
  rig.commit();
  assert.deepEqual(rig.rows('10s'), [
    '22:14:00 a.log GET / 200: 2 requests, 20 bytes',
    '22:39:00 a.log GET /late 200: 1 requests, 10 bytes',
    '23:04:00 a.log GET / 200: 1 requests, 10 bytes',
  ]);
  assert.deepEqual(rig.rows('1h'), [
    '22:00:00 a.log GET / 200: 2 requests, 20 bytes',
    '22:00:00 a.log GET /late 200: 1 requests, 10 bytes',
    '23:00:00 a.log GET / 200: 1 requests, 10 bytes',
  ]);
});

void test('many rows of one commit, out of order and several of one series, are all added up', (t) => {
  const rig = createRig(t);
  rig.write('a.log', lineAt(0) + lineAt(3000));
  rig.advance(4000);
  rig.commit();
  // Path n is asked for n times at 22:14:00, which is summed up already, then n times at 23:30:00, then n times at 22:14:00.
  const same = { source: 'a.log', method: 'GET', status: 200, bytesSent: 10, latencies: null };
  const rows = [0, 4560, 0].flatMap((at) =>
    Array.from({ length: 70 }, (_, i) => ({
      ...same,
      timeSeconds: T0 + at,
      path: `/p${70 - i}`,
      requests: 70 - i,
    })),
  );
  rig.commitChanges({ ...rig.history.changes(), rows: rowsOf(rows) });
  const sums = (table: string): unknown =>
    rig.query(
      `SELECT time - ${T0} AS at, count(*) AS rows, sum(requests) AS requests, sum(bytes) AS bytes FROM ${table} GROUP BY time`,
    );
  assert.deepEqual(sums('history_10s'), [
    { at: 0, rows: 71, requests: 4971, bytes: 1410 },
    { at: 3000, rows: 1, requests: 1, bytes: 10 },
    { at: 4560, rows: 70, requests: 2485, bytes: 700 },
  ]);
  // 22:00 and 23:00: the hour of 23:30:00 is not summed up yet.
  assert.deepEqual(sums('history_1h'), [
    { at: -840, rows: 71, requests: 4971, bytes: 1410 },
    { at: 2760, rows: 1, requests: 1, bytes: 10 },
  ]);
  assert.deepEqual(rig.query("SELECT requests FROM requests_10s WHERE path = '/p70' ORDER BY time"), [
    { requests: 140 },
    { requests: 70 },
  ]);
});

void test('latencies are merged over commits and resolutions', (t) => {
  const rig = createRig(t);
  for (const [offset, latency] of [
    [0, '0.100'],
    [1, '0.100'],
    [12, '0.900'],
    [13, '0.900'],
    [14, '0.900'],
  ] as const) {
    rig.write('a.log', lineAt(offset, { latency }));
    rig.advance(3);
    rig.commit();
  }
  rig.advance(60);
  rig.commit();
  assert.deepEqual(rig.rows('10s'), [
    '22:14:00 a.log GET / 200: 2 requests, 20 bytes, p50 of 2 100',
    '22:14:10 a.log GET / 200: 3 requests, 30 bytes, p50 of 3 903',
  ]);
  assert.deepEqual(rig.rows('1h'), ['22:00:00 a.log GET / 200: 5 requests, 50 bytes, p50 of 5 903']);
});

void test('the twenty clients of a minute with the most requests are kept, with their errors', (t) => {
  const rig = createRig(t);
  // Client n asks n times; the last one fails with half of it.
  for (let n = 1; n <= 25; n++) {
    const options = { client: `192.0.2.${n}` };
    rig.write('a.log', lineAt(n, options).repeat(n - (n === 25 ? 12 : 0)));
    if (n === 25) rig.write('a.log', lineAt(n, { ...options, status: 500 }).repeat(12));
    rig.advance(1);
  }
  rig.commit();
  assert.equal(rig.query('SELECT * FROM clients_1m').length, 22);
  rig.advance(100);
  rig.commit();
  const rows = rig.query('SELECT client, requests, errors FROM clients_1m ORDER BY requests DESC');
  assert.equal(rows.length, 20);
  assert.deepEqual(rows[0], { client: '192.0.2.25', requests: 25, errors: 12 });
  assert.deepEqual(rows[19], { client: '192.0.2.6', requests: 6, errors: 0 });
});

void test('alerts are kept, each happening once', (t) => {
  const rig = createRig(t);
  const event = alertOf({
    id: 'traffic-1',
    value: 12.5,
    timeSeconds: T0,
    sinceSeconds: T0,
    peak: null,
    summary: 'too much',
  });
  rig.history.addAlert(event);
  rig.commit();
  rig.history.addAlert(event);
  rig.history.addAlert({ ...event, state: 'resolved', timeSeconds: T0 + 60, value: 3, peak: 20 });
  rig.commit();
  const sql =
    'SELECT time - 1795472040 AS at, id, state, rule, value, peak, since - 1795472040 AS since FROM alerts';
  assert.deepEqual(rig.query(`${sql} ORDER BY time`), [
    { at: 0, id: 'traffic-1', state: 'firing', rule: 'traffic', value: 12.5, peak: null, since: 0 },
    { at: 60, id: 'traffic-1', state: 'resolved', rule: 'traffic', value: 3, peak: 20, since: 0 },
  ]);
});

void test('an alert is kept with its lines of the log and its reasons', (t) => {
  const rig = createRig(t);
  const explanation = { lookedAt: 1, shareError: 0, reasons: [], lines: ['GET /a "b"', 'GET /c'] };
  const kept = '{"lookedAt":1,"shareError":0,"reasons":[]}';
  rig.history.addAlert(alertOf({ id: 'a-1', timeSeconds: T0, explanation }));
  rig.history.addAlert(alertOf({ id: 'a-1', timeSeconds: T0 + 1, state: 'resolved' }));
  rig.commit();
  assert.deepEqual(rig.query('SELECT state, lines, explanation FROM alerts ORDER BY time'), [
    { state: 'firing', lines: String.raw`["GET /a \"b\"","GET /c"]`, explanation: kept },
    { state: 'resolved', lines: null, explanation: null },
  ]);
});

void test('a commit that fails loses nothing and counts nothing twice', (t) => {
  const rig = createRig(t);
  rig.write('a.log', lineAt(0) + lineAt(1, { target: '/new' }));
  rig.advance(30);
  const changes = rig.history.changes();
  const broken = { ...changes, alerts: [brokenAlert()] };
  assert.throws(() => rig.commitChanges(broken), { message: 'the disk is full' });
  rig.commit();
  rig.write('a.log', lineAt(29, { target: '/new' }));
  rig.advance(30);
  rig.commit();
  assert.deepEqual(rig.rows('1m'), [
    '22:14:00 a.log GET / 200: 1 requests, 10 bytes',
    '22:14:00 a.log GET /new 200: 2 requests, 20 bytes',
  ]);
});

void test('what comes while changes are committed is of the next ones; until then both are given again', (t) => {
  const rig = createRig(t);
  const client = '192.0.2.9';
  rig.write('a.log', lineAt(0, { latency: '0.010' }));
  rig.advance(30);
  rig.history.addAlert(alertOf({ id: 'a-1', timeSeconds: T0 }));
  const first = rig.history.changes();
  rig.write('a.log', lineAt(28, { latency: '0.020' }) + lineAt(0, { client, latency: '0.030' }));
  rig.advance(30);
  rig.history.addAlert(alertOf({ id: 'a-2', timeSeconds: T0 + 40 }));
  assert.deepEqual([first.rows.length, first.clients.length, first.alerts.length], [1, 1, 1]);
  // The first ones were refused: they come again, with the others.
  const both = rig.history.changes();
  assert.deepEqual([both.rows.length, both.clients.length, both.alerts.length], [3, 2, 2]);
  rig.write('a.log', lineAt(59));
  rig.advance(30);
  rig.commitChanges(both);
  rig.history.committed();
  assert.equal(rig.history.waitingRows, 1);
  rig.commit();
  assert.deepEqual(rig.rows('10s'), [
    '22:14:00 a.log GET / 200: 2 requests, 20 bytes, p50 of 2 10',
    '22:14:20 a.log GET / 200: 1 requests, 10 bytes, p50 of 1 20',
    '22:14:50 a.log GET / 200: 1 requests, 10 bytes',
  ]);
  assert.deepEqual(rig.query('SELECT client, requests FROM clients_1m ORDER BY client'), [
    { client: '192.0.2.1', requests: 3 },
    { client, requests: 1 },
  ]);
  assert.equal(rig.query('SELECT * FROM alerts').length, 2);
});

/** Fails when it is written, after all rows were. */
function brokenAlert(): AlertRow {
  return {
    timeSeconds: T0,
    id: 'x',
    get rule(): string {
      throw new Error('the disk is full');
    },
    metric: 'x',
    severity: 'x',
    state: 'firing',
    value: null,
    unit: 'x',
    threshold: 1,
    sinceSeconds: T0,
    peak: null,
    summary: 'x',
  };
}

void test('while commits fail memory stays bounded, and what is missing is counted', (t) => {
  const rig = createRig(t, { latenessSeconds: 0 });
  for (let i = 0; i < 450; i++) {
    const line = lineAt(10 * i, { target: '/target' });
    let lines = '';
    for (let n = 0; n < 1000; n++)
      lines += line.replace('target', `p${String.fromCodePoint(97 + (n % 26))}/${'x'.repeat(n / 26)}`);
    rig.write('a.log', lines);
    rig.advance(10);
  }
  rig.advance(10);
  assert.equal(rig.history.changes().rows.length, 400_000);
  assert.equal(rig.history.droppedRequests, 50_000);
  assert.ok(rig.commitsAsked > 0);
});

void test('time counts as watched from the first moment on, and from before it when logs are read from their beginning', (t) => {
  const rig = createRig(t);
  const liveFrom = (): unknown =>
    rig.query('SELECT live_from - 1795472040 AS at FROM history_progress')[0]?.['at'];
  rig.commit();
  assert.equal(liveFrom(), null);
  rig.advance(5);
  rig.commit();
  assert.equal(liveFrom(), 3);
  rig.write('a.log', lineAt(-500));
  rig.advance(5);
  rig.crash();
  rig.advance(5);
  rig.commit();
  assert.equal(liveFrom(), 3, 'a late line changes nothing, nor does a restart');
});
