// `/api/series` over a database with known rows, read in its thread as the monitor does it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { SeriesDesk } from '../../src/history/series-desk.ts';
import type { SeriesAnswer, SeriesFound } from '../../src/http/series-answer.ts';
import type { SeriesEndpoint } from '../../src/http/series.ts';
import { createHttpServer, listen } from '../../src/http/server.ts';
import { LiveStreams } from '../../src/http/live-streams.ts';
import { startSeriesThread } from '../../src/store/series-worker.ts';
import type { AlertRow } from '../../src/store/store.ts';
import { HistoryRig, lineAt, T0 } from '../history/rig.ts';
import { rowsOf } from '../history/rows-of.ts';
import { OPEN_TO_ALL } from './access.ts';
import { mustFitSchema } from './described.ts';
import { EVENTS } from './live-events.ts';
import { SNAPSHOT } from './snapshot.ts';

interface Site {
  readonly url: string;
  readonly get: (parameters: string) => Promise<SeriesFound>;
}

async function serve(t: TestContext, series: SeriesEndpoint | null): Promise<string> {
  const server = createHttpServer({
    snapshot: () => SNAPSHOT,
    control: {
      silence: () => ({ ok: true }),
      unsilence: () => true,
      reload: () => ({ ok: true, needRestart: [] }),
    },
    streams: new LiveStreams(EVENTS),
    page: null,
    access: OPEN_TO_ALL,
    series,
  });
  const port = await listen(server, '127.0.0.1', 0);
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${port}/api/series`;
}

async function startSite(t: TestContext, rig: HistoryRig): Promise<Site> {
  const start = startSeriesThread.bind(null, rig.path);
  const desk = new SeriesDesk({ start, clock: systemClock });
  t.after(async () => desk.close());
  const ask: SeriesEndpoint['ask'] = async (query, signal) => desk.ask(query, signal);
  const url = await serve(t, { ask, now: () => rig.nowMs });
  const get = async (parameters: string): Promise<SeriesFound> => {
    const response = await fetch(`${url}?${parameters}`);
    const answer = (await response.json()) as SeriesAnswer;
    assert.ok(response.status === 200 && answer.available, JSON.stringify(answer));
    mustFitSchema('Series', answer, parameters);
    return answer;
  };
  return { url, get };
}

function createRig(t: TestContext): HistoryRig {
  const rig = new HistoryRig();
  t.after(() => rig.close());
  return rig;
}

/** Two minutes, of which the last ten seconds are not committed as closed: 4, then 3 and 5 requests. */
function busyRig(t: TestContext): HistoryRig {
  const rig = createRig(t);
  rig.write('a.log', lineAt(5, { target: '/a', latency: '0.100' }).repeat(3));
  rig.write('b.log', lineAt(5, { target: '/b', status: 404, client: '192.0.2.2' }));
  rig.advance(60);
  rig.commit();
  rig.write('a.log', lineAt(62, { target: '/a', latency: '0.200' }).repeat(2));
  rig.write('a.log', lineAt(63, { target: '/a', status: 503, latency: '2' }));
  rig.write('a.log', lineAt(75, { target: '/c', method: 'POST' }).repeat(5));
  rig.advance(25);
  rig.commit();
  return rig;
}

const ALERT: AlertRow = {
  timeSeconds: T0 + 10,
  id: 'traffic-1',
  rule: 'traffic',
  metric: 'request-rate',
  severity: 'warning',
  state: 'firing',
  value: 90,
  unit: 'requests/s',
  threshold: 80,
  sinceSeconds: T0 + 10,
  peak: 90,
  summary: '90 requests/s over 2m, above 80 requests/s',
};

void test('steps, the whole and tops of a span, with shares of the span before', async (t) => {
  const { get } = await startSite(t, busyRig(t));
  const { steps, whole, ...rest } = await get(`from=${T0 + 60}&to=${T0 + 85}`);
  assert.deepEqual(steps, {
    times: [T0 + 60, T0 + 70, T0 + 80],
    seconds: [10, 10, 5],
    requests: [3, 5, 0],
    classes: [
      [0, 0, 0],
      [0, 0, 0],
      [2, 5, 0],
      [0, 0, 0],
      [0, 0, 0],
      [1, 0, 0],
    ],
    errors: [1, 0, 0],
    bytes: [30, 50, 0],
    p50: [200.4, null, null],
    p95: [1993, null, null],
    p99: [1993, null, null],
  });
  assert.deepEqual(whole, {
    requests: 8,
    classes: [0, 0, 7, 0, 0, 1],
    errors: 1,
    bytes: 80,
    p50: 200.4,
    p95: 1993,
    p99: 1993,
  });
  assert.deepEqual(rest, {
    available: true,
    fromSeconds: T0 + 60,
    toSeconds: T0 + 90,
    everySeconds: 10,
    resolution: '10s',
    firstSeconds: T0,
    completeFromSeconds: null,
    // The thirty seconds before had nothing.
    paths: [
      { name: '/c', requests: 5, share: 0.625, previousShare: null },
      { name: '/a', requests: 3, share: 0.375, previousShare: null },
    ],
    statuses: [
      { name: '200', requests: 7, share: 0.875, previousShare: null },
      { name: '503', requests: 1, share: 0.125, previousShare: null },
    ],
    clients: [{ name: '192.0.2.1', requests: 8, share: 1, previousShare: null }],
    alerts: [],
    hasMoreAlerts: false,
  });
  const minute = await get(`from=${T0 + 60}&to=${T0 + 85}&every=1m`);
  assert.deepEqual(
    [minute.steps.times, minute.steps.seconds, minute.steps.requests, minute.resolution],
    [[T0 + 60], [25], [8], '1m'],
  );
  assert.deepEqual(minute.paths[1], { name: '/a', requests: 3, share: 0.375, previousShare: 0.75 });
  // A step that is over is told as a whole, whatever part of it was asked for.
  const part = await get(`from=${T0}&to=${T0 + 30}&every=1m`);
  assert.deepEqual([part.steps.seconds, part.steps.requests], [[60], [4]]);
  assert.deepEqual(minute.paths[0], { name: '/c', requests: 5, share: 0.625, previousShare: 0 });
});

void test('what is asked for alone is counted', async (t) => {
  const { get } = await startSite(t, busyRig(t));
  const span = `from=${T0}&to=${T0 + 85}`;
  const path = await get(`${span}&path=/a`);
  assert.deepEqual(
    [path.whole.requests, path.whole.p95, path.clients, path.paths.map(({ name }) => name)],
    [6, 1993, null, ['/a']],
  );
  assert.deepEqual(
    path.statuses.map(({ name, requests }) => [name, requests]),
    [
      ['200', 5],
      ['503', 1],
    ],
  );
  assert.equal((await get(`${span}&status=4xx`)).whole.requests, 1);
  assert.equal((await get(`${span}&path=/a&status=503`)).whole.requests, 1);
  assert.equal((await get(`${span}&method=post`)).whole.requests, 5);
  assert.equal((await get(`${span}&source=b.log`)).whole.requests, 1);
  const none = await get(`${span}&path=/never`);
  assert.deepEqual([none.whole.requests, none.whole.p50, none.paths], [0, null, []]);
  // Quiet, not unknown.
  assert.equal(none.steps.times.length, 9);
});

void test('a path that is too long to be told is found by what is told of it', async (t) => {
  const rig = createRig(t);
  rig.write('a.log', lineAt(1, { target: `/${'x'.repeat(300)}` }));
  rig.advance(20);
  rig.commit();
  const { get } = await startSite(t, rig);
  const [top] = (await get(`from=${T0}&to=${T0 + 20}`)).paths;
  assert.equal(top?.name, `/${'x'.repeat(255)}…`);
  const found = await get(`from=${T0}&to=${T0 + 20}&path=${encodeURIComponent(top.name)}`);
  assert.equal(found.whole.requests, 1);
});

void test('a span of which nothing was counted has no steps, and says since when there is something', async (t) => {
  const { get } = await startSite(t, busyRig(t));
  const before = await get(`from=${T0 - 7200}&to=${T0 - 3600}`);
  assert.deepEqual(
    [before.steps.times, before.whole.requests, before.firstSeconds, before.paths],
    [[], 0, T0, []],
  );
  const half = await get(`from=${T0 - 20}&to=${T0 + 20}`);
  assert.deepEqual(half.steps.times, [T0, T0 + 10]);
});

void test('time between stored logs and the first start of the monitor is left out, as nobody watched it', async (t) => {
  const rig = new HistoryRig();
  t.after(() => rig.close());
  const row = { source: 'old.log', path: '/old', method: 'GET', status: 200, requests: 1, bytesSent: 1 };
  const times = [T0 - 100, T0 - 60].map((timeSeconds) => ({ ...row, timeSeconds, latencies: null }));
  rig.commitChanges({ ...rig.history.changes(), rows: rowsOf(times), liveFromSeconds: null });
  rig.advance(30);
  rig.write('a.log', lineAt(30, { target: '/a' }));
  rig.advance(20);
  rig.commit();
  const { get } = await startSite(t, rig);
  const { steps } = await get(`from=${T0 - 100}&to=${T0 + 40}&every=10s`);
  // Quiet from 100 to 50 before, and from 20 after.
  assert.deepEqual(
    steps.times.map((time, i) => `${time - T0} ${steps.requests[i]}`),
    ['-100 1', '-90 0', '-80 0', '-70 0', '-60 1', '20 0', '30 1'],
  );
  const hour = await get(`from=${T0 - 100}&to=${T0 + 40}&every=1h`);
  assert.deepEqual(hour.steps.seconds, [80]);
});

void test('alerts of a span are told, newest first, with those that fired since before', async (t) => {
  const rig = createRig(t);
  const changes = rig.history.changes();
  const over = { ...ALERT, timeSeconds: T0 + 50, state: 'resolved' };
  const other = { ...ALERT, id: 'other-1', rule: 'other', timeSeconds: T0 + 30 };
  rig.commitChanges({ ...changes, alerts: [{ ...ALERT, lines: ['GET /a?key=secret'] }, over, other] });
  rig.advance(100);
  rig.commit();
  const { get } = await startSite(t, rig);
  const told = async (from: number, to: number): Promise<string[]> =>
    (await get(`from=${T0 + from}&to=${T0 + to}`)).alerts.map(
      ({ id, state, timeSeconds }) => `${id} ${state} ${timeSeconds - T0}`,
    );
  assert.deepEqual(await told(0, 100), ['traffic-1 resolved 50', 'other-1 firing 30', 'traffic-1 firing 10']);
  assert.deepEqual(await told(20, 30), ['traffic-1 firing 10']);
  assert.deepEqual(await told(60, 100), ['other-1 firing 30']);
  assert.deepEqual(await told(0, 10), []);
  assert.deepEqual((await get(`from=${T0}&to=${T0 + 20}`)).alerts, [ALERT]);
});

void test('what makes no sense is 400 with a reason; another method is 405', async (t) => {
  const { url } = await startSite(t, createRig(t));
  const bad = await fetch(`${url}?every=7s`);
  assert.equal(bad.status, 400);
  assert.equal(bad.headers.get('content-type'), 'application/json; charset=utf-8');
  assert.deepEqual(await bad.json(), { available: false, reason: 'every must be a multiple of 10s' });
  const post = await fetch(url, { method: 'POST' });
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD']);
  assert.equal((await fetch(url, { method: 'HEAD' })).status, 200);
});

void test('without history, or before there is a database, the answer says so', async (t) => {
  const off = await fetch(await serve(t, null));
  assert.equal(off.status, 200);
  assert.deepEqual(await off.json(), {
    available: false,
    reason: 'no history is kept: history is off, or state-path is',
  });
  const start = startSeriesThread.bind(null, '/nowhere/fluffy.db');
  const desk = new SeriesDesk({ start, clock: systemClock });
  t.after(async () => desk.close());
  const now = (): number => T0 * 1000;
  const none = await fetch(await serve(t, { ask: async (query, signal) => desk.ask(query, signal), now }));
  assert.equal(none.status, 200);
  assert.deepEqual(await none.json(), {
    available: false,
    reason: 'there is no history: /nowhere/fluffy.db does not exist; fluffy start begins it',
  });
});

void test('when too many ask, it is 503 with when to come again', async (t) => {
  const ask: SeriesEndpoint['ask'] = async () => ({ status: 503, body: '{}' });
  const busy = await fetch(await serve(t, { ask, now: () => T0 * 1000 }));
  assert.deepEqual([busy.status, busy.headers.get('retry-after')], [503, '2']);
});
