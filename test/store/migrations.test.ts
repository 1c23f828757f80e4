// Databases that earlier versions of fluffy wrote, each made by the code of that version, are taken over whole.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { MIGRATIONS } from '../../src/store/migrations.ts';
import { openStore } from '../../src/store/sqlite.ts';
import { temporaryFolder } from '../monitor-process.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');

void test('there is a database of every earlier version', () => {
  // Version 1 is the only one before.
  assert.equal(MIGRATIONS.length, 2);
});

void test('a database of version 1 keeps its state and gets a history', (t) => {
  const path = join(temporaryFolder(t), 'fluffy.db');
  copyFileSync(join(FIXTURES, 'version-1.db'), path);
  const opening = openStore(path, 0);
  assert.ok(opening.ok);
  assert.equal(opening.notice, null);
  assert.deepEqual([...opening.saved.parts.keys()], ['alerts', 'pipeline', 'positions', 'report', 'totals']);
  assert.deepEqual(opening.saved.parts.get('totals'), {
    version: 1,
    requests: 12,
    errors: 3,
    bytesSent: 120,
    methods: [
      {
        method: 'GET',
        statuses: [
          [200, 9],
          [404, 3],
        ],
      },
    ],
  });
  opening.store.commit({
    parts: new Map(),
    owed: [],
    settled: [],
    history: {
      rows: [
        {
          timeSeconds: 1_795_472_040,
          source: 'access.log',
          path: '/a',
          method: 'GET',
          status: 200,
          requests: 9,
          bytesSent: 90,
          latencies: null,
        },
      ],
      clients: [],
      alerts: [],
      closedBeforeSeconds: 1_795_472_050,
      liveFromSeconds: null,
      keepFromSeconds: [0, 0, 0],
      bytesMax: 1e9,
    },
  });
  opening.store.close();
  const reader = new DatabaseSync(path, { readOnly: true });
  t.after(() => reader.close());
  assert.deepEqual({ ...reader.prepare('PRAGMA user_version').get() }, { user_version: 2 });
  assert.deepEqual(
    { ...reader.prepare('SELECT path, requests FROM requests_1h').get() },
    { path: '/a', requests: 9 },
  );
});
