// The metrics page in front of Prometheus' own checker (Debian: package `prometheus`).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { renderMetrics } from '../../src/http/metrics.ts';
import { QUIET_SNAPSHOT, SNAPSHOT } from '../http/snapshot.ts';

void test('promtool finds nothing to complain about in the metrics', () => {
  for (const snapshot of [SNAPSHOT, QUIET_SNAPSHOT]) {
    const result = spawnSync('promtool', ['check', 'metrics'], {
      input: renderMetrics(snapshot),
      encoding: 'utf8',
    });
    assert.equal(result.error, undefined);
    assert.equal(`${result.stdout}${result.stderr}`, '');
    assert.equal(result.status, 0);
  }
});
