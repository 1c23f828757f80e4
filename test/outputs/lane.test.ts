// A lane delivers in order, tries again while its place refuses, and is bounded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';

import { Lane } from '../../src/outputs/lane.ts';
import type { LaneOptions } from '../../src/outputs/lane.ts';
import { FakeClock } from '../fake-clock.ts';

/** A place that refuses for as long as `refusal` is set. */
function createPlace() {
  const taken: string[] = [];
  const place = {
    taken,
    refusal: null as string | null,
    attempts: 0,
    batches: [] as number[],
    open: async () => {
      place.attempts++;
      if (place.refusal !== null) throw new Error(place.refusal);
    },
    deliver: async (items: readonly string[]) => {
      await place.open();
      taken.push(...items);
      place.batches.push(items.length);
    },
  };
  return place;
}

function createLane(place: ReturnType<typeof createPlace>, options: Partial<LaneOptions<string>> = {}) {
  const clock = new FakeClock();
  const lane = new Lane<string>({
    open: place.open,
    deliver: place.deliver,
    waitingMax: 1000,
    clock,
    ...options,
  });
  return { clock, lane };
}

void test('items are delivered in order, and settled one by one', async () => {
  const place = createPlace();
  const done: string[] = [];
  const { lane } = createLane(place, { settled: (item) => done.push(item) });
  for (const item of ['a', 'b', 'c']) lane.push(item);
  await settled();
  assert.deepEqual(place.taken, ['a', 'b', 'c']);
  assert.deepEqual(done, ['a', 'b', 'c']);
  assert.deepEqual(lane.state(), { problem: null, waiting: 0, dropped: 0 });
});

void test('the first attempt begins within the call that pushes', () => {
  const place = createPlace();
  const { lane } = createLane(place);
  lane.push('a');
  assert.equal(place.attempts, 1);
});

void test('what has come meanwhile is delivered together, at most 100 at a time', async () => {
  const place = createPlace();
  const { lane } = createLane(place);
  for (let i = 0; i < 251; i++) lane.push(String(i));
  await settled();
  assert.deepEqual(place.batches, [1, 100, 100, 50]);
  assert.deepEqual(
    place.taken,
    Array.from({ length: 251 }, (_, i) => String(i)),
  );
});

void test('one batch is under way at a time', async () => {
  const begun: string[] = [];
  const gates: (() => void)[] = [];
  const place = createPlace();
  const { lane } = createLane(place, {
    deliver: async (items) => {
      begun.push(items.join());
      await new Promise<void>((open) => gates.push(open));
    },
  });
  for (const item of ['a', 'b', 'c']) lane.push(item);
  await settled();
  assert.deepEqual(begun, ['a']);
  gates[0]?.();
  await settled();
  assert.deepEqual(begun, ['a', 'b,c']);
});

void test('a place that refuses is asked again after 1, 2, 4, 8 and then every 10 seconds', async () => {
  const place = createPlace();
  place.refusal = 'full';
  const { clock, lane } = createLane(place);
  lane.push('a');
  await settled();
  const pauses = [];
  for (let second = 1; second <= 45; second++) {
    const before = place.attempts;
    clock.advance(1000);
    await settled();
    if (place.attempts > before) pauses.push(second);
  }
  assert.deepEqual(pauses, [1, 3, 7, 15, 25, 35, 45]);
});

void test('what was refused is delivered once, in order, when the place takes again', async () => {
  const place = createPlace();
  place.refusal = 'full';
  const problems: (string | null)[] = [];
  const { clock, lane } = createLane(place, { problemChanged: (problem) => problems.push(problem) });
  lane.push('a');
  await settled();
  lane.push('b');
  assert.deepEqual(lane.state(), { problem: 'full', waiting: 2, dropped: 0 });
  place.refusal = null;
  clock.advance(1000);
  await settled();
  assert.deepEqual(place.taken, ['a', 'b']);
  assert.deepEqual(problems, ['full', null]);
});

void test('the pauses are short again after a success', async () => {
  const place = createPlace();
  place.refusal = 'full';
  const { clock, lane } = createLane(place);
  lane.push('a');
  for (const ms of [0, 1000, 2000]) {
    clock.advance(ms);
    await settled();
  }
  place.refusal = null;
  clock.advance(4000);
  await settled();
  place.refusal = 'full again';
  lane.push('b');
  await settled();
  const before = place.attempts;
  clock.advance(1000);
  await settled();
  assert.equal(place.attempts, before + 1);
});

void test('opening shows a problem before there is anything to say, and its end', async () => {
  const place = createPlace();
  place.refusal = 'no such folder';
  const { clock, lane } = createLane(place);
  lane.open();
  await settled();
  assert.deepEqual(lane.state(), { problem: 'no such folder', waiting: 0, dropped: 0 });
  place.refusal = null;
  clock.advance(1000);
  await settled();
  assert.equal(lane.state().problem, null);
  assert.deepEqual(place.taken, []);
});

void test('above the bound the oldest that is not under way is given up, and counted', async () => {
  const place = createPlace();
  place.refusal = 'full';
  const done: string[] = [];
  const { clock, lane } = createLane(place, { waitingMax: 2, settled: (item) => done.push(item) });
  for (const item of ['a', 'b', 'c']) lane.push(item);
  assert.deepEqual(done, ['b']);
  await settled();
  lane.push('d');
  assert.deepEqual(done, ['b', 'a']);
  assert.deepEqual(lane.state(), { problem: 'full', waiting: 2, dropped: 2 });
  place.refusal = null;
  clock.advance(1000);
  await settled();
  assert.deepEqual(place.taken, ['c', 'd']);
});

void test('closing tries what waits once more, without pauses', async () => {
  const place = createPlace();
  place.refusal = 'full';
  const { lane } = createLane(place);
  lane.push('a');
  lane.push('b');
  await settled();
  place.refusal = null;
  await lane.close();
  assert.deepEqual(place.taken, ['a', 'b']);
});

void test('closing ends although the place refuses, and leaves no timer', async () => {
  const place = createPlace();
  place.refusal = 'full';
  const { clock, lane } = createLane(place);
  lane.push('a');
  await lane.close();
  const { attempts } = place;
  clock.advance(60_000);
  await settled();
  assert.equal(place.attempts, attempts);
  assert.deepEqual(lane.state(), { problem: 'full', waiting: 1, dropped: 0 });
});

void test('what is pushed while the lane says that all is well is delivered too', async () => {
  const place = createPlace();
  place.refusal = 'full';
  const { clock, lane } = createLane(place, {
    problemChanged: (problem) => {
      if (problem === null) lane.push('the disk is back');
    },
  });
  lane.open();
  await settled();
  place.refusal = null;
  clock.advance(1000);
  await settled();
  assert.deepEqual(place.taken, ['the disk is back']);
});
