// The outbox holds every event until each output has taken it, and says what of that is to be committed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';

import { Outbox } from '../../src/outputs/outbox.ts';
import type { OwedEvent } from '../../src/outputs/outbox.ts';
import type { Output, OutputEvent } from '../../src/outputs/output.ts';
import type { SavedOutputEvent } from '../../src/outputs/saved-event.ts';
import { FakeClock } from '../fake-clock.ts';
import { alertEvent, reportEvent } from './events.ts';

interface FakeOutput extends Output {
  readonly taken: OutputEvent[];
  isRefusing: boolean;
  isClosed: boolean;
}

function createOutput(
  name: string,
  types: readonly OutputEvent['type'][],
  reach: Output['reach'] = 'local',
): FakeOutput {
  const taken: OutputEvent[] = [];
  const output: FakeOutput = {
    name,
    reach,
    batchMax: 100,
    takes: ({ type }) => types.includes(type),
    taken,
    isRefusing: false,
    isClosed: false,
    open: async () => {
      if (output.isRefusing) throw new Error(`${name} is full`);
    },
    deliver: async (events) => {
      await output.open();
      taken.push(...events);
    },
    close: async () => {
      output.isClosed = true;
    },
  };
  return output;
}

const START_MS = Date.UTC(2026, 10, 23, 22, 14, 0);
const NONE = { count: 0, last: [] };

/** As it stands in the database when it came at `addedMs`. */
function saved(event: OutputEvent, addedMs = START_MS): SavedOutputEvent {
  return { ...event, addedMs };
}

function createOutbox() {
  const clock = new FakeClock(START_MS);
  const stdout = createOutput('stdout', ['alert']);
  const file = createOutput('reports.log', ['report', 'alert']);
  const told: string[] = [];
  const outbox = new Outbox({
    outputs: [stdout, file],
    clock,
    added: () => told.push('added'),
    problemChanged: (name, problem) => told.push(`${name}: ${problem}`),
  });
  return { clock, stdout, file, outbox, told };
}

void test('an event goes to the outputs that take its kind, and not before it is released', async () => {
  const { outbox, stdout, file, told } = createOutbox();
  outbox.add(alertEvent(1));
  outbox.add(reportEvent(2));
  await settled();
  assert.deepEqual([stdout.taken, file.taken, told], [[], [], ['added', 'added']]);
  outbox.release();
  await settled();
  assert.deepEqual(stdout.taken, [alertEvent(1)]);
  assert.deepEqual(file.taken, [alertEvent(1), reportEvent(2)]);
});

void test('an event that no output takes is not kept', () => {
  const outbox = new Outbox({
    outputs: [createOutput('stdout', ['alert'])],
    clock: new FakeClock(),
    added: () => assert.fail('nothing is to be told'),
    problemChanged: () => {},
  });
  outbox.add(reportEvent(1));
  assert.deepEqual(outbox.changes(), { owed: [], settled: [] });
});

void test('an event is owed to its outputs until each has taken it, then settled', async () => {
  const { outbox, file, clock } = createOutbox();
  file.isRefusing = true;
  outbox.add(alertEvent(1));
  assert.deepEqual(outbox.changes(), {
    owed: [{ id: 1, event: saved(alertEvent(1)), pending: ['stdout', 'reports.log'] }],
    settled: [],
  });
  outbox.committed();
  assert.deepEqual(outbox.changes(), { owed: [], settled: [] });
  outbox.release();
  await settled();
  assert.deepEqual(outbox.changes(), {
    owed: [{ id: 1, event: saved(alertEvent(1)), pending: ['reports.log'] }],
    settled: [],
  });
  outbox.committed();
  file.isRefusing = false;
  clock.advance(1000);
  await settled();
  assert.deepEqual(outbox.changes(), { owed: [], settled: [1] });
  outbox.committed();
  assert.deepEqual(outbox.changes(), { owed: [], settled: [] });
});

void test('changes that could not be committed stay changes', () => {
  const { outbox } = createOutbox();
  outbox.add(alertEvent(1));
  outbox.changes();
  assert.equal(outbox.changes().owed.length, 1);
});

void test('what is added or delivered while a commit is under way is of the next one', async () => {
  const { outbox } = createOutbox();
  outbox.add(alertEvent(1));
  const { newestId } = outbox;
  const idsOwed = (): number[] => outbox.changes().owed.map(({ id }) => id);
  assert.deepEqual([newestId, idsOwed()], [1, [1]]);
  outbox.add(alertEvent(2));
  outbox.committed();
  outbox.release(newestId);
  await settled();
  assert.equal(outbox.isWaiting, true);
  assert.deepEqual([idsOwed(), outbox.changes().settled], [[2], [1]]);
  // It is told before it is known to be committed, as that takes too long.
  outbox.release();
  await settled();
  assert.equal(outbox.isWaiting, false);
  outbox.committed();
  assert.deepEqual(outbox.changes(), { owed: [], settled: [2] });
});

void test('an event that was delivered without ever being committed leaves no trace', async () => {
  const { outbox } = createOutbox();
  outbox.add(alertEvent(1));
  outbox.release();
  await settled();
  assert.deepEqual(outbox.changes(), { owed: [], settled: [] });
});

void test('an output that refuses delays no other', async () => {
  const { outbox, stdout, file, told } = createOutbox();
  file.isRefusing = true;
  for (const time of [1, 2, 3]) outbox.add(alertEvent(time));
  outbox.release();
  await settled();
  assert.equal(stdout.taken.length, 3);
  assert.deepEqual(outbox.states(), [
    { name: 'stdout', problem: null, waiting: 0, dropped: 0, deadLetters: NONE },
    { name: 'reports.log', problem: 'reports.log is full', waiting: 3, dropped: 0, deadLetters: NONE },
  ]);
  assert.deepEqual(told.slice(3), ['reports.log: reports.log is full']);
});

void test('what an earlier process owed is delivered to the outputs it was owed to, before what is new', async () => {
  const { outbox, stdout, file } = createOutbox();
  const owed: OwedEvent[] = [
    { id: 7, event: saved(alertEvent(1)), pending: ['reports.log'] },
    { id: 9, event: saved(alertEvent(2)), pending: ['stdout', 'reports.log'] },
  ];
  outbox.restore(owed);
  outbox.add(alertEvent(3));
  assert.deepEqual(
    outbox.changes().owed.map(({ id }) => id),
    [7, 9, 10],
  );
  outbox.release();
  await settled();
  assert.deepEqual(stdout.taken, [alertEvent(2), alertEvent(3)]);
  assert.deepEqual(file.taken, [alertEvent(1), alertEvent(2), alertEvent(3)]);
});

void test('an output that is gone from the configuration is owed nothing any more', () => {
  const { outbox } = createOutbox();
  outbox.restore([{ id: 3, event: saved(alertEvent(1)), pending: ['old.log'] }]);
  assert.deepEqual(outbox.changes(), { owed: [], settled: [3] });
});

void test('what was saved and is no event is said, left out, and removed', async () => {
  const { outbox, stdout } = createOutbox();
  const isAllRestored = outbox.restore([
    { id: 3, event: { type: 'alert' }, pending: ['stdout'] },
    { id: 4, event: null, pending: ['stdout'] },
    { id: 5, event: saved(alertEvent(1)), pending: ['stdout'] },
  ]);
  assert.equal(isAllRestored, false);
  assert.deepEqual(outbox.changes().settled, [3, 4]);
  outbox.committed();
  assert.deepEqual(outbox.changes().settled, []);
  outbox.release();
  await settled();
  assert.deepEqual(stdout.taken, [alertEvent(1)]);
});

void test('closing delivers what was not released yet, and closes every output', async () => {
  const { outbox, stdout, file } = createOutbox();
  outbox.add(alertEvent(1));
  file.isRefusing = true;
  await outbox.close();
  assert.equal(stdout.taken.length, 1);
  assert.ok(stdout.isClosed && file.isClosed);
  assert.deepEqual(outbox.changes().owed, [{ id: 1, event: saved(alertEvent(1)), pending: ['reports.log'] }]);
});
