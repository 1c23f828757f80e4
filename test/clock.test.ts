import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../src/clock.ts';

const APIS = ['Date', 'setTimeout', 'setInterval'] as const;

void test('now is the wall time', (context) => {
  context.mock.timers.enable({ apis: [...APIS], now: 1_795_472_040_123 });
  assert.equal(systemClock.now(), 1_795_472_040_123);
});

void test('every goes on until cancelled', (context) => {
  context.mock.timers.enable({ apis: [...APIS] });
  let calls = 0;
  const cancel = systemClock.every(100, () => calls++);
  context.mock.timers.tick(350);
  assert.equal(calls, 3);
  cancel();
  cancel();
  context.mock.timers.tick(1000);
  assert.equal(calls, 3);
});

void test('after comes once, unless cancelled before', (context) => {
  context.mock.timers.enable({ apis: [...APIS] });
  const calls: string[] = [];
  systemClock.after(100, () => calls.push('kept'));
  systemClock.after(100, () => calls.push('cancelled'))();
  context.mock.timers.tick(99);
  assert.deepEqual(calls, []);
  context.mock.timers.tick(1000);
  assert.deepEqual(calls, ['kept']);
});

void test('after no time comes in the next turn, before what is asked for later, and not a millisecond late', async () => {
  const order: string[] = [];
  // In a turn of its own, where a timer of no time might come first or last.
  await new Promise<void>((resolve) => void setImmediate(resolve));
  systemClock.after(0, () => order.push('after'));
  systemClock.after(0, () => order.push('cancelled'))();
  await new Promise<void>((resolve) => void setImmediate(resolve));
  assert.deepEqual(order, ['after']);
});
