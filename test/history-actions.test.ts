// The commands on history say what the database can't give, instead of failing with a trace.
import assert from 'node:assert/strict';
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { query, report } from '../src/history-actions.ts';
import { openStore } from '../src/store/sqlite.ts';
import { DEFAULT_CONFIG } from './config/default-config.ts';
import { rowsOf } from './history/rows-of.ts';
import { temporaryFolder } from './monitor-process.ts';

void test('a database that is damaged is said in a sentence', async (t) => {
  const statePath = join(temporaryFolder(t), 'fluffy.db');
  const opening = openStore(statePath, 0);
  assert.ok(opening.ok);
  const timeSeconds = Math.floor(Date.now() / 1000 / 10) * 10 - 600;
  const rows = Array.from({ length: 5000 }, (_, i) => ({
    source: 'a.log',
    path: `/${i}`,
    method: 'GET',
    status: 200,
    timeSeconds,
    requests: 1,
    bytesSent: 1,
    latencies: null,
  }));
  opening.store.commit({
    parts: new Map(),
    owed: [],
    settled: [],
    history: {
      rows: rowsOf(rows),
      clients: [],
      alerts: [],
      closedBeforeSeconds: timeSeconds + 60,
      liveFromSeconds: null,
      keepFromSeconds: [0, 0, 0],
      bytesMax: 2 ** 40,
    },
  });
  opening.store.close();
  const file = openSync(statePath, 'r+');
  const { size } = statSync(statePath);
  // All but the pages of the schema, of which the first look reads some.
  for (let at = 30 * 4096; at < size; at += 4096) writeSync(file, Buffer.alloc(4096, 'x'), 0, 4096, at);
  closeSync(file);
  const config = { ...DEFAULT_CONFIG, statePath };
  const said = `error: cannot read ${statePath}: database disk image is malformed\n`;
  for (const ask of [query, report]) {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const exitCode = await ask(config, { from: '1h' }, { stdout, stderr });
    assert.deepEqual([exitCode, String(stderr.read()), stdout.read()], [1, said, null], ask.name);
  }
});
