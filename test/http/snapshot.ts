// A monitor's state with something in every place, for the tests of what is made of it.
import { latencyBinOf } from '../../src/aggregate/latency.ts';
import { namesOf, NO_DETAILS } from '../aggregate/records.ts';
import { Totals } from '../../src/aggregate/totals.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import type { Snapshot } from '../../src/http/api.ts';

const NO_DEAD_LETTERS = { count: 0, last: [] };

export const TOTALS = new Totals();
const SERIES = [
  { path: '/', method: 'GET', status: 200 },
  { path: '/"x"', method: 'OTHER', status: 404 },
  { path: '/b', method: 'GET', status: 503 },
  { path: '(malformed)', method: '-', status: 0 },
];
TOTALS.add({
  timeSeconds: 1_795_472_000,
  requests: 7,
  errors: 3,
  bytesSent: 4096,
  seriesCount: 4,
  seriesIds: [0, 1, 2, 3],
  seriesRequests: [3, 1, 2, 1],
  seriesBytesSent: [4000, 90, 6, 0],
  names: namesOf(SERIES),
  ...NO_DETAILS,
  latencies: { count: 3, ids: [0, 0, 2], values: [5, 2000, 60_000].map((ms) => latencyBinOf(ms)) },
});

/** Two logs, one of which can't be read. */
export const SNAPSHOT: Snapshot = {
  version: '1.2.3',
  startedMs: Date.UTC(2026, 10, 23, 22, 14, 0),
  nowMs: Date.UTC(2026, 10, 23, 22, 15, 30, 900),
  totals: TOTALS,
  logs: [
    {
      path: 'logs/access.log',
      format: 'combined',
      lines: 12,
      failures: [
        { reason: 'format-mismatch', lines: 3, sample: 'junk', column: 0 },
        { reason: 'line-too-long', lines: 2, sample: 'aaaa', column: 65_536 },
      ],
      isUnread: false,
      hasRecords: true,
      skewSeconds: null,
      lastReadMs: Date.UTC(2026, 10, 23, 22, 15, 26),
    },
  ],
  sources: [
    {
      path: 'logs/access.log',
      inode: 7,
      offset: 900,
      lagBytes: 20,
      warning: null,
      possibleLoss: 1,
      problem: null,
    },
    {
      path: 'logs/b "b"\\\n.log',
      inode: null,
      offset: 0,
      lagBytes: 0,
      warning: null,
      possibleLoss: 0,
      problem: { code: 'missing', message: 'logs/b does not exist.' },
    },
  ],
  rules: [
    {
      rule: createTrafficRule(10, 120),
      standing: 'firing',
      isMuted: true,
      counts: { firing: 3, resolved: 2 },
      ending: null,
      neverKnown: null,
      value: 12.5,
      sinceSeconds: Date.UTC(2026, 10, 23, 22, 15, 2) / 1000,
    },
  ],
  silences: [{ rule: 'traffic', untilSeconds: Date.UTC(2026, 10, 23, 23) / 1000, reason: 'a release' }],
  outputs: [
    { name: 'stdout', problem: null, waiting: 0, dropped: 0, deadLetters: NO_DEAD_LETTERS },
    {
      name: 'data/alerts.log',
      problem: 'data/alerts.log cannot be written.',
      waiting: 4,
      dropped: 2,
      deadLetters: { count: 7, last: [] },
    },
  ],
  historyDropped: 0,
  store: { path: 'data/fluffy.db', problem: null, commits: 80, failures: 4, commitMs: 250 },
  limits: { lateRecords: 5, futureRecords: 1, otherPathRecords: 0, forcedSeconds: 6 },
  usage: {
    cpuSeconds: 1.5,
    residentBytes: 90_000_000,
    heapUsedBytes: 12_000_000,
    eventLoopActiveSeconds: 1.25,
  },
};

/** The same without anything wrong or read. */
export const QUIET_SNAPSHOT: Snapshot = {
  ...SNAPSHOT,
  totals: new Totals(),
  logs: [],
  sources: [
    {
      path: 'logs/access.log',
      inode: 7,
      offset: 0,
      lagBytes: 0,
      warning: null,
      possibleLoss: 0,
      problem: null,
    },
  ],
  rules: [
    {
      rule: createTrafficRule(10, 120),
      standing: 'ok',
      isMuted: false,
      counts: { firing: 0, resolved: 0 },
      ending: null,
      neverKnown: null,
      value: 0,
      sinceSeconds: null,
    },
  ],
  silences: [],
  outputs: [{ name: 'stdout', problem: null, waiting: 0, dropped: 0, deadLetters: NO_DEAD_LETTERS }],
  limits: { lateRecords: 0, futureRecords: 0, otherPathRecords: 0, forcedSeconds: 0 },
};
