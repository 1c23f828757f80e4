// The plot of a day, character by character.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plotHours } from '../../src/commands/hour-plot.ts';
import type { HourValue } from '../../src/commands/hour-plot.ts';

/** Hour 0 is empty, hour 1 quiet, hour 2 at the top, hour 3 beyond it. */
const DAY: readonly (HourValue | null)[] = [
  null,
  { median: 0, max: 0 },
  { median: 60, max: 100 },
  { median: 15, max: 900 },
  ...Array.from({ length: 20 }, () => ({ median: 20, max: 20 })),
];
const OPTIONS = { columns: 40, ceiling: 100, format: (value: number) => `${value}/s` };

void test('ASCII: the median as a bar, above it the highest, and a mark where that is beyond', () => {
  assert.deepEqual(plotHours(DAY, { ...OPTIONS, isUnicode: false }), [
    '  100/s |  :^',
    '        |  ::',
    '        |  #:',
    '        |  #:',
    '    0/s |  ######################',
    '         00    06    12    18',
  ]);
});

void test('block characters are drawn in eighths of a row', () => {
  assert.deepEqual(plotHours(DAY, { ...OPTIONS, isUnicode: true }), [
    '  100/s │  ░^',
    '        │  ░░',
    '        │  █░',
    '        │  █░',
    '    0/s │  █▆████████████████████',
    '         00    06    12    18',
  ]);
});

void test('wider where there is room, not at all where there is none or nothing to show', () => {
  const wide = plotHours(DAY, { ...OPTIONS, isUnicode: false, columns: 100 });
  assert.equal(wide[0], '  100/s |      :: ^^');
  assert.equal(wide.at(-1), '         00       03       06       09       12       15       18       21');
  assert.deepEqual(plotHours(DAY, { ...OPTIONS, isUnicode: false, columns: 30 }), []);
  const nothing = DAY.map(() => ({ median: 0, max: 0 }));
  assert.deepEqual(plotHours(nothing, { ...OPTIONS, isUnicode: false }), []);
});
