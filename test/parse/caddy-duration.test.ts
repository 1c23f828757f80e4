// Caddy's `duration`, a number of seconds or of nanoseconds, by both ways through a line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOf } from '../../src/parse/json-fields.ts';
import type { JsonFields } from '../../src/parse/json-fields.ts';
import { createJsonParser } from '../../src/parse/json.ts';
import { UTC } from '../../src/parse/zone.ts';
import { readBytes, readFramed } from './reading.ts';

function latencyOf(
  duration: string,
  fields: JsonFields = {},
  name = 'duration',
): number | string | undefined {
  const line = Buffer.from(
    `{"ts":1,"request":{"method":"GET","uri":"/a"},"${name}":${duration},"status":200}`,
  );
  const parser = createJsonParser(UTC, 'json', keysOf(fields));
  const [quick, slow] = [readFramed(parser, line), readBytes(parser, line)];
  assert.deepEqual(quick, slow, duration);
  return typeof quick === 'string' ? quick : quick.latencyMs;
}

void test('a whole number of 1000 or more is nanoseconds', () => {
  assert.equal(latencyOf('1402423'), 1.402423);
  assert.equal(latencyOf('1000'), 0.001);
  assert.equal(latencyOf('30000000000'), 30_000);
  assert.equal(latencyOf('1402423', { latency: ['duration'] }), 1.402423);
});

void test('a smaller one, and one with a fraction, is seconds', () => {
  assert.equal(latencyOf('0'), 0);
  assert.equal(latencyOf('999'), 999_000);
  assert.equal(latencyOf('1402.5'), 1_402_500);
  assert.equal(latencyOf('0.001402423'), 1.402423);
});

void test('so is one in a text or a list, and what has a unit has that', () => {
  assert.equal(latencyOf('"1402"'), 1_402_000);
  assert.equal(latencyOf('[1000,2000]'), 3_000_000);
  assert.equal(latencyOf('"1.402ms"'), 1.402);
});

void test('a unit that was named is that of all numbers', () => {
  assert.equal(latencyOf('1402423', { 'latency-unit': 's' }), 1_402_423_000);
  assert.equal(latencyOf('1500', { 'latency-unit': 'ms' }), 1500);
  assert.equal(latencyOf('812', { 'latency-unit': 'ns' }), 0.000812);
});

void test('other keys have their own units whatever the number', () => {
  assert.equal(latencyOf('1500', {}, 'request_time'), 1_500_000);
  assert.equal(latencyOf('1500', { latency: ['took'] }, 'took'), 1_500_000);
  assert.equal(latencyOf('1500', {}, 'Duration'), 0.0015);
});
