import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReadingNotices } from '../src/reading-notices.ts';

function collect() {
  const told: unknown[][] = [];
  const take =
    (level: string) =>
    (...args: unknown[]): void => {
      told.push([level, ...args]);
    };
  return { told, notices: createReadingNotices('UTC', { info: take('info'), warn: take('warn') }) };
}

void test('a format that was recognised is told with how sure that is', () => {
  const { told, notices } = collect();
  notices.formatFound('a.log', 'main', { looked: 100, fitted: 98 });
  notices.formatFound('b.log', 'custom', null);
  assert.deepEqual(told, [
    ['info', { path: 'a.log', format: 'main', looked: 100, fitted: 98 }, 'log format found'],
    ['info', { path: 'b.log', format: 'custom' }, 'log format found'],
  ]);
});

void test('a log in no known format is warned of without a line of it', () => {
  const { told, notices } = collect();
  notices.formatMissing?.('a.log', [{ reason: 'bad-json', lines: 20, column: 7, sample: '{"secret"' }]);
  assert.deepEqual(told, [
    [
      'warn',
      { path: 'a.log', failures: [{ reason: 'bad-json', lines: 20, column: 7 }] },
      'no line of this log could be read: see which format comes nearest with fluffy check, and set log-format',
    ],
  ]);
});

void test('a log in a format that is known not to be read is warned of with what it is', () => {
  const { told, notices } = collect();
  const failures = [
    { reason: 'bad-status', lines: 2, column: 7, sample: 'cache started' },
    {
      reason: 'format-mismatch',
      lines: 18,
      column: 17,
      sample:
        '1796064869.123    123 192.0.2.7 TCP_MISS/200 1456 GET http://example.org/ - HIER_DIRECT/192.0.2.9 -',
    },
  ] as const;
  notices.formatMissing?.('a.log', failures);
  assert.equal(
    told[0]?.[2],
    "no line of this log could be read: it is Squid's native format: let Squid write logformat=combined",
  );
});

void test('a skew is warned of with its remedy', () => {
  const { told, notices } = collect();
  notices.skewFound?.('a.log', -3600);
  assert.deepEqual(told[0]?.slice(0, 2), ['warn', { path: 'a.log', skewSeconds: -3600 }]);
  assert.match(
    String(told[0]?.[2]),
    /^the times in this log are 1 h behind the clock, .*set timezone \(now UTC\)/,
  );
});
