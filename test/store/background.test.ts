// What the thread for large commits writes is what is written otherwise, once, whatever becomes of it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { packBins } from '../../src/history/latency-bins.ts';
import { BackgroundWriter } from '../../src/store/background-writer.ts';
import { openStore } from '../../src/store/sqlite.ts';
import type { Commit, HistoryChanges, HistorySeries, Store } from '../../src/store/store.ts';
import { rowsOf } from '../history/rows-of.ts';
import type { HistoryRow } from '../history/rows-of.ts';
import { createRandom } from '../behaviour/torture.ts';
import { takeSeed } from '../seed.ts';

const T0 = 1_795_472_040;
const TABLES = ['parts', 'outbox', 'history_clients', 'history_alerts', 'history_progress', 'history_kept'];
const VIEWS = ['requests_10s', 'requests_1m', 'requests_1h'];

interface Opened {
  readonly path: string;
  readonly store: Store;
  /** Once; at the end it is closed anyway. */
  readonly close: () => void;
}

function open(t: TestContext): Opened {
  const folder = mkdtempSync(join(tmpdir(), 'fluffy-background-'));
  const path = join(folder, 'fluffy.db');
  const opening = openStore(path, 0);
  assert.ok(opening.ok);
  const { store } = opening;
  let isOpen = true;
  const close = (): void => {
    if (isOpen) store.close();
    isOpen = false;
  };
  t.after(() => {
    close();
    rmSync(folder, { recursive: true });
  });
  return { path, store, close };
}

function query(path: string, sql: string): Record<string, unknown>[] {
  const reader = new DatabaseSync(path, { readOnly: true });
  const rows = reader.prepare(sql).all();
  reader.close();
  return rows.map((row) => ({ ...row }));
}

/** All that is in it, whatever the numbers are by which it is known. */
function contents(path: string): unknown {
  return [...TABLES, ...VIEWS].map((name) => {
    const rows = query(path, `SELECT * FROM ${name}`);
    return [name, rows.map((row) => JSON.stringify(row)).toSorted()];
  });
}

function changesOf(rows: readonly HistoryRow[], more: Partial<HistoryChanges> = {}): HistoryChanges {
  return {
    rows: rowsOf(rows),
    clients: [],
    alerts: [],
    closedBeforeSeconds: null,
    liveFromSeconds: null,
    keepFromSeconds: [0, 0, 0],
    bytesMax: 2 ** 40,
    ...more,
  };
}

function rowAt(timeSeconds: number, path: string, requests = 1): HistoryRow {
  const series = { source: 'a.log', path, method: 'GET', status: 200 };
  return { ...series, timeSeconds, requests, bytesSent: 10 * requests, latencies: null };
}

const commitOf = (history: HistoryChanges, state = 1): Commit => ({
  parts: new Map<string, unknown>([['totals', { state }]]),
  owed: [],
  settled: [],
  history,
});

/** As a monitor does when it has to know. */
function commitNow(store: Store, commit: Commit): void {
  if (store.background !== 'running') {
    store.commit(commit);
    return;
  }
  const problems: (Error | null)[] = [];
  store.beginCommit(commit, (problem) => problems.push(problem));
  store.settle();
  const [problem] = problems;
  if (problem !== null) throw problem ?? new Error('it has not ended');
}

async function commitInBackground(store: Store, commit: Commit): Promise<void> {
  const problem = await new Promise<Error | null>((resolve) => void store.beginCommit(commit, resolve));
  assert.equal(problem, null);
}

void test('commits in the background leave what others leave, with those at once in between', async (t) => {
  const random = createRandom(takeSeed(t));
  const below = (limit: number): number => Math.floor(random() * limit);
  const [plain, mixed] = [open(t), open(t)];
  const known = Array.from({ length: 300 }, (_, i) => ({
    source: `${i % 2}.log`,
    path: `/${i % 50}`,
    method: i % 3 === 0 ? 'GET' : 'POST',
    status: 200 + (i % 7),
  }));
  // As in a monitor it grows, and begins anew now and then.
  let named: HistorySeries[] = [];
  const backgrounds: string[] = [];
  for (let batch = 0; batch < 30; batch++) {
    const now = T0 + batch * 25;
    if (batch % 7 === 6) named = [];
    const series = Array.from({ length: below(300) }, (_, i) => i);
    while (named.length < series.length) named.push(...known.slice((named.length + batch) % 300).slice(0, 1));
    const rows = {
      length: series.length,
      series,
      named,
      // Late ones, too.
      times: series.map(() => now - (now % 10) - 10 * below(random() < 0.1 ? 500 : 3)),
      requests: series.map(() => 1 + below(9)),
      bytesSent: series.map(() => below(1000)),
      latencies: series.map(() => (random() < 0.5 ? null : packBins([below(500), below(500)]))),
    };
    const clients = Array.from({ length: below(30) }, (_, i) => ({
      timeSeconds: now - (now % 60),
      client: `192.0.2.${i}`,
      requests: 1 + below(5),
      errors: below(2),
    }));
    const commit = commitOf(
      changesOf([], { rows, clients, closedBeforeSeconds: now, liveFromSeconds: T0 }),
      batch,
    );
    plain.store.commit(commit);
    if (batch === 12 || batch === 24) backgrounds.push(mixed.store.background);
    // More commits in a row than are quiet enough to end the thread.
    if (batch >= 12 && batch < 24) commitNow(mixed.store, commit);
    else await commitInBackground(mixed.store, commit);
  }
  assert.deepEqual(backgrounds, ['running', 'idle']);
  assert.deepEqual(contents(mixed.path), contents(plain.path));
  assert.ok(query(mixed.path, 'SELECT * FROM requests_1h').length > 100);
});

void test('it goes on beside what else is done, and can be waited for', async (t) => {
  const { path, store } = open(t);
  let done: unknown = 'not yet';
  const commit = commitOf(changesOf([rowAt(T0, '/a', 3)]));
  store.beginCommit(commit, (problem) => (done = problem));
  assert.equal(done, 'not yet');
  store.settle();
  assert.equal(done, null);
  assert.deepEqual(query(path, 'SELECT path, requests FROM requests_10s'), [{ path: '/a', requests: 3 }]);
  // The next ones go the same way, also those that are waited for.
  assert.equal(store.background, 'running');
  commitNow(store, commitOf(changesOf([rowAt(T0, '/a', 4)]), 2));
  await commitInBackground(store, commitOf(changesOf([rowAt(T0, '/b', 5)]), 3));
  assert.deepEqual(query(path, 'SELECT path, requests FROM requests_10s ORDER BY path'), [
    { path: '/a', requests: 7 },
    { path: '/b', requests: 5 },
  ]);
  assert.deepEqual(query(path, 'SELECT value FROM parts'), [{ value: '{"state":3}' }]);
});

void test('what the database refuses is in no table, and the reason is told', async (t) => {
  const { path, store } = open(t);
  await commitInBackground(store, commitOf(changesOf([rowAt(T0, '/a')])));
  const refuse = new DatabaseSync(path);
  refuse.exec(
    `CREATE TRIGGER refuse BEFORE INSERT ON history_paths WHEN NEW.name = '/refused'
     BEGIN SELECT RAISE(ABORT, 'no such path here'); END`,
  );
  const before = contents(path);
  const commit = commitOf(changesOf([rowAt(T0, '/b'), rowAt(T0, '/refused')]), 2);
  const problem = await new Promise((resolve) => void store.beginCommit(commit, resolve));
  assert.match(String(problem), /no such path here/);
  assert.throws(() => commitNow(store, commit), /no such path here/);
  assert.deepEqual(contents(path), before);
  refuse.exec('DROP TRIGGER refuse');
  refuse.close();
  await commitInBackground(store, commit);
  assert.deepEqual(
    query(path, 'SELECT path, requests FROM requests_10s ORDER BY path').map(({ path: name }) => name),
    ['/a', '/b', '/refused'],
  );
});

void test('more series than are remembered are told anew', async (t) => {
  const { path, store } = open(t);
  const rows = Array.from({ length: 60_000 }, (_, i) => rowAt(T0, `/${i}`));
  for (const part of [rows, rows.map((row) => ({ ...row })), rows.slice(0, 10)])
    await commitInBackground(store, commitOf(changesOf(part)));
  assert.deepEqual(
    query(path, 'SELECT requests, count(*) AS paths FROM requests_10s GROUP BY requests ORDER BY requests'),
    [
      { requests: 2, paths: 59_990 },
      { requests: 3, paths: 10 },
    ],
  );
});

for (const [name, isWritten] of [
  ['before it has written', false],
  ['after it has written, without a word', true],
] as const)
  void test(`a thread that dies ${name} says truly whether it has`, async (t) => {
    const { path, store } = open(t);
    const database = new DatabaseSync(path);
    t.after(() => database.close());
    let deaths = 0;
    const writer = new BackgroundWriter({
      path,
      dataVersion: () => Number(database.prepare('PRAGMA data_version').get()?.['data_version']),
      died: () => deaths++,
      entry: new URL('fixtures/dying-thread.ts', import.meta.url),
    });
    const order = {
      parts: [[isWritten ? 'written' : 'totals', '5']] as const,
      owed: [],
      settled: [],
      history: changesOf([rowAt(T0, '/a')]),
    };
    const problem = await new Promise((resolve) => writer.begin(order, resolve));
    assert.deepEqual(
      [isWritten ? problem : String(problem), deaths],
      [isWritten ? null : 'Error: its thread has ended', 1],
    );
    assert.deepEqual(query(path, 'SELECT value FROM parts'), isWritten ? [{ value: '5' }] : []);
    assert.equal(query(path, 'SELECT * FROM requests_1h').length, Number(isWritten));
    store.commit(commitOf(changesOf([rowAt(T0, '/a')])));
  });

void test('a thread that is ended before it has begun, or is not to be found, is said, and this one commits from there on', async (t) => {
  const { path, store } = open(t);
  process.once('worker', (worker) => void worker.terminate());
  const commit = commitOf(changesOf([rowAt(T0, '/a')]));
  const problem = await new Promise((resolve) => void store.beginCommit(commit, resolve));
  assert.equal(String(problem), 'Error: its thread has ended');
  assert.equal(store.background, 'lost');
  commitNow(store, commit);
  assert.deepEqual(query(path, 'SELECT path, requests FROM requests_1m'), [{ path: '/a', requests: 1 }]);
  const writer = new BackgroundWriter({
    path,
    dataVersion: () => 0,
    died: () => {},
    entry: new URL('fixtures/no-such-thread.ts', import.meta.url),
  });
  const order = { parts: [], owed: [], settled: [], history: null };
  assert.match(String(await new Promise((resolve) => writer.begin(order, resolve))), /Cannot find module/);
});

void test('the thread ends with the store, and leaves no journal', async (t) => {
  const { path, store, close } = open(t);
  await commitInBackground(store, commitOf(changesOf([rowAt(T0, '/a')])));
  assert.ok(existsSync(`${path}-wal`));
  close();
  assert.ok(!existsSync(`${path}-wal`));
});
