// The axis of values of a chart.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisWidth, topOf } from '../../page/axis.ts';

void test('a chart of zeros, or of nothing, reaches a little above 1', () => {
  assert.equal(topOf(0, null), 1.12);
  assert.equal(topOf(null, null), 1.12);
});

void test('what is drawn has room above it, however small it is', () => {
  assert.equal(topOf(100, null), 112.00000000000001);
  assert.equal(topOf(0.001, null), 0.0011200000000000001);
});

void test('a threshold is shown when all is 0, or when it is not far beyond', () => {
  assert.equal(topOf(0, 5), 5.6000000000000005);
  assert.equal(topOf(25, 100), 112.00000000000001);
  assert.equal(topOf(24, 100), 26.880000000000003);
  assert.equal(topOf(0, 0), 1.12);
});

void test('labels are never wider than the axis', () => {
  assert.equal(axisWidth(null), 52);
  assert.equal(axisWidth(['0 %', '0.5 %', '1 %']), 52);
  assert.equal(axisWidth(['0 %', '0.00005 %']), 73);
});
