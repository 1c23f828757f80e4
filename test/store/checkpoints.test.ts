// Checkpoints commit all parts together before anything is told, and go on without a disk.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Checkpoints } from '../../src/store/checkpoints.ts';
import type {
  AlertRow,
  Commit,
  HistoryChanges,
  SavedEvent,
  Store,
  StoreOpening,
} from '../../src/store/store.ts';
import { FakeClock } from '../fake-clock.ts';

const HISTORY: HistoryChanges = {
  rows: { length: 0, times: [], series: [], named: [], requests: [], bytesSent: [], latencies: [] },
  clients: [],
  alerts: [],
  closedBeforeSeconds: null,
  liveFromSeconds: null,
  keepFromSeconds: [],
  bytesMax: 1,
};

const EMPTY = { parts: new Map<string, unknown>(), outbox: [] };

/** A database, an outbox and one part, with everything that happens to them written down in order. */
function createRig(path: string | null = 'fluffy.db') {
  const clock = new FakeClock();
  const rig = {
    clock,
    happened: [] as string[],
    commits: [] as Commit[],
    state: 1,
    bytes: 10,
    commitMs: 0,
    /** What there is to tell. */
    owed: [{ id: 1, event: 'alert', pending: ['stdout'] }] as SavedEvent[],
    settled: [0] as number[],
    isWaiting: false,
    /** Rows of history, if there is one, and how it ends what was begun. */
    waitingRows: null as number | null,
    end: null as ((problem: Error | null) => void) | null,
    background: 'idle' as Store['background'],
    refusal: null as string | null,
    alerts: (_count: number): AlertRow[] => [],
    opening: null as Extract<StoreOpening, { ok: false }> | null,
    takeHappened: () => rig.happened.splice(0),
  };
  const checkpoints = new Checkpoints({
    path,
    open: () =>
      rig.opening ?? {
        ok: true,
        saved: EMPTY,
        notice: null,
        store: {
          commit: (commit) => {
            clock.advance(rig.commitMs);
            if (rig.refusal !== null) throw new Error(rig.refusal);
            rig.commits.push(commit);
            rig.happened.push('commit');
            return rig.bytes;
          },
          beginCommit: (commit, done) => {
            assert.equal(rig.end, null, 'one at a time');
            rig.commits.push(commit);
            rig.happened.push('begin');
            rig.end = (problem) => {
              rig.end = null;
              done(problem);
            };
            return rig.bytes;
          },
          get background() {
            return rig.background;
          },
          settle: () => {
            rig.happened.push('settle');
            if (rig.refusal === 'too slow') throw new Error(rig.refusal);
            rig.end?.(null);
          },
          newestAlerts: (count) => rig.alerts(count),
          beginImport: () => assert.fail('nothing is imported'),
          close: () => rig.happened.push('close'),
        },
      },
    parts: [{ name: 'totals', snapshot: () => rig.state }],
    events: {
      newestId: 7,
      get isWaiting() {
        return rig.isWaiting;
      },
      changes: () => ({ owed: rig.owed, settled: rig.settled }),
      committed: () => rig.happened.push('committed'),
      release: (newestId) => rig.happened.push(newestId === undefined ? 'release' : `release to ${newestId}`),
    },
    history: {
      get waitingRows() {
        return rig.waitingRows ?? 0;
      },
      changes: () => HISTORY,
      committed: () => {
        if (rig.waitingRows !== null) rig.happened.push('history committed');
      },
    },
    hasBackground: true,
    clock,
    problemChanged: (problem) => rig.happened.push(`problem: ${problem}`),
  });
  return { rig, checkpoints };
}

void test('parts and events are in one commit, and told only after it', () => {
  const { rig, checkpoints } = createRig();
  checkpoints.open();
  checkpoints.commit();
  assert.deepEqual(rig.commits, [
    {
      parts: new Map([['totals', 1]]),
      owed: [{ id: 1, event: 'alert', pending: ['stdout'] }],
      settled: [0],
      history: HISTORY,
    },
  ]);
  assert.deepEqual(rig.happened, ['commit', 'committed', 'release']);
});

void test('the start commits, and then the clock every second', () => {
  const { rig, checkpoints } = createRig();
  checkpoints.open();
  checkpoints.start();
  assert.equal(rig.commits.length, 1);
  rig.clock.advance(5000);
  assert.equal(rig.commits.length, 6);
});

void test('a large state is committed less often, at least every ten seconds', () => {
  const { rig, checkpoints } = createRig();
  rig.bytes = 3 * 131_072;
  checkpoints.open();
  checkpoints.start();
  rig.clock.advance(12_000);
  assert.equal(rig.commits.length, 5);
  rig.bytes = 1e9;
  rig.clock.advance(3000);
  rig.commits.length = 0;
  rig.clock.advance(30_000);
  assert.equal(rig.commits.length, 3);
});

void test('commits that take long are fewer', () => {
  const { rig, checkpoints } = createRig();
  rig.commitMs = 200;
  checkpoints.open();
  checkpoints.start();
  rig.clock.advance(21_000);
  assert.equal(rig.commits.length, 5);
});

void test('when there is something to tell, the commit follows at once, after the work that led to it', async () => {
  const { rig, checkpoints } = createRig();
  checkpoints.open();
  checkpoints.start();
  rig.clock.advance(50);
  checkpoints.commitSoon();
  checkpoints.commitSoon();
  rig.state = 2;
  assert.equal(rig.commits.length, 1);
  await Promise.resolve();
  assert.equal(rig.commits.length, 2);
  assert.equal(rig.commits[1]?.parts.get('totals'), 2);
});

void test('events that follow one another are committed together, 50 ms after the last commit', async () => {
  const { rig, checkpoints } = createRig();
  checkpoints.open();
  checkpoints.start();
  for (let events = 0; events < 100; events++) {
    checkpoints.commitSoon();
    await Promise.resolve();
  }
  assert.equal(rig.commits.length, 1);
  rig.clock.advance(49);
  assert.equal(rig.commits.length, 1);
  rig.clock.advance(1);
  assert.equal(rig.commits.length, 2);
});

void test('a commit that fails is said once, what is to be told is told, and the next commit has it all', () => {
  const { rig, checkpoints } = createRig();
  checkpoints.open();
  rig.refusal = 'database or disk is full';
  checkpoints.commit();
  checkpoints.commit();
  const problem = 'cannot write fluffy.db: database or disk is full';
  assert.deepEqual(rig.takeHappened(), [`problem: ${problem}`, 'release', 'release']);
  assert.deepEqual(checkpoints.state(), { path: 'fluffy.db', problem, commits: 0, failures: 2, commitMs: 0 });
  rig.refusal = null;
  checkpoints.commit();
  assert.deepEqual(rig.takeHappened(), ['commit', 'problem: null', 'committed', 'release']);
});

void test('commits that succeed are counted, with the time they take', () => {
  const { rig, checkpoints } = createRig();
  checkpoints.open();
  rig.commitMs = 30;
  checkpoints.commit();
  rig.commitMs = 12;
  checkpoints.commit();
  rig.refusal = 'database or disk is full';
  checkpoints.commit();
  const { commits, failures, commitMs } = checkpoints.state();
  assert.deepEqual({ commits, failures, commitMs }, { commits: 2, failures: 1, commitMs: 42 });
});

void test('a database that cannot be opened is tried again every five seconds', () => {
  const { rig, checkpoints } = createRig();
  rig.opening = { ok: false, reason: 'unavailable', message: 'read-only', saved: EMPTY };
  assert.deepEqual(checkpoints.open(), { saved: EMPTY, notice: null });
  checkpoints.start();
  rig.clock.advance(4000);
  rig.opening = null;
  assert.deepEqual(rig.takeHappened(), ['problem: read-only', ...Array<string>(5).fill('release')]);
  rig.clock.advance(1000);
  assert.deepEqual(rig.takeHappened(), ['commit', 'problem: null', 'committed', 'release']);
});

void test('a database that another fluffy has, or that a newer one wrote, forbids to start', () => {
  for (const reason of ['in-use', 'newer'] as const) {
    const { rig, checkpoints } = createRig();
    rig.opening = { ok: false, reason, message: `it is ${reason}` };
    assert.throws(() => checkpoints.open(), { message: `it is ${reason}` });
  }
});

void test('without a database everything is told at once', async () => {
  const { rig, checkpoints } = createRig(null);
  assert.deepEqual(checkpoints.open(), { saved: null, notice: null });
  checkpoints.start();
  rig.clock.advance(50);
  checkpoints.commitSoon();
  await Promise.resolve();
  assert.deepEqual(rig.happened, ['release', 'release']);
  assert.deepEqual(checkpoints.state(), {
    path: null,
    problem: null,
    commits: 0,
    failures: 0,
    commitMs: 0,
  });
});

void test('closing commits the last state, and nothing is committed after it', async () => {
  const { rig, checkpoints } = createRig();
  checkpoints.open();
  checkpoints.start();
  rig.takeHappened();
  checkpoints.commitSoon();
  checkpoints.close();
  await Promise.resolve();
  rig.clock.advance(60_000);
  assert.deepEqual(rig.happened, ['commit', 'committed', 'release', 'close']);
});

void test('alerts of the past are those of the database; when they cannot be read that is said, and there are none', () => {
  const { rig, checkpoints } = createRig();
  const alert: AlertRow = {
    timeSeconds: 1,
    id: 'a',
    rule: 'a',
    metric: 'request-rate',
    severity: 'info',
    state: 'firing',
    value: 1,
    unit: 'requests/s',
    threshold: 1,
    sinceSeconds: 1,
    peak: 1,
    summary: 'a',
  };
  rig.alerts = (count) => Array.from({ length: count }, () => alert);
  assert.deepEqual(checkpoints.newestAlerts(2), []);
  checkpoints.open();
  assert.deepEqual(checkpoints.newestAlerts(2), [alert, alert]);
  rig.alerts = () => {
    throw new Error('disk I/O error');
  };
  assert.deepEqual(checkpoints.newestAlerts(2), []);
  assert.deepEqual(rig.takeHappened(), ['problem: cannot read fluffy.db: disk I/O error']);
});

void test('a start that failed leaves in the database what was there', async () => {
  const { rig, checkpoints } = createRig();
  checkpoints.open();
  checkpoints.commitSoon();
  await Promise.resolve();
  checkpoints.close();
  assert.deepEqual(rig.happened, ['close']);
});

/** Started, with nothing to tell and so many rows of history. */
function createBacklog(waitingRows: number) {
  const { rig, checkpoints } = createRig();
  Object.assign(rig, { owed: [], settled: [], waitingRows });
  checkpoints.open();
  checkpoints.start();
  rig.takeHappened();
  return { rig, checkpoints };
}

/** What happens when a commit that was begun has ended well. */
const ENDED = ['committed', 'history committed', 'release to 7'];
const COMMITTED = ['commit', 'committed', 'history committed', 'release'];

void test('a large commit is begun, with what is to be told, and the next one when it has ended', async () => {
  const { rig, checkpoints } = createBacklog(8191);
  rig.clock.advance(1000);
  assert.deepEqual(rig.takeHappened(), COMMITTED);
  rig.waitingRows = 8192;
  rig.owed = [{ id: 7, event: 'alert', pending: ['stdout'] }];
  rig.clock.advance(1000);
  assert.deepEqual(rig.takeHappened(), ['begin']);
  assert.deepEqual(rig.commits.at(-1), {
    parts: new Map([['totals', 1]]),
    owed: rig.owed,
    settled: [],
    history: HISTORY,
  });
  rig.clock.advance(3000);
  checkpoints.commitSoon();
  await Promise.resolve();
  assert.deepEqual(rig.takeHappened(), []);
  rig.end?.(null);
  assert.deepEqual(rig.takeHappened(), ENDED);
  checkpoints.commitSoon();
  await Promise.resolve();
  assert.deepEqual(rig.takeHappened(), ['begin']);
  rig.end?.(null);
  assert.deepEqual(rig.takeHappened(), ENDED);
  assert.deepEqual([checkpoints.state().commits, checkpoints.state().failures], [4, 0]);
});

void test('no more should come while 131,072 rows wait, unless commits fail', () => {
  const { rig, checkpoints } = createBacklog(131_071);
  assert.equal(checkpoints.isFull, false);
  rig.waitingRows = 131_072;
  assert.equal(checkpoints.isFull, true);
  rig.refusal = 'database or disk is full';
  checkpoints.commit();
  assert.equal(checkpoints.isFull, false);
  rig.refusal = null;
  checkpoints.commit();
  assert.equal(checkpoints.isFull, true);
});

void test('what is to be told since a commit was begun is committed as soon as that has ended', async () => {
  const { rig } = createBacklog(8192);
  rig.clock.advance(1000);
  Object.assign(rig, { waitingRows: 10, isWaiting: true });
  rig.clock.advance(100);
  rig.end?.(null);
  await Promise.resolve();
  assert.deepEqual(rig.takeHappened(), ['begin', ...ENDED, ...COMMITTED]);
});

void test('too much that waits, and the end, wait for what was begun', async () => {
  const { rig, checkpoints } = createBacklog(8192);
  rig.clock.advance(1000);
  rig.waitingRows = 131_071;
  rig.clock.advance(1000);
  assert.deepEqual(rig.takeHappened(), ['begin']);
  rig.waitingRows = 131_072;
  rig.clock.advance(1000);
  assert.deepEqual(rig.takeHappened(), ['settle', ...ENDED, 'begin']);
  rig.waitingRows = 8192;
  rig.clock.advance(1000);
  assert.deepEqual(rig.takeHappened(), []);
  checkpoints.endSoon();
  rig.clock.advance(1000);
  assert.deepEqual(rig.takeHappened(), ['settle', ...ENDED, 'begin']);
  checkpoints.close();
  assert.deepEqual(rig.takeHappened(), ['settle', ...ENDED, ...COMMITTED, 'close']);
  await Promise.resolve();
  assert.deepEqual(rig.takeHappened(), []);
});

void test('what was begun and fails is a problem until a commit succeeds, and is told all the same', () => {
  const { rig } = createBacklog(8192);
  rig.clock.advance(1000);
  rig.end?.(new Error('the disk is full'));
  assert.deepEqual(rig.takeHappened(), [
    'begin',
    'problem: cannot write fluffy.db: the disk is full',
    'release to 7',
  ]);
  rig.clock.advance(1000);
  rig.end?.(null);
  assert.deepEqual(rig.takeHappened(), [
    'begin',
    'committed',
    'history committed',
    'problem: null',
    'release to 7',
  ]);
});

void test('what was begun and does not end keeps nobody from being told', () => {
  const { rig, checkpoints } = createBacklog(8192);
  rig.clock.advance(1000);
  rig.refusal = 'too slow';
  checkpoints.commit();
  assert.deepEqual(rig.takeHappened(), [
    'begin',
    'settle',
    'problem: cannot write fluffy.db: too slow',
    'release',
  ]);
});

void test('while the thread is there it writes small commits too, which are waited for', () => {
  const { rig, checkpoints } = createBacklog(10);
  rig.background = 'running';
  checkpoints.commit();
  assert.deepEqual(rig.takeHappened(), ['begin', 'settle', ...ENDED, 'release']);
  // One that takes too long is not begun again: it may still be written.
  rig.refusal = 'too slow';
  checkpoints.commit();
  const failed = ['settle', 'problem: cannot write fluffy.db: too slow', 'release'];
  assert.deepEqual(rig.takeHappened(), ['begin', ...failed]);
  checkpoints.commit();
  assert.deepEqual(rig.takeHappened(), ['settle', 'release']);
  rig.clock.advance(3000);
  rig.end?.(null);
  assert.deepEqual(rig.takeHappened(), ['committed', 'history committed', 'problem: null', 'release to 7']);
});

void test('without a thread for it a large commit is one like others', () => {
  const { rig } = createBacklog(8192);
  rig.background = 'lost';
  rig.clock.advance(1000);
  assert.deepEqual(rig.takeHappened(), COMMITTED);
});
