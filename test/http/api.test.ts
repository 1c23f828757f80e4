import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStatus, findProblems } from '../../src/http/api.ts';
import { QUIET_SNAPSHOT, SNAPSHOT } from './snapshot.ts';

void test('the status says everything that the monitor knows, under names that do not change', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(createStatus(SNAPSHOT))), {
    version: '1.2.3',
    uptimeSeconds: 90,
    healthy: false,
    problems: ['logs/b does not exist.', 'data/alerts.log cannot be written.'],
    totals: { lines: 12, requests: 7, errors: 3, bytes: 4096, parseFailures: 5, lateRecords: 5 },
    statuses: { 0: 1, 200: 3, 404: 1, 503: 2 },
    sources: [
      {
        path: 'logs/access.log',
        inode: 7,
        offset: 900,
        lagBytes: 20,
        lastLineAgeSeconds: 5,
        lines: 12,
        parseFailures: {
          'format-mismatch': { lines: 3, sample: 'junk', column: 0 },
          'line-too-long': { lines: 2, sample: 'aaaa', column: 65_536 },
        },
        format: 'combined',
        warning: null,
        possibleLoss: 1,
        problem: null,
      },
      {
        path: 'logs/b "b"\\\n.log',
        inode: null,
        offset: 0,
        lagBytes: 0,
        lastLineAgeSeconds: null,
        lines: 0,
        parseFailures: {},
        format: 'auto',
        warning: null,
        possibleLoss: 0,
        problem: { code: 'missing', message: 'logs/b does not exist.' },
      },
    ],
    alerts: [
      {
        rule: 'traffic',
        metric: 'request-rate',
        severity: 'warning',
        state: 'firing',
        muted: true,
        value: 12.5,
        unit: 'requests/s',
        comparison: 'above',
        threshold: 10,
        recoverThreshold: 10,
        recoverForSeconds: 0,
        windowSeconds: 120,
        sinceTime: '2026-11-23T22:15:02.000Z',
        ending: null,
        neverKnown: null,
      },
    ],
    silences: [{ rule: 'traffic', untilTime: '2026-11-23T23:00:00.000Z', reason: 'a release' }],
    outputs: [
      { name: 'stdout', problem: null, waiting: 0, dropped: 0, deadLetters: { count: 0, last: [] } },
      {
        name: 'data/alerts.log',
        problem: 'data/alerts.log cannot be written.',
        waiting: 4,
        dropped: 2,
        deadLetters: { count: 7, last: [] },
      },
    ],
    store: { path: 'data/fluffy.db', problem: null },
    limits: { futureRecords: 1, otherPathRecords: 0, forcedSeconds: 6, linesTooLong: 2, droppedOutputs: 2 },
  });
});

void test('a monitor without a reason against it is healthy', () => {
  const status = createStatus(QUIET_SNAPSHOT);
  assert.deepEqual([status.healthy, status.problems], [true, []]);
  assert.equal(status.alerts[0]?.sinceTime, null);
  assert.equal(status.alerts[0]?.state, 'ok');
});

void test('a log, an output and the state are each a reason; an old loss is none', () => {
  const lost = SNAPSHOT.sources.slice(0, 1);
  const store = { path: 'data/fluffy.db', problem: 'data/fluffy.db cannot be written.' };
  assert.deepEqual(findProblems({ sources: lost, logs: [], outputs: [], store }), [
    'data/fluffy.db cannot be written.',
  ]);
  assert.deepEqual(findProblems({ ...SNAPSHOT, outputs: [] }), ['logs/b does not exist.']);
  assert.deepEqual(findProblems({ ...SNAPSHOT, sources: lost }), ['data/alerts.log cannot be written.']);
  const logs = SNAPSHOT.logs.map((log) => ({ ...log, isUnread: true }));
  assert.deepEqual(findProblems({ ...SNAPSHOT, logs, sources: lost, outputs: [] }), [
    "lines of logs/access.log are written but can't be read: fluffy check shows where they do not fit",
  ]);
  const ahead = SNAPSHOT.logs.map((log) => ({ ...log, skewSeconds: 7200 }));
  assert.deepEqual(findProblems({ ...SNAPSHOT, logs: ahead, sources: lost, outputs: [] }), [
    'the times in logs/access.log are 2 h ahead of the clock: no alert sees its requests; set timezone, or correct the clock of the server',
  ]);
});

void test('a clock that was set back gives no negative age', () => {
  const nowMs = SNAPSHOT.startedMs + 1000;
  assert.equal(createStatus({ ...SNAPSHOT, nowMs }).sources[0]?.lastLineAgeSeconds, 0);
});
