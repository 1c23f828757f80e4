// Databases that earlier versions of fluffy wrote, each made by the code of that version, are taken over whole.
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { MIGRATIONS } from '../../src/store/migrations.ts';
import { openHistory } from '../../src/store/history-reader.ts';
import { openStore } from '../../src/store/sqlite.ts';
import type { HistoryChanges, Store } from '../../src/store/store.ts';
import { temporaryFolder } from '../monitor-process.ts';
import { rowsOf } from '../history/rows-of.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
/** What the databases of versions 2 and 3 have. */
const ALERT = {
  timeSeconds: 1_795_472_045,
  id: 'traffic-1795472045',
  rule: 'traffic',
  metric: 'request-rate',
  severity: 'warning',
  state: 'firing',
  value: 12,
  unit: 'requests/s',
  threshold: 10,
  sinceSeconds: 1_795_472_045,
  peak: 12,
  summary: '12 requests/s over 2m (1,440 requests), above 10 requests/s',
};

void test('there is a database of every earlier version', () => {
  assert.deepEqual(
    readdirSync(FIXTURES).filter((name) => name.endsWith('.db')),
    ['version-1.db', 'version-2.db', 'version-3.db'],
  );
  assert.equal(MIGRATIONS.length, 4);
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
  commit(opening.store, {
    rows: rowsOf([
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
    ]),
    closedBeforeSeconds: 1_795_472_050,
  });
  opening.store.close();
  const reader = new DatabaseSync(path, { readOnly: true });
  t.after(() => reader.close());
  assert.deepEqual({ ...reader.prepare('PRAGMA user_version').get() }, { user_version: 4 });
  assert.deepEqual(
    { ...reader.prepare('SELECT path, requests FROM requests_1h').get() },
    { path: '/a', requests: 9 },
  );
});

void test('a database of version 2 keeps its history, whose alerts have no lines; the next ones have', (t) => {
  const path = join(temporaryFolder(t), 'fluffy.db');
  copyFileSync(join(FIXTURES, 'version-2.db'), path);
  const alerts = (): unknown => {
    const reading = openHistory(path);
    assert.ok(reading.ok);
    const found = reading.reader.alerts(1_795_472_000, 1_795_473_000);
    reading.reader.close();
    return found;
  };
  assert.deepEqual(alerts(), [ALERT]);
  const opening = openStore(path, 0);
  assert.ok(opening.ok);
  assert.deepEqual(opening.saved.parts.get('totals'), { version: 1, requests: 12 });
  const after = {
    ...ALERT,
    timeSeconds: 1_795_472_100,
    id: 'traffic-1795472100',
    lines: ['GET / "é"', 'GET /b'],
  };
  commit(opening.store, { alerts: [after], closedBeforeSeconds: 1_795_472_101 });
  opening.store.close();
  assert.deepEqual(alerts(), [ALERT, after]);
  const reader = new DatabaseSync(path, { readOnly: true });
  t.after(() => reader.close());
  assert.deepEqual(
    reader
      .prepare('SELECT lines FROM alerts ORDER BY time')
      .all()
      .map(({ lines }) => lines),
    [null, '["GET / \\"é\\"","GET /b"]'],
  );
  assert.deepEqual(
    { ...reader.prepare('SELECT path, requests FROM requests_1h').get() },
    { path: '/a', requests: 9 },
  );
});

void test('a database of version 3 keeps alerts and their lines; the next ones have reasons too', (t) => {
  const path = join(temporaryFolder(t), 'fluffy.db');
  copyFileSync(join(FIXTURES, 'version-3.db'), path);
  const reason = { dimension: 'path', name: '/a "é"', share: 0.75, previousShare: null } as const;
  const explanation = { lookedAt: 12, shareError: 0, reasons: [reason] };
  const next = { ...ALERT, timeSeconds: 1_795_472_100, id: 'traffic-1795472100', explanation };
  const opening = openStore(path, 0);
  assert.ok(opening.ok);
  commit(opening.store, { alerts: [next], closedBeforeSeconds: 1_795_472_101 });
  assert.deepEqual(opening.store.newestAlerts(2), [ALERT, next]);
  opening.store.close();
  const reading = openHistory(path);
  assert.ok(reading.ok);
  assert.deepEqual(reading.reader.alerts(1_795_472_000, 1_795_473_000), [
    { ...ALERT, lines: ['GET /a'] },
    next,
  ]);
  reading.reader.close();
});

/** Commits a piece of history. */
function commit(
  store: Store,
  piece: Partial<HistoryChanges> & Pick<HistoryChanges, 'closedBeforeSeconds'>,
): void {
  store.commit({
    parts: new Map(),
    owed: [],
    settled: [],
    history: {
      rows: rowsOf([]),
      clients: [],
      alerts: [],
      liveFromSeconds: null,
      keepFromSeconds: [0, 0, 0],
      bytesMax: 1e9,
      ...piece,
    },
  });
}
