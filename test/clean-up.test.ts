import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CleanUps } from '../src/clean-up.ts';
import { FakeClock } from './fake-clock.ts';

/** Clean-ups on a clock of their own, and all that happened. */
function create(): {
  cleanUps: CleanUps;
  clock: FakeClock;
  done: string[];
  run: (deadlineMs: number) => Promise<void>;
} {
  const clock = new FakeClock();
  const cleanUps = new CleanUps(clock);
  const done: string[] = [];
  const run = (deadlineMs: number): Promise<void> =>
    cleanUps.run(deadlineMs, (name, error) =>
      done.push(`${name} failed: ${error instanceof Error ? error.message : String(error)}`),
    );
  return { cleanUps, clock, done, run };
}

void test('what was added last is run first, each after the one before is done', async () => {
  const { cleanUps, done, run } = create();
  cleanUps.add('a', () => void done.push('a'));
  cleanUps.add('b', async () => {
    await Promise.resolve();
    done.push('b');
  });
  cleanUps.add('c', () => void done.push('c'));
  await run(1000);
  assert.deepEqual(done, ['c', 'b', 'a']);
});

void test('one that fails is reported, and the others run all the same', async () => {
  const { cleanUps, done, run } = create();
  cleanUps.add('a', () => void done.push('a'));
  cleanUps.add('b', async () => Promise.reject(new Error('no disk')));
  cleanUps.add('c', () => {
    throw new Error('a bug');
  });
  await run(1000);
  assert.deepEqual(done, ['c failed: a bug', 'b failed: no disk', 'a']);
});

void test('one that does not end is left behind at the deadline, and the others still run', async () => {
  const { cleanUps, clock, done, run } = create();
  cleanUps.add('a', () => void done.push('a'));
  cleanUps.add('b', () => new Promise(() => {}));
  const running = run(1000);
  clock.advance(999);
  await Promise.resolve();
  assert.deepEqual(done, []);
  clock.advance(1);
  await running;
  assert.deepEqual(done, ['b failed: not done in time', 'a']);
});

void test('the deadline is one for all: time that one takes is gone for the next', async () => {
  const { cleanUps, clock, done, run } = create();
  cleanUps.add('b', () => new Promise(() => {}));
  cleanUps.add('a', () => clock.advance(900));
  const running = run(1000);
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  clock.advance(99);
  assert.deepEqual(done, []);
  clock.advance(1);
  await running;
  assert.deepEqual(done, ['b failed: not done in time']);
});

void test('a second run has nothing left to do', async () => {
  const { cleanUps, done, run } = create();
  cleanUps.add('a', () => void done.push('a'));
  await Promise.all([run(1000), run(1000)]);
  await run(1000);
  assert.deepEqual(done, ['a']);
});

void test('when the time is up, one that ends within 100 ms is still waited for', async () => {
  const { cleanUps, clock, done, run } = create();
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, () => resolve()));
  cleanUps.add('a', () => wait(101));
  cleanUps.add('b', async () => {
    await wait(99);
    done.push('b');
  });
  cleanUps.add('c', () => clock.advance(1500));
  const running = run(1000);
  for (const ms of [99, 100]) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    clock.advance(ms);
  }
  await running;
  assert.deepEqual(done, ['b', 'a failed: not done in time']);
});
