// The state database keeps what was committed, whatever happens to the process, the disk or the file.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';

import { openStore } from '../../src/store/sqlite.ts';
import type { AlertRow, Commit, SavedState, Store } from '../../src/store/store.ts';
import { rowsOf } from '../history/rows-of.ts';

const MODULE = JSON.stringify(join(import.meta.dirname, '../../src/store/sqlite.ts'));
const NOTHING: Commit = { parts: new Map(), owed: [], settled: [] };

const folder = mkdtempSync(join(tmpdir(), 'fluffy-store-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let paths = 0;

function newPath(): string {
  return join(folder, String(paths++), 'fluffy.db');
}

function open(path: string): { store: Store; saved: SavedState; notice: string | null } {
  const opening = openStore(path, 1_700_000_000_000);
  assert.ok(opening.ok, JSON.stringify(opening));
  return opening;
}

function partsOf({ saved }: { saved: SavedState }): Record<string, unknown> {
  return Object.fromEntries(saved.parts);
}

/** Runs a program that has `openStore`, under a limit on the size of files if one is given (unit: 512 bytes). */
function run(program: string, limit = 'unlimited'): { stdout: string; stderr: string } {
  const script = `import { openStore } from ${MODULE};\n${program}`;
  const command = `trap '' XFSZ; ulimit -f ${limit}; exec "$0" --input-type=module-typescript --eval "$1"`;
  return spawnSync('sh', ['-c', command, process.execPath, script], { encoding: 'utf8' });
}

void test('a first start makes the folders and finds nothing', () => {
  const path = newPath();
  const opened = open(path);
  assert.deepEqual(opened.saved, { parts: new Map(), outbox: [] });
  assert.equal(opened.notice, null);
  opened.store.close();
});

void test('what was committed is there at the next opening', () => {
  const path = newPath();
  const first = open(path);
  const event = { type: 'alert', text: 'ü "quoted"\n' };
  first.store.commit({
    parts: new Map<string, unknown>([
      ['totals', { requests: 3 }],
      ['report', null],
    ]),
    owed: [
      { id: 2, event, pending: ['b.log'] },
      { id: 1, event, pending: ['stdout', 'b.log'] },
    ],
    settled: [],
  });
  first.store.commit({ ...NOTHING, parts: new Map([['totals', { requests: 4 }]]) });
  first.store.close();
  const second = open(path);
  assert.deepEqual(partsOf(second), { totals: { requests: 4 }, report: null });
  assert.deepEqual(second.saved.outbox, [
    { id: 1, event, pending: ['stdout', 'b.log'] },
    { id: 2, event, pending: ['b.log'] },
  ]);
  second.store.commit({ ...NOTHING, owed: [{ id: 1, event, pending: ['b.log'] }], settled: [2] });
  second.store.close();
  const third = open(path);
  assert.deepEqual(third.saved.outbox, [{ id: 1, event, pending: ['b.log'] }]);
  third.store.close();
});

void test('a commit gives the bytes of the parts that have changed', () => {
  const { store } = open(newPath());
  assert.equal(store.commit({ ...NOTHING, parts: new Map([['a', 'four']]) }), 6);
  assert.equal(store.commit({ ...NOTHING, parts: new Map([['a', 'four']]) }), 0);
  assert.equal(store.commit({ ...NOTHING, parts: new Map([['a', 4]]) }), 1);
  const value = { requests: 1 };
  assert.equal(store.commit({ ...NOTHING, parts: new Map([['a', value]]) }), 14);
  assert.equal(store.commit({ ...NOTHING, parts: new Map([['a', value]]) }), 0);
  store.close();
});

void test('what a process committed before kill -9 is there, and its lock is gone', async (t) => {
  const path = newPath();
  const program = `import { openStore } from ${MODULE};
    const { store } = openStore(${JSON.stringify(path)}, 0);
    store.commit({ parts: new Map([['totals', 5]]), owed: [], settled: [] });
    console.log('committed');
    // A store that nobody holds would be collected, and its lock with it.
    setInterval(() => store.problem, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program]);
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const refused = openStore(path, 0);
  assert.deepEqual(refused, {
    ok: false,
    reason: 'in-use',
    message: `another fluffy is using ${path}: stop it, or give this one a state-path of its own`,
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const opened = open(path);
  assert.deepEqual(partsOf(opened), { totals: 5 });
  opened.store.close();
});

void test('two in one process exclude each other too, until the first is closed', () => {
  const path = newPath();
  const { store } = open(path);
  const second = openStore(path, 0);
  assert.equal(second.ok ? 'ok' : second.reason, 'in-use');
  store.close();
  open(path).store.close();
});

void test('a reader beside the monitor sees what is committed', () => {
  const path = newPath();
  const { store } = open(path);
  store.commit({ ...NOTHING, parts: new Map([['totals', 1]]) });
  const reader = new DatabaseSync(path, { readOnly: true });
  assert.deepEqual(
    { ...reader.prepare('SELECT name, value FROM parts').get() },
    { name: 'totals', value: '1' },
  );
  reader.close();
  store.close();
});

void test('a file that is no database is set aside, and a new one is begun', () => {
  const path = newPath();
  open(path).store.close();
  writeFileSync(path, 'not a database, but the notes of somebody else. '.repeat(200));
  const { store, saved, notice } = open(path);
  assert.deepEqual(saved, { parts: new Map(), outbox: [] });
  assert.equal(
    notice,
    `${path} is damaged (file is not a database); it was set aside as ${path}.damaged-1700000000000 and a new one ` +
      'begun: totals start at 0, and every log is read as at a first start',
  );
  assert.match(readFileSync(`${path}.damaged-1700000000000`, 'utf8'), /^not a database, but the notes/);
  store.commit({ ...NOTHING, parts: new Map([['totals', 1]]) });
  store.close();
  assert.deepEqual(partsOf(open(path)), { totals: 1 });
});

void test('a database with a page overwritten is set aside', () => {
  const path = newPath();
  const first = open(path);
  for (let i = 0; i < 200; i++)
    first.store.commit({ ...NOTHING, owed: [{ id: i, event: 'x'.repeat(500), pending: ['stdout'] }] });
  first.store.close();
  const bytes = readFileSync(path);
  bytes.fill(0xff, 8192, 12_288);
  writeFileSync(path, bytes);
  const { store, notice } = open(path);
  assert.match(notice ?? '', /is damaged/);
  store.close();
});

void test('an entry that is no JSON is damage as well', () => {
  const path = newPath();
  open(path).store.close();
  const database = new DatabaseSync(path);
  database.exec(`INSERT INTO parts (name, value) VALUES ('totals', '{"requests":')`);
  database.close();
  const { store, notice } = open(path);
  assert.match(notice ?? '', /is damaged \(unreadable entry: /);
  store.close();
});

void test('an empty file, as a crash at the first start may leave it, is a new database', () => {
  const path = newPath();
  mkdirSync(join(path, '..'));
  writeFileSync(path, '');
  const { store, notice } = open(path);
  assert.equal(notice, null);
  store.close();
});

void test('a database of a newer fluffy is refused and left as it is', () => {
  const path = newPath();
  open(path).store.close();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 99');
  database.close();
  assert.deepEqual(openStore(path, 0), {
    ok: false,
    reason: 'newer',
    message:
      `${path} was written by a newer fluffy (schema 99, this one knows 4): ` +
      'use that version again, or move the file away to start afresh',
  });
  assert.deepEqual(
    readdirSync(join(path, '..')).filter((name) => name.includes('damaged')),
    [],
  );
});

void test('a place where no database can be is said', () => {
  const path = newPath();
  writeFileSync(join(path, '..'), 'a file');
  const opening = openStore(path, 0);
  assert.ok(!opening.ok);
  assert.equal(opening.reason, 'unavailable');
  assert.match(opening.message, /^cannot open .*fluffy\.db: (EEXIST|ENOTDIR)/);
});

void test('a directory in the place of the database is said', () => {
  const path = newPath();
  mkdirSync(path, { recursive: true });
  const opening = openStore(path, 0);
  assert.ok(!opening.ok);
  assert.equal(opening.reason, 'unavailable');
  assert.ok(existsSync(path));
});

void test('a disk without room refuses a commit, and what was committed before stays', () => {
  const path = newPath();
  const program = `
    const { store } = openStore(${JSON.stringify(path)}, 0);
    const commit = (value) => store.commit({ parts: new Map([['totals', value]]), owed: [], settled: [] });
    commit('small');
    try { commit('x'.repeat(1000000)); } catch (error) { console.log(error.message); }
    commit('small again');
    store.close();`;
  const { stdout, stderr } = run(program, '400');
  assert.equal(stderr, '');
  assert.match(stdout, /^(?:database or disk is full|disk I\/O error)\n$/);
  const opened = open(path);
  assert.deepEqual(partsOf(opened), { totals: 'small again' });
  opened.store.close();
});

void test('a database that can be read but not written still says what it holds', () => {
  const path = newPath();
  const { store } = open(path);
  store.commit({ ...NOTHING, parts: new Map([['totals', 7]]) });
  store.close();
  // Nothing may grow: the lock can't be taken, as on a disk that is full or read-only.
  const program = `
    const opening = openStore(${JSON.stringify(path)}, 0);
    console.log(opening.reason, JSON.stringify([...opening.saved.parts]));`;
  rmSync(`${path}.lock`);
  assert.equal(run(program, '0').stdout, 'unavailable [["totals",7]]\n');
});

function alertAt(timeSeconds: number, changes: Partial<AlertRow> = {}): AlertRow {
  const ids = { id: `traffic-${timeSeconds}`, rule: 'traffic', metric: 'request-rate', severity: 'warning' };
  const values = { value: 12.5, unit: 'requests/s', threshold: 10, peak: null, summary: 'too many' };
  return { ...ids, ...values, timeSeconds, sinceSeconds: timeSeconds, state: 'firing', ...changes };
}

void test('of the alerts in history the newest are given, oldest first and without lines', () => {
  const path = newPath();
  const first = open(path);
  assert.deepEqual(first.store.newestAlerts(50), []);
  const over = alertAt(20, { id: 'traffic-10', state: 'resolved', sinceSeconds: 10, value: null });
  const alerts = [alertAt(30, { lines: ['GET /a'] }), alertAt(10), over, alertAt(-5)];
  const rest = { rows: rowsOf([]), clients: [], closedBeforeSeconds: null, liveFromSeconds: null };
  const history = { ...rest, alerts, keepFromSeconds: [], bytesMax: Number.POSITIVE_INFINITY };
  first.store.commit({ ...NOTHING, history });
  first.store.close();
  const { store } = open(path);
  assert.deepEqual(store.newestAlerts(3), [alertAt(10), over, alertAt(30)]);
  assert.deepEqual(
    store.newestAlerts(50).map(({ timeSeconds }) => timeSeconds),
    [-5, 10, 20, 30],
  );
  store.close();
});
