// With anonymise-ip no whole address leaves the parsers: not in a record, not in the sample of a line that failed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Aggregator } from '../src/aggregate/aggregator.ts';
import { ALL_TIME, Log } from '../src/log.ts';
import { createLogParser } from '../src/parse/log-parser.ts';

const OPTIONS = {
  logFormat: 'auto',
  jsonFields: {},
  timezone: 'UTC',
  realClientFrom: 'off',
  trustedProxies: [],
  anonymiseIp: true,
} as const;

function createLog(): Log {
  const aggregator = new Aggregator({ add: () => {}, advanceTo: () => {} });
  return new Log('access.log', aggregator, createLogParser(OPTIONS), { span: ALL_TIME, isReplay: false });
}

void test('samples of lines that could not be read, or were too long, hold no whole address', () => {
  const log = createLog();
  const broken = Buffer.from(
    '203.0.113.77 - - [23/Nov/2026:25:14:05 +0000] "GET /?ip=2001:db8:1:2::9 HTTP/1.1" 200 1',
  );
  log.line(broken, 0, broken.length);
  log.tooLong(Buffer.from(`198.51.100.33 ${'x'.repeat(500)}`));
  const samples = log.telemetry.failures.map(({ reason, sample }) => [reason, sample.slice(0, 90)]);
  assert.deepEqual(samples, [
    ['bad-timestamp', '203.0.113.0 - - [23/Nov/2026:25:14:05 +0000] "GET /?ip=2001:db8:1:: HTTP/1.1" 200 1'],
    ['line-too-long', `198.51.100.0 ${'x'.repeat(77)}`],
  ]);
  assert.equal(broken.toString().startsWith('203.0.113.77'), true);
});

void test('a cut address at the end of a sample is not shown in parts', () => {
  const log = createLog();
  // The sample ends at 200 bytes, in the middle of the address.
  const broken = Buffer.from(`${'x'.repeat(190)} 203.0.113.177 y`);
  log.line(broken, 0, broken.length);
  assert.equal(log.telemetry.failures[0]?.sample, `${'x'.repeat(190)} 203.0.113`);
});

void test('long addresses that shrink a lot bring nothing whole from behind into the sample', () => {
  const log = createLog();
  const broken = Buffer.from('2001:0db8:0001:0002:0003:0004:0005:0006 '.repeat(40));
  log.line(broken, 0, broken.length);
  assert.equal(log.telemetry.failures[0]?.sample, '2001:db8:1:: '.repeat(40).slice(0, 200));
});
