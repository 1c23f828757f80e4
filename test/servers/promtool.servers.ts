// The metrics page in front of Prometheus' own checker (Debian: package `prometheus`).
import { secondOf } from '../aggregate/records.ts';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Totals } from '../../src/aggregate/totals.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import { renderMetrics } from '../../src/http/metrics.ts';

void test('promtool finds nothing to complain about in the metrics', () => {
  const totals = new Totals();
  totals.add(secondOf(1_700_000_000, [{ path: '/' }, { path: '/' }, { path: '/"x"', status: 0 }]));
  const page = renderMetrics({
    version: '1.2.3',
    startedMs: 1_700_000_000_000,
    nowMs: 1_700_000_060_000,
    totals,
    logs: [
      {
        path: 'logs/access.log',
        format: 'combined',
        lines: 4,
        failures: [{ reason: 'format-mismatch', lines: 1, sample: 'x', column: 0 }],
        lastReadMs: 1_700_000_059_000,
      },
    ],
    sources: [
      { path: 'logs/a "b"\\c\n.log', inode: 7, offset: 9, lagBytes: 0, possibleLoss: 0, problem: null },
    ],
    rules: [
      {
        rule: createTrafficRule(10, 120),
        standing: 'firing',
        isMuted: false,
        value: 12.5,
        sinceSeconds: 1_700_000_000,
      },
    ],
    silences: [],
    outputs: [{ name: 'stdout', problem: null, waiting: 0, dropped: 0, deadLetters: { count: 0, last: [] } }],
    store: { path: null, problem: null },
    historyDropped: 0,
    limits: { lateRecords: 0, futureRecords: 0, otherPathRecords: 0, forcedSeconds: 0 },
  });
  const result = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });
  assert.equal(result.error, undefined);
  assert.equal(`${result.stdout}${result.stderr}`, '');
  assert.equal(result.status, 0);
});
