// Seconds that are closed are used again, and what a backlog left behind is given up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenSecond } from '../../src/aggregate/open-second.ts';
import { OpenSeconds } from '../../src/aggregate/open-seconds.ts';
import { SeriesTable } from '../../src/aggregate/series-table.ts';
import { NO_TEXTS } from './records.ts';

/** Opens so many seconds, closes all of them, and gives them. */
function openAndClose(open: OpenSeconds, count: number): Set<OpenSecond> {
  for (let i = 1; i <= count; i++) open.begin(i);
  const closed = new Set<OpenSecond>();
  for (let i = 1; i <= count; i++) {
    const second = open.takeBefore(count + 1);
    assert.equal(second?.timeSeconds, i);
    closed.add(second);
  }
  assert.equal(open.takeBefore(Number.POSITIVE_INFINITY), undefined);
  for (const second of closed) open.giveBack(second);
  return closed;
}

void test('the many seconds of a block of a sparse log are the same ones in the next block', () => {
  const open = new OpenSeconds(new SeriesTable(4), NO_TEXTS);
  const first = openAndClose(open, 600);
  assert.equal(newIn(openAndClose(open, 600), first), 0);
});

void test('more than a busy log needs are given up one by one', () => {
  const open = new OpenSeconds(new SeriesTable(4), NO_TEXTS);
  const first = openAndClose(open, 600);
  for (let i = 0; i < 500; i++) takeNone(open);
  const next = openAndClose(open, 600);
  assert.equal(newIn(next, first), 500);
  for (let i = 0; i < 5000; i++) takeNone(open);
  assert.equal(newIn(openAndClose(open, 600), next), 600 - 64);
});

function takeNone(open: OpenSeconds): void {
  assert.equal(open.takeBefore(Number.POSITIVE_INFINITY), undefined);
}

function newIn(seconds: ReadonlySet<OpenSecond>, before: ReadonlySet<OpenSecond>): number {
  return [...seconds].filter((second) => !before.has(second)).length;
}
