// What works on the history's file from outside: SQL that can only read, copies, and files that are none.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { backUp } from '../../src/store/backup.ts';
import { openHistory } from '../../src/store/history-reader.ts';
import { querySql } from '../../src/store/sql-query.ts';
import { openStore } from '../../src/store/sqlite.ts';
import { temporaryFolder } from '../monitor-process.ts';
import { HistoryRig, lineAt } from '../history/rig.ts';
import { rowsOf } from '../history/rows-of.ts';

function filledRig(t: TestContext): HistoryRig {
  const rig = new HistoryRig();
  t.after(() => rig.close());
  rig.write('a.log', lineAt(0).repeat(3) + lineAt(5, { target: '/b', latency: '1' }));
  rig.advance(100);
  rig.commit();
  return rig;
}

void test('SQL reads the documented views beside the monitor', async (t) => {
  const rig = filledRig(t);
  assert.deepEqual(
    await querySql(rig.path, 'SELECT path, sum(requests) AS n FROM requests_1m GROUP BY path', 20),
    {
      ok: true,
      columns: ['path', 'n'],
      rows: [
        ['/', 3],
        ['/b', 1],
      ],
      isCut: false,
    },
  );
});

void test('SQL that does anything but read is refused, and nothing is changed', async (t) => {
  const rig = filledRig(t);
  const outside = join(temporaryFolder(t), 'x.db');
  for (const sql of [
    'DELETE FROM parts',
    'UPDATE history_1m SET requests = 0',
    'CREATE TABLE x (y)',
    'PRAGMA query_only = OFF',
    `ATTACH '${outside}' AS x`,
    `VACUUM INTO '${outside}'`,
  ]) {
    const answer = await querySql(rig.path, sql, 20);
    assert.ok(!answer.ok, sql);
    assert.match(answer.message, /^--sql: (?:only reading is allowed|authorization denied)$/);
  }
  assert.ok(!existsSync(outside));
  for (const rest of ['SELECT 2', ' DROP TABLE parts', '-- a\nDELETE FROM parts'])
    assert.deepEqual(await querySql(rig.path, `SELECT 1;${rest}`, 20), {
      ok: false,
      message: '--sql takes one statement',
    });
  const ended = await querySql(rig.path, ' SELECT 1 AS one ; -- that is all\n /* indeed */ ;', 20);
  assert.deepEqual(ended, { ok: true, columns: ['one'], rows: [[1]], isCut: false });
  assert.deepEqual(await querySql(rig.path, 'SELECT nonsense', 20), {
    ok: false,
    message: '--sql: no such column: nonsense',
  });
});

void test('SQL that asks for names that are none is told those that there are', async (t) => {
  const rig = filledRig(t);
  const messageOf = async (sql: string): Promise<string> => {
    const answer = await querySql(rig.path, sql, 20);
    assert.ok(!answer.ok, sql);
    return answer.message;
  };
  assert.equal(
    await messageOf('SELECT * FROM requests'),
    '--sql: no such table: requests; there are requests_10s, requests_1m, requests_1h, clients_1m, alerts',
  );
  assert.equal(
    await messageOf('SELECT ip FROM clients_1m'),
    '--sql: no such column: ip; clients_1m has time, client, requests, errors',
  );
});

void test('SQL that takes too long is ended', async (t) => {
  const rig = filledRig(t);
  const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n';
  assert.deepEqual(await querySql(rig.path, endless, 1), {
    ok: false,
    message: '--sql took longer than 1 s: ask for less time, or less detail',
  });
});

void test('a copy is made while the monitor has the database, and a monitor can start from it', async (t) => {
  const rig = filledRig(t);
  const target = join(temporaryFolder(t), 'copy.db');
  const result = await backUp(rig.path, target);
  assert.ok(result.ok, JSON.stringify(result));
  rig.write('a.log', lineAt(101));
  rig.advance(10);
  rig.commit();
  assert.deepEqual(readdirSync(join(target, '..')), ['copy.db']);
  assert.equal(result.bytes % 4096, 0);
  assert.deepEqual(await querySql(target, 'SELECT sum(requests) FROM requests_1h', 20), {
    ok: true,
    columns: ['sum(requests)'],
    rows: [[4]],
    isCut: false,
  });
  const opening = openStore(target, 0);
  assert.ok(opening.ok);
  assert.deepEqual([...opening.saved.parts.keys()], ['pipeline']);
  opening.store.close();
});

void test('a copy replaces nothing, and a failed one leaves nothing', async (t) => {
  const rig = filledRig(t);
  const folder = temporaryFolder(t);
  const target = join(folder, 'copy.db');
  assert.deepEqual(await backUp(join(folder, 'none.db'), target), {
    ok: false,
    message: `there is nothing to copy: ${join(folder, 'none.db')} does not exist`,
  });
  writeFileSync(target, 'mine');
  assert.deepEqual(await backUp(rig.path, target), {
    ok: false,
    message: `${target} is there already: name a new file`,
  });
  for (const bad of ['', join(folder, 'none', 'copy.db')])
    assert.deepEqual(await backUp(rig.path, bad), {
      ok: false,
      message: `cannot write "${bad}": there is no such directory`,
    });
  // Not a directory: so it goes with one that may not be written, which the superuser always may.
  const inFile = join(target, 'copy.db');
  const refused = await backUp(rig.path, inFile);
  assert.match(refused.ok ? '' : refused.message, /^cannot write .*copy\.db: ENOTDIR: /);
  const broken = join(folder, 'broken.db');
  writeFileSync(broken, 'no database '.repeat(500));
  const result = await backUp(broken, join(folder, 'copy-2.db'));
  assert.deepEqual(result, { ok: false, message: `cannot copy ${broken}: file is not a database` });
  assert.deepEqual(readdirSync(folder).toSorted(), ['broken.db', 'copy.db']);
});

void test('a database without history, and none, are said', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'fluffy.db');
  assert.deepEqual(openHistory(path), {
    ok: false,
    message: `there is no history: ${path} does not exist; fluffy start begins it`,
  });
  copyFileSync(join(import.meta.dirname, 'fixtures', 'version-1.db'), path);
  assert.deepEqual(openHistory(path), {
    ok: false,
    message: `${path} has no history yet, as an older fluffy wrote it: start this one once`,
  });
});

void test('what is before 1970 is summed up into the minute and the hour that it is in', async (t) => {
  const path = join(temporaryFolder(t), 'fluffy.db');
  const opening = openStore(path, 0);
  if (!opening.ok) throw new Error(opening.message);
  const { store } = opening;
  t.after(() => store.close());
  const row = {
    source: 'a.log',
    path: '/',
    method: 'GET',
    status: 200,
    requests: 1,
    bytesSent: 7,
    latencies: null,
  };
  store.commit({
    parts: new Map(),
    owed: [],
    settled: [],
    history: {
      rows: rowsOf([-3660, -90, -70, -10, 0].map((timeSeconds) => ({ ...row, timeSeconds }))),
      clients: [],
      alerts: [],
      closedBeforeSeconds: 60,
      liveFromSeconds: null,
      keepFromSeconds: [-10_000, -10_000, -10_000],
      bytesMax: 1e9,
    },
  });
  const sums = async (table: string): Promise<unknown> =>
    querySql(path, `SELECT time, sum(requests) AS n, sum(bytes) AS bytes FROM ${table} GROUP BY time`, 20);
  const answer = (rows: readonly (readonly number[])[]): object => ({
    ok: true,
    columns: ['time', 'n', 'bytes'],
    rows,
    isCut: false,
  });
  assert.deepEqual(
    await sums('history_1m'),
    answer([
      [-3660, 1, 7],
      [-120, 2, 14],
      [-60, 1, 7],
      [0, 1, 7],
    ]),
  );
  assert.deepEqual(
    await sums('history_1h'),
    answer([
      [-7200, 1, 7],
      [-3600, 3, 21],
      [0, 1, 7],
    ]),
  );
});
