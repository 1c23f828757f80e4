// Ordinary lines are read by their rows, many in one go, all others one by one: what is counted must not depend on which.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineFramer } from '../src/parse/lines.ts';
import type { LineConsumer } from '../src/parse/lines.ts';
import { PipelineRig, T0 } from './pipeline-rig.ts';
import { createRandom, takeSeed } from './seed.ts';

type Random = (below: number) => number;

const ROUNDS = 60;
/** Of so many lines, `auto` forgets more than once half of what it knows of how sure a format is. */
const LONG = 25_000;
/** The least with which rows are read in one go, and one with which they never are. */
const IN_ONE_GO = 64 * 1024;
const ONE_BY_ONE = IN_ONE_GO - 1;

const ODD_LINES = [
  '',
  'no line at all',
  '\uFEFF192.0.2.9 - - [23/Nov/2026:22:14:05 +0000] "GET /bom HTTP/1.1" 200 1 "-" "x"',
  '192.0.2.9 - - [23/Nov/2026:22:14:05 +0000] "GET /more HTTP/1.1" 200 1 "-" "x" "y" 0.004',
  '192.0.2.9 - - [23/Nov/2026:22:14:05 +0000] "GET /less HTTP/1.1" 200 1',
  '192.0.2.9 - - [23/Nov/2026:22:14:05 +0000] "GET /quote HTTP/1.1" 200 1 "-" "a\\"b"',
  '192.0.2.9 - - [23/Nov/2026:22:14:05 +0000] "GET /raw HTTP/1.1" 200 1 "-" "a"b"',
  '192.0.2.9 - - [23/Nov/2026:22:14:65 +0000] "GET /second HTTP/1.1" 200 1 "-" "x"',
  '192.0.2.9 - - [31/Feb/2026:22:14:05 +0000] "GET /day HTTP/1.1" 200 1 "-" "x"',
  '192.0.2.9 - - [23/Nov/2026:22:14:05 +0000] "\\x16\\x03" 400 1 "-" "-"',
  '192.0.2.9 - - [23/Nov/2026:22:14:05 +0000] "GET /big HTTP/1.1" 200 12345678901 "-" "x"',
  '#Fields: - - [23/Nov/2026:22:14:05 +0000] "GET /directive HTTP/1.1" 200 1 "-" "x"',
  '{"ts":1795558445,"request":{"remote_ip":"192.0.2.9","method":"GET","uri":"/json"},"status":200,"size":1}',
];

function drawCombined(random: Random, clock: string): string {
  const agent = random(4) === 0 ? '-' : `agent/${random(5)}`;
  return (
    `192.0.2.${random(9)} - - [23/Nov/2026:${clock} +0000] "GET /p/${random(30)}?q HTTP/1.1" ` +
    `${200 + random(3)} ${random(999)} "-" "${agent}"`
  );
}

function drawJson(random: Random, clock: string): string {
  const known = { time: `2026-11-23T${clock}Z`, method: 'GET', uri: `/p/${random(30)}?q`, size: random(999) };
  // Some keys in another order, or missing, or with what has to be unescaped.
  const more = [
    { status: 200 + random(3), duration: random(99) / 100 },
    { status: '404' },
    { user_agent: 'a"b' },
    { time: '2026-13-23T22:14:05Z' },
    { duration: 'soon' },
  ];
  return JSON.stringify({ remote_addr: `192.0.2.${random(9)}`, ...known, ...more[random(20)] });
}

function drawLog(random: Random, count: number, draw: typeof drawJson): string {
  const lines: string[] = [];
  let seconds = T0;
  for (let i = 0; i < count; i++) {
    seconds += random(3);
    const clock = new Date(seconds * 1000).toISOString().slice(11, 19);
    lines.push((random(12) === 0 ? ODD_LINES[random(ODD_LINES.length)] : undefined) ?? draw(random, clock));
  }
  return lines.map((line) => `${line}${random(9) === 0 ? '\r' : ''}\n`).join('');
}

/** Everything that a run tells, for the log in pieces of `pieceLength`. */
function outcome(log: Buffer, pieceLength: number, lineBytesMax: number, logFormat: string): unknown {
  const rig = new PipelineRig({ lineBytesMax, logFormat });
  rig.advance(1000);
  for (let i = 0; i < log.length; i += pieceLength) rig.write('access.log', log.subarray(i, i + pieceLength));
  rig.end('access.log');
  rig.advance(1000);
  rig.finish();
  const { alerts, reports, formats, told, pipeline, totals } = rig;
  return { alerts, reports, formats, told, saved: pipeline.snapshot(), statuses: totals.statuses() };
}

void test('lines that are read in one go count as those that are read one by one', (t) => {
  const random = createRandom(takeSeed(t));
  for (let round = 0; round < ROUNDS; round++) {
    const draw = round % 3 === 0 ? drawJson : drawCombined;
    const isLong = round < 2;
    const log = Buffer.from(drawLog(random, isLong ? LONG : 400, draw));
    const pieceLength = 1 + random(round % 2 === 0 ? 3000 : log.length);
    for (const logFormat of isLong ? ['auto'] : ['auto', 'combined', 'common', 'json']) {
      const [inOneGo, oneByOne] = [IN_ONE_GO, ONE_BY_ONE].map((lineBytesMax) =>
        outcome(log, pieceLength, lineBytesMax, logFormat),
      );
      assert.deepEqual(inOneGo, oneByOne, `${logFormat}, round ${round}, pieces of ${pieceLength} bytes`);
    }
  }
});

void test('who takes rows is offered all lines of a chunk but the first, and each that was not taken by itself', () => {
  const text = Array.from({ length: 10 }, (_, i) => `line ${i}\n`).join('');
  const seen: string[] = [];
  const consumer: LineConsumer = {
    line: (bytes, start, end) => void seen.push(bytes.toString('latin1', start, end)),
    tooLong: () => assert.fail('none is too long'),
    takeRows: (_scan, from, end) => {
      const taken = Math.min(2, end - from);
      if (taken > 0) seen.push(`${from} to ${from + taken - 1}`);
      return taken;
    },
  };
  new LineFramer(IN_ONE_GO, consumer).write(Buffer.from(text));
  assert.deepEqual(seen, ['line 0', '1 to 2', 'line 3', '4 to 5', 'line 6', '7 to 8', 'line 9']);
  let offers = 0;
  const refusing: LineConsumer = { line: () => {}, tooLong: () => {}, takeRows: () => ((offers += 1), 0) };
  new LineFramer(IN_ONE_GO, refusing).write(Buffer.from(text.repeat(100)));
  assert.equal(offers, 16);
  seen.length = 0;
  new LineFramer(ONE_BY_ONE, consumer).write(Buffer.from(text));
  assert.equal(seen.length, 10);
});
