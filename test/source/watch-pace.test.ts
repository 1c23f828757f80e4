import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WatchPace } from '../../src/source/watch-pace.ts';
import { FakeClock } from '../fake-clock.ts';

interface Rig {
  readonly clock: FakeClock;
  readonly pace: WatchPace;
  /** Of each look: whether it was watched then. */
  readonly looks: boolean[];
}

/** `grows`: whether a look finds something new. */
function createRig(grows: (look: number) => boolean = () => true, isPollingOnly = false): Rig {
  const clock = new FakeClock();
  const looks: boolean[] = [];
  const pace: WatchPace = new WatchPace({
    clock,
    isPollingOnly,
    look: () => {
      looks.push(pace.isWatched);
      if (grows(looks.length)) pace.grew();
    },
  });
  return { clock, pace, looks };
}

function notice(pace: WatchPace, times: number): void {
  for (let i = 0; i < times; i++) pace.noticed();
}

void test('few events leave everything watched, many at once suspend it', () => {
  const { clock, pace, looks } = createRig();
  notice(pace, 12);
  clock.advance(41);
  notice(pace, 12);
  assert.ok(pace.isWatched);
  pace.noticed();
  assert.ok(!pace.isWatched);
  assert.deepEqual(looks, []);
});

void test('while it is suspended it is looked every 40 ms, for as long as a fifth of the looks finds something', () => {
  const { clock, pace, looks } = createRig((look) => look % 5 === 0);
  notice(pace, 13);
  clock.advance(39);
  assert.equal(looks.length, 0);
  clock.advance(1);
  assert.equal(looks.length, 1);
  clock.advance(40 * 999);
  assert.equal(looks.length, 1000);
  assert.ok(!looks.includes(true));
});

void test('when the log has grown quiet it is watched again, with one look more for what came in between', () => {
  const { clock, pace, looks } = createRig((look) => look <= 30);
  notice(pace, 13);
  clock.advance(40 * 49);
  assert.ok(!pace.isWatched);
  // The first 25 looks all found something, 5 of the next 25 did; none of those after that.
  clock.advance(40 * 26);
  assert.ok(pace.isWatched);
  assert.deepEqual(looks, [...Array.from({ length: 75 }, () => false), true]);
  clock.advance(10_000);
  assert.equal(looks.length, 76);
});

void test('where nothing is ever watched, nothing is suspended', () => {
  const { clock, pace, looks } = createRig(() => true, true);
  notice(pace, 100);
  clock.advance(1000);
  assert.ok(!pace.isWatched);
  assert.deepEqual(looks, []);
});

void test('stopping ends the looks, also those that an event of later would begin', () => {
  const { clock, pace, looks } = createRig();
  notice(pace, 13);
  pace.stop();
  clock.advance(1000);
  assert.deepEqual(looks, []);
  const late = createRig();
  late.pace.stop();
  notice(late.pace, 13);
  late.clock.advance(1000);
  assert.deepEqual([late.looks, late.clock.timerCount], [[], 0]);
});
