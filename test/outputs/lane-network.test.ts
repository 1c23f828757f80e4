// A lane to a place in the network gathers, spreads its attempts, gives up what is refused for good or too old, and
// never holds up the end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';

import { DeliveryError } from '../../src/outputs/delivery-error.ts';
import { Lane } from '../../src/outputs/lane.ts';
import type { LaneOptions } from '../../src/outputs/lane.ts';
import { NETWORK } from '../../src/outputs/pace.ts';
import { FakeClock } from '../fake-clock.ts';

const START_MS = Date.UTC(2026, 10, 23, 22, 14, 0);
const DAY_MS = 86_400_000;

function createRig(options: Partial<LaneOptions<string>> = {}) {
  const clock = new FakeClock(START_MS);
  const rig = {
    clock,
    attempts: [] as string[],
    attemptMs: [] as number[],
    dead: [] as string[],
    done: [] as string[],
    /** What the place says to a batch: null, it takes it. */
    answer: (_items: readonly string[]): Error | null => null,
  };
  const lane = new Lane<string>({
    open: async () => {},
    deliver: async (items) => {
      rig.attempts.push(items.join(''));
      rig.attemptMs.push(clock.now() - START_MS);
      const error = rig.answer(items);
      if (error !== null) throw error;
    },
    settled: (item) => rig.done.push(item),
    died: (item, reason) => rig.dead.push(`${item}: ${reason}`),
    waitingMax: 1000,
    pace: NETWORK,
    clock,
    random: () => 0,
    ...options,
  });
  return { ...rig, rig, lane };
}

void test('what comes within a second goes out together', async () => {
  const { lane, clock, attempts } = createRig();
  lane.push('a');
  clock.advance(999);
  lane.push('b');
  await settled();
  assert.deepEqual(attempts, []);
  clock.advance(1);
  await settled();
  assert.deepEqual(attempts, ['ab']);
  lane.push('c');
  clock.advance(1000);
  await settled();
  assert.deepEqual(attempts, ['ab', 'c']);
});

void test('no batch is larger than the place takes', async () => {
  const { lane, clock, attempts } = createRig({ batchMax: 2 });
  for (const item of 'abcde') lane.push(item);
  clock.advance(1000);
  await settled();
  assert.deepEqual(attempts, ['ab', 'cd', 'e']);
});

/** The times of the attempts in seconds after the first, within half an hour of refusals. */
async function refusedAt(random: () => number): Promise<number[]> {
  const { lane, clock, rig, attemptMs } = createRig({ random });
  rig.answer = () => new Error('down');
  lane.push('a');
  for (let half = 0; half < 3600; half++) {
    clock.advance(500);
    await settled();
  }
  return attemptMs.map((ms) => (ms - 1000) / 1000);
}

void test('pauses double from 1 s to 5 min when nothing is taken off', async () => {
  const seconds = await refusedAt(() => 1 - 2 ** -53);
  assert.deepEqual(seconds, [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111, 1411, 1711]);
});

void test('at most a half is taken off a pause', async () => {
  const seconds = await refusedAt(() => 0);
  assert.deepEqual(
    seconds,
    [
      0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 127.5, 255.5, 405.5, 555.5, 705.5, 855.5, 1005.5, 1155.5,
      1305.5,
    ].concat([1455.5, 1605.5, 1755.5]),
  );
});

void test('a place that asks to be left alone is left alone for so long', async () => {
  const { lane, clock, rig, attemptMs } = createRig();
  rig.answer = () => new DeliveryError('busy', { retryAfterMs: 60_000 });
  lane.push('a');
  clock.advance(1000);
  await settled();
  rig.answer = () => null;
  clock.advance(59_999);
  await settled();
  assert.deepEqual(attemptMs, [1000]);
  lane.push('b');
  clock.advance(1);
  await settled();
  assert.deepEqual(attemptMs, [1000, 61_000, 61_000]);
});

void test('a batch that was refused is tried again as it was, and what came meanwhile after it', async () => {
  const { lane, clock, rig, attempts } = createRig();
  rig.answer = () => new Error('down');
  lane.push('a');
  lane.push('b');
  clock.advance(1000);
  await settled();
  lane.push('c');
  rig.answer = () => null;
  clock.advance(1000);
  await settled();
  assert.deepEqual(attempts, ['ab', 'ab', 'c']);
});

void test('what is refused for good is given up with the reason, and the next is tried', async () => {
  const { lane, clock, rig, done, dead } = createRig({ batchMax: 1 });
  rig.answer = ([item]) => (item === 'b' ? new DeliveryError('no', { isFinal: true }) : null);
  for (const item of 'abc') lane.push(item);
  clock.advance(1000);
  await settled();
  assert.deepEqual(done, ['a', 'b', 'c']);
  assert.deepEqual(dead, ['b: no']);
  assert.deepEqual(lane.state(), { problem: null, waiting: 0, dropped: 0 });
});

void test('of several that are refused together for good each is tried by itself', async () => {
  const { lane, clock, rig, attempts, dead } = createRig();
  rig.answer = (items) => (items.includes('b') ? new DeliveryError('no', { isFinal: true }) : null);
  for (const item of 'abc') lane.push(item);
  clock.advance(1000);
  await settled();
  for (const item of 'de') lane.push(item);
  clock.advance(1000);
  await settled();
  assert.deepEqual(attempts, ['abc', 'a', 'b', 'c', 'de']);
  assert.deepEqual(dead, ['b: no']);
});

void test('that the last was refused for good stays a problem until something is taken', async () => {
  const { lane, clock, rig } = createRig();
  rig.answer = () => new DeliveryError('no', { isFinal: true });
  lane.push('a');
  clock.advance(1000);
  await settled();
  assert.deepEqual(lane.state(), { problem: 'no', waiting: 0, dropped: 0 });
  rig.answer = () => null;
  lane.push('b');
  clock.advance(1000);
  await settled();
  assert.equal(lane.state().problem, null);
});

void test('what is older than a day is given up, with why it was not taken', async () => {
  const added = new Map([
    ['a', START_MS - DAY_MS - 1],
    ['b', START_MS],
  ]);
  const { lane, clock, rig, attempts, dead, done } = createRig({ addedMs: (item) => added.get(item) ?? 0 });
  rig.answer = () => new DeliveryError('down', { retryAfterMs: 3_600_000 });
  lane.push('a');
  lane.push('b');
  clock.advance(1000);
  await settled();
  assert.deepEqual(dead, ['a: not taken within 24 h']);
  assert.deepEqual(attempts, ['b']);
  for (let hour = 0; hour < 24; hour++) {
    clock.advance(3_600_000);
    await settled();
  }
  assert.deepEqual(dead.slice(1), ['b: not taken within 24 h: down']);
  assert.deepEqual(done, ['a', 'b']);
  assert.equal(attempts.length, 24);
});

void test('too many waiting: the oldest is given up although it was tried', async () => {
  const { lane, clock, rig, attempts, done } = createRig({ waitingMax: 2 });
  rig.answer = () => new Error('down');
  lane.push('a');
  lane.push('b');
  clock.advance(1000);
  await settled();
  lane.push('c');
  assert.deepEqual(done, ['a']);
  rig.answer = () => null;
  clock.advance(1000);
  await settled();
  assert.deepEqual(attempts, ['ab', 'b', 'c']);
  assert.equal(lane.state().dropped, 1);
});

/** Resolves when the lane begins to deliver; the delivery ends only when it is cut off. */
function createHanging() {
  const signals: AbortSignal[] = [];
  const deliver = async (_items: readonly string[], signal: AbortSignal): Promise<void> => {
    signals.push(signal);
    await new Promise((_done, cut) => signal.addEventListener('abort', () => cut(new Error('cut off'))));
  };
  return { signals, deliver };
}

void test('closing waits half a second for a place that hangs, cuts it off, and keeps what it was owed', async () => {
  const { signals, deliver } = createHanging();
  const problems: (string | null)[] = [];
  const { lane, clock, done } = createRig({ deliver, problemChanged: (problem) => problems.push(problem) });
  lane.push('a');
  clock.advance(1000);
  let isClosed = false;
  const closing = lane.close().then(() => {
    isClosed = true;
  });
  clock.advance(499);
  await settled();
  assert.deepEqual([isClosed, signals[0]?.aborted], [false, false]);
  clock.advance(1);
  await closing;
  assert.equal(signals[0]?.aborted, true);
  await settled();
  clock.advance(DAY_MS);
  await settled();
  assert.equal(signals.length, 1);
  assert.deepEqual([done, problems, lane.state().waiting], [[], [], 1]);
});

void test('closing sends at once what is still being gathered', async () => {
  const { lane, attempts } = createRig();
  lane.push('a');
  await lane.close();
  assert.deepEqual(attempts, ['a']);
});

void test('closing does not disturb a place that asked to be left alone', async () => {
  const { lane, clock, rig, attempts } = createRig();
  rig.answer = () => new DeliveryError('busy', { retryAfterMs: 60_000 });
  lane.push('a');
  clock.advance(1000);
  await settled();
  await lane.close();
  clock.advance(DAY_MS);
  await settled();
  assert.deepEqual(attempts, ['a']);
});
