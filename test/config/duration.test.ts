import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readDuration, readSize } from '../../src/config/duration.ts';

const DURATION = 'must be a duration such as 90, 90s, 2m or 1h30m';
const SECONDS = 'must be a whole number of seconds';
const SIZE = 'must be a size such as 65536, 512KiB or 10MB';
const BYTES = 'must be a whole number of bytes';

void test('durations are read as whole seconds', () => {
  const cases: [unknown, number][] = [
    [90, 90],
    [0, 0],
    [-5, -5],
    ['90', 90],
    ['90s', 90],
    ['2m', 120],
    ['1h', 3600],
    ['1h30m', 5400],
    ['1h0m1s', 3601],
    [' 2m ', 120],
    ['1.5m', 90],
    ['1.1m', 66],
    ['2000ms', 2],
    ['36h', 129_600],
    ['7d', 604_800],
    ['1d12h', 129_600],
  ];
  for (const [raw, value] of cases) assert.deepEqual(readDuration(raw), { ok: true, value }, String(raw));
});

void test('fractions of a second are refused in their own words', () => {
  for (const raw of [1.5, '1.5', '0.5s', '500ms', '1m0.25s', '0.01m']) {
    assert.deepEqual(readDuration(raw), { ok: false, message: SECONDS }, String(raw));
  }
});

void test('what is not a duration is refused', () => {
  const bad = [
    '',
    ' ',
    's',
    'fast',
    '2 m',
    '1h 30m',
    '30m1h',
    '1m1m',
    '-5',
    '+5s',
    '2M',
    '1h1d',
    '1w',
    '1e3',
    '0x10',
    '5s5',
  ];
  for (const raw of [...bad, NaN, Infinity, null, true, [], {}]) {
    assert.deepEqual(readDuration(raw), { ok: false, message: DURATION }, JSON.stringify(raw));
  }
});

void test('sizes are read as whole bytes, decimal and binary units apart', () => {
  const cases: [unknown, number][] = [
    [65_536, 65_536],
    ['65536', 65_536],
    ['10B', 10],
    ['10kB', 10_000],
    ['10MB', 10_000_000],
    ['1GB', 1_000_000_000],
    ['512KiB', 524_288],
    ['512kib', 524_288],
    ['10 MiB', 10_485_760],
    ['10GiB', 10_737_418_240],
    ['1.5KiB', 1536],
    ['1.001kB', 1001],
  ];
  for (const [raw, value] of cases) assert.deepEqual(readSize(raw), { ok: true, value }, String(raw));
});

void test('what is not a size, or not of whole bytes, is refused', () => {
  for (const raw of ['', 'big', '10M', '10 mega', '-1', '1e6', '10MiBB', 'KiB', NaN, null, false, {}]) {
    assert.deepEqual(readSize(raw), { ok: false, message: SIZE }, JSON.stringify(raw));
  }
  for (const raw of [0.5, '1.5', '1.0001kB']) {
    assert.deepEqual(readSize(raw), { ok: false, message: BYTES }, String(raw));
  }
});
