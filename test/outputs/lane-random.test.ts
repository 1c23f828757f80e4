// Whatever a place does, in whatever order: each item leaves its lane once, those that are delivered in their order,
// and none is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';

import { DeliveryError } from '../../src/outputs/delivery-error.ts';
import { Lane } from '../../src/outputs/lane.ts';
import { NETWORK } from '../../src/outputs/pace.ts';
import { FakeClock } from '../fake-clock.ts';
import { createRandom, takeSeed } from '../seed.ts';

const RUNS = 50;
const STEPS = 60;
const WAITING_MAX = 12;
const BATCH_MAX = 5;
/** Any item that this divides is one that the place never takes. */
const UNWANTED = 7;

async function runLane(random: (below: number) => number): Promise<void> {
  const clock = new FakeClock();
  const delivered: number[] = [];
  const dead: number[] = [];
  const left: number[] = [];
  const refusals = [new Error('down'), new DeliveryError('busy', { retryAfterMs: 2000 }), null];
  const lane = new Lane<number>({
    open: async () => {},
    deliver: async (items) => {
      assert.ok(items.length > 0 && items.length <= BATCH_MAX);
      await settled();
      if (items.some((item) => item % UNWANTED === 0)) throw new DeliveryError('unwanted', { isFinal: true });
      const refusal = refusals[random(refusals.length)] ?? null;
      if (refusal !== null) throw refusal;
      delivered.push(...items);
    },
    settled: (item) => left.push(item),
    died: (item) => dead.push(item),
    waitingMax: WAITING_MAX,
    batchMax: BATCH_MAX,
    pace: NETWORK,
    clock,
    random: () => random(1000) / 1000,
  });
  let pushed = 0;
  for (let step = 0; step < STEPS; step++) {
    for (let count = random(4); count > 0; count--) lane.push(++pushed);
    clock.advance(random(4000));
    for (let turns = random(4); turns > 0; turns--) await settled();
    assert.ok(lane.state().waiting <= WAITING_MAX);
  }
  while (lane.state().waiting > 0) {
    clock.advance(1000);
    await settled();
  }
  const all = Array.from({ length: pushed }, (_, index) => index + 1);
  assert.deepEqual(
    left.toSorted((a, b) => a - b),
    all,
  );
  assert.deepEqual(
    delivered,
    delivered.toSorted((a, b) => a - b),
  );
  assert.equal(new Set(delivered).size, delivered.length);
  assert.ok(dead.every((item) => item % UNWANTED === 0));
  assert.equal(delivered.length + dead.length + lane.state().dropped, pushed);
}

void test('each item leaves its lane once, delivered in order, refused for good, or dropped', async (t) => {
  const random = createRandom(takeSeed(t));
  for (let run = 0; run < RUNS; run++) await runLane(random);
});
