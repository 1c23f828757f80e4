// Old logs become history, each once, and nothing that the monitor has counted itself.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openImport } from '../src/history-import.ts';
import { replayLogs } from '../src/replay.ts';
import { openStore } from '../src/store/sqlite.ts';
import { DEFAULT_CONFIG } from './config/default-config.ts';
import { FakeClock } from './fake-clock.ts';
import { temporaryFolder } from './monitor-process.ts';
import { commonLines, T0 } from './pipeline-rig.ts';
import { rowsOf } from './history/rows-of.ts';

interface Folder {
  readonly path: (name: string) => string;
  readonly statePath: string;
}

function createFolder(t: TestContext): Folder {
  const folder = temporaryFolder(t);
  return { path: (name) => join(folder, name), statePath: join(folder, 'data', 'fluffy.db') };
}

/** The exit code, and what is said but for how long it took. */
async function store(
  { statePath }: Folder,
  names: readonly string[],
): Promise<{ exitCode: number; said: string[] }> {
  const clock = new FakeClock((T0 + 3600) * 1000);
  const stdin = Readable.from([]);
  const config = { ...DEFAULT_CONFIG, statePath, logFormat: 'common', threshold: 1000 };
  const opening = openImport(config, clock, stdin);
  if (!opening.ok) return { exitCode: 1, said: [opening.message] };
  const stderr = new PassThrough();
  const exitCode = await replayLogs({
    config,
    store: opening.target,
    ruleSets: [],
    failSeverity: null,
    names,
    from: undefined,
    to: undefined,
    hasReports: false,
    isJson: true,
    isSummary: false,
    isTopGiven: false,
    threads: 1,
    clock,
    stdin,
    stdout: new PassThrough(),
    stderr,
    isInterrupted: () => false,
  }).finally(opening.close);
  const said = String(stderr.read() ?? '')
    .trim()
    .split('\n');
  return { exitCode, said: said.filter((line) => !/^read |^no alert/.test(line)) };
}

/** `22:14:00 /a 3`, from the counts of a minute. */
function minutesIn({ statePath }: Folder): string[] {
  const reader = new DatabaseSync(statePath, { readOnly: true });
  try {
    return reader
      .prepare(
        'SELECT time, path, sum(requests) AS requests FROM requests_1m GROUP BY time, path ORDER BY time, path',
      )
      .all()
      .map(({ time, path, requests }) => `${clockAt(time)} ${String(path)} ${Number(requests)}`);
  } finally {
    reader.close();
  }
}

function clockAt(time: unknown): string {
  return new Date(Number(time) * 1000).toISOString().slice(11, 19);
}

void test('the same log twice changes nothing, also under another name, packed, or beside itself', async (t) => {
  const folder = createFolder(t);
  const log = folder.path('access.log');
  writeFileSync(log, commonLines(0, 3, '/a') + commonLines(61, 2, '/b'));
  assert.deepEqual(await store(folder, [log]), { exitCode: 0, said: ['5 requests were stored'] });
  const minutes = ['22:14:00 /a 3', '22:15:00 /b 2'];
  assert.deepEqual(minutesIn(folder), minutes);
  const packed = folder.path('old.gz');
  writeFileSync(packed, gzipSync(readFileSync(log)));
  const known = `is stored already, as ${log} of 2026-11-23T23:14:00Z`;
  assert.deepEqual(await store(folder, [log, packed]), {
    exitCode: 0,
    said: [`${log}: ${known}`, `${packed}: ${known}`],
  });
  assert.deepEqual(minutesIn(folder), minutes);
  const [one, two] = [folder.path('one.log'), folder.path('two.log')];
  for (const path of [one, two]) writeFileSync(path, commonLines(120, 1, '/c'));
  const { said } = await store(folder, [one, two]);
  assert.deepEqual(said, [
    `${two}: is stored already, as ${one} of 2026-11-23T23:14:00Z`,
    '1 requests were stored',
  ]);
  assert.deepEqual(minutesIn(folder), [...minutes, '22:16:00 /c 1']);
});

void test('of a log that has grown since, the rest can be stored, and it is said how', async (t) => {
  const folder = createFolder(t);
  const log = folder.path('access.log');
  writeFileSync(log, commonLines(0, 3, '/a'));
  await store(folder, [log]);
  const { length } = readFileSync(log);
  appendFileSync(log, commonLines(30, 4, '/a'));
  assert.deepEqual(await store(folder, [log]), {
    exitCode: 1,
    said: [
      `${log}: its beginning is stored already, as ${log} of 2026-11-23T23:14:00Z; ` +
        `the rest alone can be: tail -c +${length + 1} ${log} > rest.log`,
    ],
  });
  assert.deepEqual(minutesIn(folder), ['22:14:00 /a 3']);
  writeFileSync(folder.path('rest.log'), readFileSync(log).subarray(length));
  await store(folder, [folder.path('rest.log')]);
  assert.deepEqual(minutesIn(folder), ['22:14:00 /a 7']);
});

void test('from where on the monitor has counted itself, nothing is taken', async (t) => {
  const folder = createFolder(t);
  const opening = openStore(folder.statePath, 0);
  assert.ok(opening.ok);
  const history = {
    rows: rowsOf([]),
    clients: [],
    alerts: [],
    closedBeforeSeconds: T0 + 90,
    liveFromSeconds: T0 + 60,
    keepFromSeconds: [0, 0, 0],
    bytesMax: 1e9,
  };
  opening.store.commit({ parts: new Map(), owed: [], settled: [], history });
  opening.store.close();
  const log = folder.path('access.log');
  writeFileSync(log, commonLines(59, 3, '/a') + commonLines(60, 2, '/a') + commonLines(500));
  assert.deepEqual(await store(folder, [log]), {
    exitCode: 0,
    said: [
      '3 requests were stored',
      '3 were not, as the monitor itself has counted from 2026-11-23T22:15:00Z on',
    ],
  });
  assert.deepEqual(minutesIn(folder), ['22:14:00 /a 3']);
});

void test('a log that can not be read to its end leaves nothing behind', async (t) => {
  const folder = createFolder(t);
  const [whole, cut] = [folder.path('whole.log'), folder.path('cut.gz')];
  writeFileSync(whole, commonLines(0, 3, '/a'));
  writeFileSync(cut, gzipSync(commonLines(5, 3000, '/b')).subarray(0, 90));
  const { exitCode, said } = await store(folder, [whole, cut]);
  assert.deepEqual([exitCode, said], [1, [`${cut}: the file is cut off: what could be unpacked was read`]]);
  assert.deepEqual(minutesIn(folder), []);
  assert.deepEqual((await store(folder, [whole])).said, ['3 requests were stored']);
});

void test('a log of which no line could be read leaves nothing behind: it may be one in another format', async (t) => {
  const folder = createFolder(t);
  const [whole, other] = [folder.path('whole.log'), folder.path('other.log')];
  writeFileSync(whole, commonLines(0, 3, '/a'));
  writeFileSync(other, 'GET /a 200\n');
  const { exitCode, said } = await store(folder, [whole, other]);
  assert.equal(exitCode, 1);
  assert.deepEqual(said.slice(1), [
    `${other}: its only line is no record of an access log; fluffy check FILE tells more`,
    'nothing was stored, as not all was read',
  ]);
  assert.deepEqual(minutesIn(folder), []);
});

void test('while a monitor runs, and from a pipe, nothing can be stored', async (t) => {
  const folder = createFolder(t);
  assert.deepEqual(await store(folder, ['-']), {
    exitCode: 1,
    said: ['-: --store takes files, as it has to know whether it had them before'],
  });
  const monitor = openStore(folder.statePath, 0);
  assert.ok(monitor.ok);
  t.after(() => monitor.store.close());
  assert.deepEqual(await store(folder, [folder.path('access.log')]), {
    exitCode: 1,
    said: [`a monitor is running on ${folder.statePath}: --store needs it stopped`],
  });
});

void test('many rows are written in pieces, and are as one', async (t) => {
  const folder = createFolder(t);
  const log = folder.path('access.log');
  let text = '';
  for (let i = 0; i < 1500; i++) for (const path of ['/a', '/b', '/c', '/d']) text += commonLines(i, 1, path);
  writeFileSync(log, text);
  assert.deepEqual(await store(folder, [log]), { exitCode: 0, said: ['6,000 requests were stored'] });
  assert.deepEqual(
    minutesIn(folder),
    Array.from({ length: 25 }, (_, minute) =>
      ['/a', '/b', '/c', '/d'].map((path) => `${clockAt(T0 + 60 * minute)} ${path} 60`),
    ).flat(),
  );
});
