import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readProcessUsage } from '../src/process-usage.ts';

void test('the usage is that of this process, and its counters grow with work', async () => {
  // Before its first turn the event loop has no times.
  await nextTurn();
  const before = readProcessUsage();
  const endMs = Date.now() + 60;
  while (Date.now() < endMs) JSON.stringify(before);
  const after = readProcessUsage();
  assert.ok(after.cpuSeconds > before.cpuSeconds && after.cpuSeconds < 600, String(after.cpuSeconds));
  assert.ok(after.residentBytes > 10_000_000 && after.residentBytes < 10_000_000_000);
  assert.ok(after.heapUsedBytes > 1_000_000 && after.heapUsedBytes < after.residentBytes);
  assert.ok(after.eventLoopActiveSeconds >= before.eventLoopActiveSeconds + 0.05);
});
