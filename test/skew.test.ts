import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainSkew, SkewWatch } from '../src/skew.ts';

const NOW = 1_795_472_045;

/** What is told while a log is read every 5 s for a minute, each newest line off by what `skewAt` says. */
function toldOf(skewAt: (elapsed: number) => number): (readonly [elapsed: number, skew: number])[] {
  const watch = new SkewWatch();
  const told: (readonly [number, number])[] = [];
  for (let elapsed = 0; elapsed <= 60; elapsed += 5) {
    const skew = watch.look(NOW + elapsed, NOW + elapsed + skewAt(elapsed));
    if (skew !== null) told.push([elapsed, skew]);
  }
  return told;
}

void test('whole and half hours that last are told once', () => {
  assert.deepEqual(
    toldOf(() => -3600),
    [[15, -3600]],
  );
  assert.deepEqual(
    toldOf(() => 7200),
    [[15, 7200]],
  );
  assert.deepEqual(
    toldOf((elapsed) => 19_800 - (elapsed % 20)),
    [[15, 19_800]],
  );
  assert.deepEqual(
    toldOf(() => -1800 - 12),
    [[15, -1800]],
  );
});

void test('a log that is right, or off by something else, is not', () => {
  for (const skew of [0, -19, 5, -600, 900, -3540, 3665, 27 * 3600, -86_400 * 30])
    assert.deepEqual(
      toldOf(() => skew),
      [],
    );
});

void test('a backlog that comes by a whole hour on its way is not', () => {
  assert.deepEqual(
    toldOf((elapsed) => -3660 + elapsed * 10),
    [],
  );
  assert.deepEqual(
    toldOf((elapsed) => (elapsed < 10 ? -3600 : 0)),
    [],
  );
});

void test('a skew has to be the same all the time', () => {
  assert.deepEqual(
    toldOf((elapsed) => (elapsed < 20 && elapsed % 10 === 0 ? -3600 : -7200)),
    [[30, -7200]],
  );
});

void test('one look after a long silence is not enough', () => {
  const watch = new SkewWatch();
  assert.equal(watch.look(NOW, NOW - 3600), null);
  assert.equal(watch.look(NOW + 600, NOW + 600 - 3600), null);
  assert.equal(watch.look(NOW + 601, NOW + 601 - 3600), -3600);
});

void test('the sentence says what helps', () => {
  assert.equal(
    explainSkew(-19_800, 'UTC'),
    'the times in this log are 5.5 h behind the clock, as with a wrong time zone: if its lines name no offset, set timezone (now UTC) to that of the server; if they do, correct the zone or the clock of the server',
  );
  assert.match(explainSkew(3600, 'Europe/Berlin'), / are 1 h ahead of the clock, .* \(now Europe\/Berlin\) /);
});

void test('a skew lasts until a line is right, and is told only once', () => {
  const watch = new SkewWatch();
  const lastingAfter = (elapsed: number, skew: number): number | null => {
    watch.look(NOW + elapsed, NOW + elapsed + skew);
    return watch.lastingSeconds;
  };
  assert.deepEqual(
    [0, 10, 20, 30].map((elapsed) => lastingAfter(elapsed, 7200)),
    [null, null, 7200, 7200],
  );
  assert.equal(lastingAfter(40, 0), null);
  assert.equal(watch.look(NOW + 50, NOW + 50 + 7200), null);
  assert.deepEqual(
    [60, 70].map((elapsed) => watch.look(NOW + elapsed, NOW + elapsed + 7200)),
    [null, null],
  );
  assert.equal(watch.lastingSeconds, 7200);
});
