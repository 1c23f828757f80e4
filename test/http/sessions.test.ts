// Sessions of browsers: how long they last, and how many there are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sessions } from '../../src/http/sessions.ts';
import { FakeClock } from '../fake-clock.ts';

void test('a session lasts for seven days, unless it is ended', () => {
  const clock = new FakeClock();
  const sessions = new Sessions(clock);
  const [first, second] = [sessions.begin(), sessions.begin()];
  assert.match(first, /^[\w-]{43}$/);
  assert.notEqual(first, second);
  assert.deepEqual([sessions.has(first), sessions.has(second), sessions.has('')], [true, true, false]);
  sessions.end(second);
  assert.deepEqual([sessions.has(first), sessions.has(second)], [true, false]);
  clock.advance(7 * 86_400_000 - 1);
  assert.equal(sessions.has(first), true);
  clock.advance(1);
  assert.equal(sessions.has(first), false);
  sessions.begin();
  assert.equal(sessions.count, 1);
});

void test('of more than a thousand the oldest ends', () => {
  const sessions = new Sessions(new FakeClock());
  const names = Array.from({ length: 1001 }, () => sessions.begin());
  assert.equal(sessions.count, 1000);
  assert.deepEqual(
    names.filter((name) => !sessions.has(name)),
    names.slice(0, 1),
  );
  sessions.endAll();
  assert.equal(sessions.count, 0);
});
