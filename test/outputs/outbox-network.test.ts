// What the outbox does for places in the network: the age of what it holds survives a restart, what is given up is
// kept, and none that hangs holds up another.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';

import { DeadLetterBox } from '../../src/outputs/dead-letters.ts';
import { DeliveryError } from '../../src/outputs/delivery-error.ts';
import { Outbox } from '../../src/outputs/outbox.ts';
import type { Output, OutputEvent } from '../../src/outputs/output.ts';
import { FakeClock } from '../fake-clock.ts';
import { alertEvent } from './events.ts';

const START_MS = Date.UTC(2026, 10, 23, 22, 14, 0);
const DAY_MS = 86_400_000;

type Deliver = Output['deliver'];

function createChannel(name: string, deliver: Deliver, changes: Partial<Output> = {}): Output {
  return {
    name,
    reach: 'network',
    batchMax: 100,
    takes: ({ type }) => type === 'alert',
    open: async () => {},
    deliver,
    close: async () => {},
    ...changes,
  };
}

function createOutbox(outputs: readonly Output[], clock = new FakeClock(START_MS)): Outbox {
  return new Outbox({ outputs, clock, added: () => {}, problemChanged: () => {}, random: () => 0 });
}

const refuse: Deliver = async () => {
  throw new DeliveryError('channel ops: refused', { isFinal: true });
};

const hang: Deliver = (_events, signal) =>
  new Promise((_done, cut) => signal.addEventListener('abort', () => cut(new Error('cut off'))));

void test('the time at which an event came is saved with it, and its age goes on after a restart', async () => {
  const first = createOutbox([createChannel('channel ops', hang)]);
  first.add(alertEvent(1));
  const { owed } = first.changes();
  assert.deepEqual(owed, [
    { id: 1, event: { ...alertEvent(1), addedMs: START_MS }, pending: ['channel ops'] },
  ]);
  const clock = new FakeClock(START_MS + DAY_MS - 1000);
  const taken: OutputEvent[] = [];
  const second = createOutbox(
    [createChannel('channel ops', async (events) => void taken.push(...events))],
    clock,
  );
  second.restore([...owed, { id: 2, event: alertEvent(2), pending: ['channel ops'] }]);
  clock.advance(1);
  second.release();
  clock.advance(1000);
  await settled();
  // The second was saved by a version that knew no time: it counts from the restart.
  assert.deepEqual(taken, [alertEvent(2)]);
  assert.deepEqual(second.states()[0]?.deadLetters, {
    count: 1,
    last: [
      { id: 'traffic-1', rule: 'traffic', reason: 'not taken within 24 h', timeMs: START_MS + DAY_MS + 1 },
    ],
  });
  assert.deepEqual(second.changes().settled, [1, 2]);
});

void test('of what is given up the last 20 are kept, also over a restart', async () => {
  const clock = new FakeClock(START_MS);
  const outbox = createOutbox([createChannel('channel ops', refuse, { batchMax: 1 })], clock);
  for (let time = 1; time <= 23; time++) outbox.add(alertEvent(time));
  outbox.release();
  clock.advance(1000);
  await settled();
  const [state] = outbox.states();
  assert.equal(state?.deadLetters.count, 23);
  assert.deepEqual(
    state?.deadLetters.last.map(({ id }) => id),
    Array.from({ length: 20 }, (_, index) => `traffic-${index + 4}`),
  );
  assert.equal(state?.problem, 'channel ops: refused');
  const next = createOutbox([createChannel('channel ops', refuse)]);
  assert.equal(next.deadLetters.restore(JSON.parse(JSON.stringify(outbox.deadLetters.snapshot()))), true);
  assert.deepEqual(next.states()[0]?.deadLetters, state?.deadLetters);
});

void test('a state without dead letters is none to refuse; something else is', () => {
  const box = new DeadLetterBox(['channel ops']);
  const letter = { id: 'a', rule: null, reason: 'no', timeMs: 1 };
  box.add('channel ops', letter);
  const saved = box.snapshot();
  assert.equal(box.snapshot(), saved);
  assert.equal(saved.outputs[0]?.count, 1);
  assert.equal(box.restore(undefined), true);
  for (const bad of [null, [], {}, { version: 2, outputs: [] }, { version: 1, outputs: [{ name: 'a' }] }])
    assert.equal(box.restore(bad), false);
  assert.deepEqual(box.of('channel ops'), { count: 1, last: [letter] });
});

void test('a letter that comes after a snapshot is in the next', () => {
  const box = new DeadLetterBox(['channel ops']);
  box.snapshot();
  box.add('channel ops', { id: 'a', rule: 'traffic', reason: 'no', timeMs: 7 });
  assert.deepEqual(box.snapshot(), {
    version: 1,
    outputs: [
      { name: 'channel ops', count: 1, last: [{ id: 'a', rule: 'traffic', reason: 'no', timeMs: 7 }] },
    ],
  });
});

void test('dead letters of a channel that is gone are left out', () => {
  const box = new DeadLetterBox(['channel old']);
  box.add('channel old', { id: 'a', rule: null, reason: 'no', timeMs: 1 });
  const next = new DeadLetterBox(['channel ops']);
  next.restore(box.snapshot());
  assert.deepEqual(next.snapshot(), { version: 1, outputs: [] });
});

void test('a channel that hangs delays no other, and holds up the end by half a second', async () => {
  const clock = new FakeClock(START_MS);
  const taken: OutputEvent[] = [];
  const outbox = createOutbox(
    [
      createChannel('channel a', hang),
      createChannel('channel b', async (events) => void taken.push(...events)),
    ],
    clock,
  );
  outbox.add(alertEvent(1));
  outbox.release();
  clock.advance(1000);
  await settled();
  outbox.add(alertEvent(2));
  outbox.release();
  clock.advance(1000);
  await settled();
  assert.deepEqual(taken, [alertEvent(1), alertEvent(2)]);
  const closing = outbox.close();
  await settled();
  clock.advance(500);
  await closing;
  assert.deepEqual(
    outbox.changes().owed.map(({ id, pending }) => [id, pending]),
    [
      [1, ['channel a']],
      [2, ['channel a']],
    ],
  );
});

void test('a thousand events may wait for a channel', () => {
  const outbox = createOutbox([createChannel('channel a', hang)]);
  for (let time = 1; time <= 1001; time++) outbox.add(alertEvent(time));
  outbox.release();
  const [state] = outbox.states();
  assert.deepEqual([state?.waiting, state?.dropped], [1000, 1]);
});

void test('an output that asks for it is opened again and again until the end', async () => {
  const clock = new FakeClock(START_MS);
  let opened = 0;
  const open = async (): Promise<void> => {
    opened++;
  };
  const outbox = createOutbox([createChannel('channel a', hang, { open, keepAliveMs: 60_000 })], clock);
  outbox.open();
  for (let minute = 0; minute < 3; minute++) {
    await settled();
    clock.advance(60_000);
  }
  assert.equal(opened, 4);
  await settled();
  assert.equal(clock.timerCount, 1);
  await outbox.close();
  assert.equal(clock.timerCount, 0);
});
