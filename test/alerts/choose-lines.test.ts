// Which lines of the log an alert shows, and how many bytes of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANY } from '../../src/alerts/rule.ts';
import { combined, LinesRig } from './lines-rig.ts';
import type { LineValues } from './lines-rig.ts';
import { ruleOf } from './traffic.ts';

/** What is between `GET ` and ` HTTP`, of each line. */
function targetsOf(lines: readonly string[] | undefined): string[] {
  return (lines ?? []).map((line) => /GET (\S*) HTTP/.exec(line)?.[1] ?? line);
}

function repeated(count: number, offset: number, values: (i: number) => LineValues): string[] {
  return Array.from({ length: count }, (_, i) => combined(offset, values(i)));
}

void test('few requests: every line that the rule counts, as it stands in the log, in the order of time', () => {
  const rig = new LinesRig([
    ruleOf({ metric: 'error-rate', threshold: 40, where: { ...ANY, paths: ['/api/**'] } }),
  ]);
  rig.read(0, [combined(0, { target: '/api/a?key=1' }), combined(0, { target: '/other', status: 500 })]);
  rig.read(1, [
    combined(1, { target: '/api/b', status: 503 }),
    combined(1, { target: '/api/c', status: 404 }),
  ]);
  rig.read(2, [combined(2, { target: '/api/d?q=%20x', status: 500 })]);
  rig.advanceTo(10);
  assert.deepEqual(rig.lines, [
    '192.0.2.1 - - [23/Nov/2026:22:14:01 +0000] "GET /api/b HTTP/1.1" 503 10 "-" "curl/8"',
    '192.0.2.1 - - [23/Nov/2026:22:14:02 +0000] "GET /api/d?q=%20x HTTP/1.1" 500 10 "-" "curl/8"',
  ]);
});

void test('many requests: twenty lines, spread evenly over those that the rule counts', () => {
  const rig = new LinesRig([ruleOf({ threshold: 3.9 })]);
  rig.advanceTo(0);
  for (let second = 0; second < 10; second++)
    rig.read(
      second,
      repeated(4, second, (i) => ({ target: `/${second}/${i}` })),
    );
  rig.advanceTo(10);
  // Every second one of forty.
  const wanted = Array.from({ length: 10 }, (_, second) => [`/${second}/0`, `/${second}/2`]).flat();
  assert.deepEqual(targetsOf(rig.lines), wanted);
});

void test('a burst, of which a sample was kept, has most of the lines', () => {
  const rig = new LinesRig([ruleOf({ threshold: 200 })]);
  rig.advanceTo(0);
  for (let second = 0; second < 9; second++)
    rig.read(
      second,
      repeated(4, second, () => ({ target: '/before' })),
    );
  rig.read(
    9,
    repeated(2000, 9, (i) => ({ target: `/burst/${i}` })),
  );
  rig.advanceTo(10);
  const targets = targetsOf(rig.lines);
  const burst = targets.filter((target) => target !== '/before');
  assert.equal(targets.length, 20);
  assert.ok(burst.length >= 18, targets.join(' '));
  assert.equal(new Set(burst).size, burst.length);
});

void test('where few requests stand for most of all, the others fill up the twenty', () => {
  const rig = new LinesRig([ruleOf({ threshold: 5 })]);
  rig.advanceTo(0);
  rig.read(
    0,
    repeated(60, 0, (i) => ({ target: `/a/${i}`, status: 404 })),
  );
  rig.advanceTo(1);
  rig.read(
    1,
    repeated(3, 1, (i) => ({ target: `/b/${i}` })),
  );
  rig.advanceTo(10);
  assert.equal(rig.lines?.length, 20);
  assert.equal(new Set(rig.lines).size, 20);
});

void test('of a latency the slowest come first, and only those above the threshold', () => {
  const rule = ruleOf({ metric: 'latency-p95', threshold: 500 });
  const rig = new LinesRig([rule], {
    logFormat: '$remote_addr [$time_local] "$request" $status $request_time',
  });
  const line = (offset: number, target: string, seconds: number): string =>
    `192.0.2.1 [23/Nov/2026:22:14:0${offset} +0000] "GET ${target} HTTP/1.1" 200 ${seconds}`;
  rig.read(0, [line(0, '/quick', 0.1)]);
  rig.read(1, [line(1, '/slow', 0.9), line(1, '/slowest', 2.5), line(1, '/just-not', 0.5)]);
  rig.read(1, [line(1, '/slower', 1.2)]);
  rig.advanceTo(10);
  assert.deepEqual(targetsOf(rig.lines), ['/slowest', '/slower', '/slow']);
});

void test('of lines that are no record, some of those of the window and of the logs that the rule is about', () => {
  const where = { ...ANY, sources: ['a.log'] };
  const rig = new LinesRig([ruleOf({ metric: 'parse-failure-rate', threshold: 50, where })]);
  rig.advanceTo(0);
  rig.read(0, ['too old'], 'a.log');
  rig.advanceTo(14);
  rig.read(14, [combined(14)], 'a.log');
  rig.read(14, ['not asked about'], 'b.log');
  rig.read(15, ['first', '', 'second\twith a tab'], 'a.log');
  rig.advanceTo(16);
  assert.equal(rig.events.at(-1)?.timeSeconds, rig.events.at(-1)?.sinceSeconds);
  assert.deepEqual(rig.lines, ['first', '', 'second\\u0009with a tab']);
});

void test('a flood of lines that are no record costs sixteen copies a second', () => {
  const rig = new LinesRig([ruleOf({ metric: 'parse-failure-rate', threshold: 99 })]);
  rig.advanceTo(0);
  rig.read(
    1,
    Array.from({ length: 1000 }, (_, i) => `no record ${i}`),
  );
  rig.advanceTo(2);
  assert.deepEqual(
    rig.lines,
    Array.from({ length: 16 }, (_, i) => `no record ${i}`),
  );
});

void test('of a silence, the last lines that came before it, read or not', () => {
  const rig = new LinesRig([ruleOf({ metric: 'silence', threshold: 15, windowsSeconds: [1] })]);
  rig.advanceTo(0);
  for (let second = 0; second < 10; second++)
    rig.read(
      second,
      repeated(3, second, (i) => ({ target: `/${second}/${i}` })),
    );
  rig.read(9, ['no record']);
  rig.advanceTo(40);
  const last = [3, 4, 5, 6, 7, 8, 9].flatMap((second) => [0, 1, 2].map((i) => `/${second}/${i}`)).slice(2);
  assert.deepEqual(targetsOf(rig.lines), [...last, 'no record']);
});

void test('a line is cut after 500 bytes, all together stay below 8,000, evenly still', () => {
  const rig = new LinesRig([ruleOf({ threshold: 3.9 })]);
  rig.advanceTo(0);
  for (let second = 0; second < 10; second++)
    rig.read(
      second,
      repeated(4, second, (i) => ({ target: `/${second}/${i}`, agent: 'é'.repeat(400) })),
    );
  rig.advanceTo(10);
  const lines = rig.lines ?? [];
  // Each has 499 or 500 bytes of the line and three of the ellipsis.
  assert.equal(lines.length, 15);
  for (const line of lines) assert.match(line, /é…$/);
  assert.ok(lines.every((line) => [502, 503].includes(Buffer.byteLength(line))));
  assert.deepEqual(
    [...new Set(lines.map((line) => /"GET \/(\d)/.exec(line)?.[1]))],
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  );
});

void test('nothing in a line steers a terminal, and what that takes is within the bounds', () => {
  const rig = new LinesRig([ruleOf({ threshold: 0.1 })]);
  rig.advanceTo(0);
  rig.read(0, [
    combined(0, { target: '/\u001B[31m<script>\u202Ex', agent: '\u0007' }),
    combined(0, { agent: '\u001B'.repeat(400) }),
  ]);
  rig.advanceTo(10);
  const [first, second = ''] = rig.lines ?? [];
  assert.equal(
    first,
    String.raw`192.0.2.1 - - [23/Nov/2026:22:14:00 +0000] "GET /\u001b[31m<script>\u202ex HTTP/1.1" 200 10 "-" "\u0007"`,
  );
  assert.equal(Buffer.byteLength(second), 503);
  assert.match(second, /^192\.0\.2\.1 .*\\u001b\\u001b.*…$/);
});
