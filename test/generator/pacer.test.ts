import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPacer, createUnpacedPacer } from '../../generator/pacer.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 22, 14, 0);

void test('a run begins in the current whole second, and event time is wall time', () => {
  const pacer = createPacer(null, NOW_MS + 400);
  assert.equal(pacer.dueMs(NOW_MS + 400), 400);
  assert.equal(pacer.dueMs(NOW_MS + 1420), 1420);
  assert.equal(pacer.eventMs(1410), NOW_MS + 1410);
});

void test('with a fixed start event times follow from the plan alone', () => {
  const startMs = Date.UTC(2020, 0, 1);
  const pacer = createPacer(startMs, NOW_MS + 400);
  assert.equal(pacer.dueMs(NOW_MS + 500), 100);
  pacer.dueMs(NOW_MS + 60_000);
  assert.equal(pacer.eventMs(100), startMs + 100);
});

void test('a short gap is made up for', () => {
  const pacer = createPacer(null, NOW_MS);
  pacer.dueMs(NOW_MS + 1000);
  assert.equal(pacer.dueMs(NOW_MS + 2900), 2900);
});

void test('a long gap is skipped in whole seconds, and event time stays wall time', () => {
  const pacer = createPacer(null, NOW_MS);
  pacer.dueMs(NOW_MS + 1000);
  assert.equal(pacer.dueMs(NOW_MS + 3_601_300), 1300);
  assert.equal(pacer.eventMs(1300), NOW_MS + 3_601_300);
});

void test('a clock set back neither halts the run nor takes the plan back', () => {
  const pacer = createPacer(null, NOW_MS);
  for (const ms of [2000, 4000, 5000]) pacer.dueMs(NOW_MS + ms);
  assert.equal(pacer.dueMs(NOW_MS + 4500), 5000);
  assert.equal(pacer.dueMs(NOW_MS - 3_600_000 + 200), 5200);
  assert.equal(pacer.eventMs(5200), NOW_MS - 3_600_000 + 200);
});

void test('without a pace everything is due', () => {
  const pacer = createUnpacedPacer(NOW_MS);
  assert.equal(pacer.dueMs(0), Number.POSITIVE_INFINITY);
  assert.equal(pacer.eventMs(1500), NOW_MS + 1500);
});
