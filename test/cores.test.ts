// Cores of a container that may use fewer than the machine has.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { countCores } from '../src/cores.ts';
import { temporaryFolder } from './monitor-process.ts';

const ALL = availableParallelism();
const LIMITS = [
  [100_000, 1],
  [50_000, 1],
  [150_000, Math.min(ALL, 2)],
  [1_600_000, Math.min(ALL, 16)],
  [0, ALL],
] as const;

void test('a limit counts as whole cores, and what is none as all there are', (t) => {
  const group = temporaryFolder(t);
  assert.equal(countCores(group), ALL);
  for (const [quota, expected] of [...LIMITS, ['max', ALL], ['', ALL]] as const) {
    writeFileSync(join(group, 'cpu.max'), `${quota} 100000\n`);
    assert.equal(countCores(group), expected, String(quota));
  }
});

void test('so does a limit as older systems tell of it', (t) => {
  const group = temporaryFolder(t);
  mkdirSync(join(group, 'cpu'));
  writeFileSync(join(group, 'cpu', 'cpu.cfs_period_us'), '100000\n');
  for (const [quota, expected] of [...LIMITS, [-1, ALL]] as const) {
    writeFileSync(join(group, 'cpu', 'cpu.cfs_quota_us'), `${quota}\n`);
    assert.equal(countCores(group), expected, String(quota));
  }
});
