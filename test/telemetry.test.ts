// What fluffy counts about its own reading.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as v from 'valibot';
import { LogCountersSchema, LogTelemetry, sumFailures } from '../src/telemetry.ts';

void test('failures are counted by reason, each with a sample and where it went wrong', () => {
  const telemetry = new LogTelemetry();
  telemetry.beginChunk(1000);
  telemetry.fail('bad-status', 4, Buffer.from('first'));
  telemetry.fail('bad-size', 3, Buffer.from('other'));
  telemetry.fail('bad-status', 5, Buffer.from('second'));
  assert.deepEqual(telemetry.failures, [
    { reason: 'bad-status', lines: 2, column: 4, sample: 'first' },
    { reason: 'bad-size', lines: 1, column: 3, sample: 'other' },
  ]);
  assert.equal(telemetry.lastReadMs, 1000);
});

void test('a sample is from the last chunk that had one, and its first 200 bytes, copied', () => {
  const telemetry = new LogTelemetry();
  telemetry.beginChunk(1);
  telemetry.fail('bad-size', 1, Buffer.from('old'));
  telemetry.beginChunk(2);
  const line = Buffer.alloc(300, 'x');
  telemetry.fail('bad-size', 2, line);
  line.fill('y');
  telemetry.beginChunk(3);
  assert.deepEqual(telemetry.failures, [
    { reason: 'bad-size', lines: 2, column: 2, sample: 'x'.repeat(200) },
  ]);
});

void test('the place is told in characters, also of a sample that is masked', () => {
  const telemetry = new LogTelemetry(() => Buffer.from('masked'));
  const line = Buffer.from('caf\u00e9 \u{1f980} x');
  telemetry.fail('bad-size', line.indexOf('x'), line);
  assert.deepEqual(telemetry.failures, [{ reason: 'bad-size', lines: 1, column: 7, sample: 'masked' }]);
});

void test('in one file a sample has the number of its line, over several counts too', () => {
  const count = (lines: readonly number[], all: number): LogTelemetry => {
    const telemetry = new LogTelemetry(undefined, true);
    for (telemetry.lines = 1; telemetry.lines <= all; telemetry.lines++) {
      telemetry.beginChunk(1);
      if (lines.includes(telemetry.lines)) telemetry.fail('bad-size', 1, Buffer.from(`${telemetry.lines}`));
    }
    telemetry.lines = all;
    return telemetry;
  };
  const first = count([3, 7], 10);
  assert.deepEqual(first.failures, [{ reason: 'bad-size', lines: 2, column: 1, sample: '7', lineNumber: 7 }]);
  for (const [next, expected] of [
    [count([2], 4), { reason: 'bad-size', lines: 3, column: 1, sample: '2', lineNumber: 12 }],
    [count([], 4), { reason: 'bad-size', lines: 2, column: 1, sample: '7', lineNumber: 7 }],
  ] as const) {
    const sum = new LogTelemetry();
    for (const each of [first, next]) sum.merge(each);
    assert.deepEqual(sum.failures, [expected]);
  }
});

void test('sums over several logs name every reason, so that a metric starts at 0', () => {
  const one = new LogTelemetry();
  const two = new LogTelemetry();
  one.fail('empty-line', 0, Buffer.alloc(0));
  two.fail('empty-line', 0, Buffer.alloc(0));
  two.fail('bad-json', 0, Buffer.alloc(0));
  assert.deepEqual(Object.fromEntries(sumFailures([one, two])), {
    'format-mismatch': 0,
    'bad-timestamp': 0,
    'bad-status': 0,
    'bad-size': 0,
    'bad-json': 1,
    'missing-field': 0,
    'empty-line': 2,
    'line-too-long': 0,
  });
});

void test('counters go on where a snapshot was taken', () => {
  const before = new LogTelemetry();
  before.lines = 9;
  before.beginChunk(5);
  before.fail('bad-size', 2, Buffer.from('bad'));
  const saved: unknown = JSON.parse(JSON.stringify(before.snapshot()));
  assert.ok(v.is(LogCountersSchema, saved));
  const after = new LogTelemetry();
  after.merge(saved);
  after.beginChunk(6);
  after.fail('bad-size', 4, Buffer.from('worse'));
  assert.deepEqual(after.snapshot(), {
    lines: 9,
    lastReadMs: 6,
    failures: [{ reason: 'bad-size', lines: 2, column: 4, sample: 'worse' }],
  });
});

void test('counters of several logs add up, with the latest sample', () => {
  const one = new LogTelemetry();
  const two = new LogTelemetry();
  one.merge({
    lines: 3,
    lastReadMs: 9,
    failures: [{ reason: 'bad-size', lines: 1, sample: 'a', column: 1 }],
  });
  two.merge({
    lines: 4,
    lastReadMs: 5,
    failures: [{ reason: 'bad-size', lines: 2, sample: 'b', column: 2 }],
  });
  one.merge(two);
  one.merge(new LogTelemetry());
  assert.deepEqual(one.snapshot(), {
    lines: 7,
    lastReadMs: 9,
    failures: [{ reason: 'bad-size', lines: 3, sample: 'b', column: 2 }],
  });
});

void test('what are no counters is told', () => {
  const good = new LogTelemetry().snapshot();
  assert.ok(v.is(LogCountersSchema, good));
  for (const bad of [
    null,
    { ...good, lines: -1 },
    { ...good, lastReadMs: 'x' },
    { ...good, failures: [{ reason: 'bad-luck', lines: 1, sample: '', column: 0 }] },
    { ...good, failures: [{ reason: 'bad-size', lines: 1, sample: '' }] },
  ])
    assert.equal(v.is(LogCountersSchema, bad), false, JSON.stringify(bad));
});
