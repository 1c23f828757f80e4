// What a reload can't take over is named as it stands in the configuration file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findChanges } from '../../src/config/changes.ts';
import { createDefaultConfig } from '../../src/config/schema.ts';

const STARTED = createDefaultConfig();

void test('rules and how they are told are taken over while the monitor runs', () => {
  assert.deepEqual(findChanges(STARTED, STARTED), []);
  const changed = { ...STARTED, threshold: 5, hasDefaultRules: true, isExplained: false, objective: 99 };
  assert.deepEqual(findChanges(STARTED, changed), []);
});

void test('everything else waits for a restart, by its key', () => {
  const changed = {
    ...STARTED,
    threshold: 5,
    latenessSeconds: 9,
    filename: ['a.log'],
    http: { ...STARTED.http, port: 1 },
  };
  assert.deepEqual(findChanges(STARTED, changed), ['filename', 'lateness', 'http']);
});
