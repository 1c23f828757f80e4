// Logs that a thread reads ahead, against the same logs read and counted in turn: not a byte of what is told may differ.
import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { systemClock } from '../../src/clock.ts';
import type { Config } from '../../src/config/schema.ts';
import { readNetwork } from '../../src/parse/address.ts';
import { ReadAhead } from '../../src/read-ahead/read-ahead.ts';
import { replayLogs } from '../../src/replay.ts';
import { DEFAULT_CONFIG } from '../config/default-config.ts';
import { temporaryFolder } from '../monitor-process.ts';
import { createRandom, takeSeed } from '../seed.ts';

type Random = (below: number) => number;

const CONFIG: Config = { ...DEFAULT_CONFIG, latenessSeconds: 2, alertWindowSeconds: 10, threshold: 5 };
const FIRST_MS = Date.UTC(2026, 9, 1);
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const AGENTS = [
  'curl/8.14.1',
  '-',
  'Mozilla/5.0 (X11; Linux x86_64)',
  'Bot "é" \u{1F600}'.replaceAll('"', "'"),
];
const METHODS = ['GET', 'GET', 'GET', 'POST', 'PURGE', 'BREW'];

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

interface Run {
  readonly config?: Config;
  readonly isReadAhead: boolean;
  readonly isInterrupted?: () => boolean;
}

async function replay(names: readonly string[], { config = CONFIG, isReadAhead, isInterrupted }: Run) {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const exitCode = await replayLogs({
    ruleSets: [],
    failSeverity: null,
    config,
    names,
    from: undefined,
    to: undefined,
    hasReports: true,
    isJson: true,
    isTopGiven: false,
    // How long it took is told as well.
    clock: { ...systemClock, now: () => FIRST_MS },
    stdin: Readable.from([]),
    stdout,
    stderr,
    isInterrupted: isInterrupted ?? (() => false),
    isReadAhead,
  });
  return { exitCode, told: stdout.text, said: stderr.text };
}

async function compare(names: readonly string[], config = CONFIG) {
  const wanted = await replay(names, { config, isReadAhead: false });
  assert.deepEqual(await replay(names, { config, isReadAhead: true }), wanted);
  const whole = JSON.parse(wanted.told.trim().split('\n').at(-1) ?? '');
  return { ...wanted, whole };
}

function clfTime(seconds: number): string {
  const time = new Date(FIRST_MS + seconds * 1000);
  const [day = '', clock = ''] = time.toISOString().slice(8, 19).split('T');
  return `${day}/${MONTHS[time.getUTCMonth()] ?? ''}/${time.getUTCFullYear()}:${clock} +0000`;
}

/** Seconds that go on, and now and then back by some. */
function drawSeconds(random: Random, line: number): number {
  return Math.max(0, Math.floor(line / 9) - (random(20) === 0 ? random(5) : 0));
}

/** A combined line; now and then one that is broken, odd, or none at all. */
function drawCombined(random: Random, seconds: number, paths: number): string {
  const path = `/${['shop', 'blog', 'user'][random(3)] ?? ''}/${random(2) === 0 ? 'item-' : ''}${random(paths)}`;
  const request = `${METHODS[random(METHODS.length)] ?? ''} ${path}${random(4) === 0 ? '?q=%20x' : ''} HTTP/1.1`;
  const tail = `${[200, 200, 200, 404, 500][random(5)] ?? ''} ${random(9) === 0 ? '-' : random(99_999)} "-" "${AGENTS[random(AGENTS.length)] ?? ''}"`;
  const line = `10.0.${random(4)}.${random(250)} - - [${clfTime(seconds)}] "${request}" ${tail}`;
  switch (random(60)) {
    case 0:
      return line.slice(0, random(line.length));
    case 1:
      return `${line.replace(path, `/caf\u00e9/%41${'x'.repeat(random(1500))}`)}\r`;
    case 2:
      return line.replace(request, '\\x16\\x03\\x01');
    case 3:
      return 'x'.repeat(random(70_000));
    default:
      return line;
  }
}

function drawLog(random: Random, lines: number, draw: (line: number) => string): string {
  let text = '';
  for (let line = 0; line < lines; line++) text += `${draw(line)}\n`;
  return random(2) === 0 ? text.slice(0, -1) : text;
}

void test('one log with lines of every kind', async (t) => {
  const random = createRandom(takeSeed(t));
  const log = join(temporaryFolder(t), 'access.log');
  writeFileSync(
    log,
    drawLog(random, 12_000, (line) => drawCombined(random, drawSeconds(random, line), 200)),
  );
  const { whole, said } = await compare([log]);
  assert.equal(whole.lines, 12_000);
  assert.ok(whole.parseFailures > 50, `${whole.parseFailures} failures`);
  assert.match(said, /line-too-long/);
});

void test('more paths than are kept apart, and than there are numbers for', async (t) => {
  const random = createRandom(takeSeed(t));
  const log = join(temporaryFolder(t), 'access.log');
  writeFileSync(log, '');
  // Paths that were not seen for a minute make room; in the middle there are too many in one.
  for (const [part, linesPerSecond] of [9, 500, 9].entries())
    appendFileSync(
      log,
      drawLog(random, 20_000, (line) =>
        drawCombined(random, part * 3000 + Math.floor(line / linesPerSecond), 30_000),
      ),
    );
  const { said } = await compare([log], { ...CONFIG, templatePaths: false, pathPatterns: ['/blog/*'] });
  assert.match(said, /\d requests are \(other\)/);
});

void test('logs that overlap, more than a thread reads, packed and plain, one of them cut off', async (t) => {
  const random = createRandom(takeSeed(t));
  const folder = temporaryFolder(t);
  const names = Array.from({ length: 11 }, (_, i) => {
    const name = join(folder, `${i}.log`);
    const text = drawLog(random, 2000, (line) =>
      drawCombined(random, drawSeconds(random, line) + i * 120, 100),
    );
    const packed = gzipSync(text);
    writeFileSync(name, i === 3 ? packed.subarray(0, packed.length / 2) : i % 2 === 1 ? packed : text);
    return name;
  });
  const { said, exitCode } = await compare(names);
  assert.match(said, /cut off/);
  assert.equal(exitCode, 1);
});

void test('clients behind proxies, and addresses that must not be kept', async (t) => {
  const random = createRandom(takeSeed(t));
  const log = join(temporaryFolder(t), 'access.log');
  const draw = (line: number): string =>
    `${drawCombined(random, drawSeconds(random, line), 50)} "203.0.113.${random(250)}, 10.0.0.${random(9)}"`;
  writeFileSync(log, drawLog(random, 8000, draw));
  const { told } = await compare([log], {
    ...CONFIG,
    logFormat:
      '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for"',
    realClientFrom: 'x-forwarded-for',
    trustedProxies: [readNetwork('10.0.0.0/8') ?? assert.fail()],
    anonymiseIp: true,
  });
  assert.match(told, /203\.0\.113\.0/);
  assert.doesNotMatch(told, /203\.0\.113\.[1-9]/);
});

void test('JSON lines, some with escapes and some broken', async (t) => {
  const random = createRandom(takeSeed(t));
  const log = join(temporaryFolder(t), 'access.log');
  const draw = (count: number): string => {
    const seconds = drawSeconds(random, count);
    const line = JSON.stringify({
      ts: FIRST_MS / 1000 + seconds,
      request: {
        client_ip: `10.0.0.${random(20)}`,
        method: METHODS[random(METHODS.length)],
        uri: random(9) === 0 ? '/caf\u00e9/"quoted"' : `/item/${random(50)}`,
        headers: { 'User-Agent': [AGENTS[random(AGENTS.length)]] },
      },
      duration: random(1e6) / 1e6,
      size: random(5000),
      status: [200, 200, 404, 500][random(4)],
    });
    if (random(40) === 0) return line.slice(0, random(line.length));
    return random(9) === 0 ? line.replaceAll('/', '\\/') : line;
  };
  writeFileSync(log, drawLog(random, 10_000, draw));
  const { whole } = await compare([log]);
  assert.ok(whole.parseFailures > 50, `${whole.parseFailures} failures`);
});

void test('a log whose directives change its fields', async (t) => {
  const random = createRandom(takeSeed(t));
  const log = join(temporaryFolder(t), 'u_ex.log');
  const fields = [
    ['date', 'time', 'c-ip', 'cs-method', 'cs-uri-stem', 'sc-status', 'time-taken'],
    ['date', 'time', 'sc-status', 'cs-method', 'cs-uri-stem', 'c-ip', 'cs(User-Agent)'],
  ];
  let current = fields[0] ?? [];
  const draw = (count: number): string => {
    const seconds = drawSeconds(random, count);
    const [date = '', time = ''] = new Date(FIRST_MS + seconds * 1000).toISOString().slice(0, 19).split('T');
    const values: Readonly<Record<string, string>> = {
      date,
      time,
      'c-ip': `10.0.0.${random(9)}`,
      'cs-method': 'GET',
      'cs-uri-stem': `/a/${random(30)}`,
      'sc-status': '200',
      'time-taken': String(random(900)),
      'cs(User-Agent)': 'curl/8.14.1',
    };
    const line = current.map((field) => values[field]).join(' ');
    if (random(500) > 0) return line;
    current = fields[random(2)] ?? [];
    return `${line}\n#Fields: ${current.join(' ')}`;
  };
  writeFileSync(log, `#Version: 1.0\n#Fields: ${current.join(' ')}\n${drawLog(random, 9000, draw)}`);
  const { whole } = await compare([log]);
  assert.equal(whole.requests, 9000);
});

void test('an empty log, and one that ends within its first line', async (t) => {
  const folder = temporaryFolder(t);
  const [empty, short] = [join(folder, 'empty.log'), join(folder, 'short.log')];
  writeFileSync(empty, '');
  writeFileSync(
    short,
    drawCombined((below) => below - 1, 0, 5),
  );
  assert.equal((await compare([empty, short])).whole.lines, 1);
  await compare([empty]);
});

void test('who has enough is told what was read so far', { timeout: 20_000 }, async (t) => {
  const random = createRandom(takeSeed(t));
  const log = join(temporaryFolder(t), 'access.log');
  writeFileSync(
    log,
    drawLog(random, 40_000, (line) => drawCombined(random, drawSeconds(random, line), 200)),
  );
  let looks = 0;
  const { told } = await replay([log], { isReadAhead: true, isInterrupted: () => ++looks > 3 });
  const whole = JSON.parse(told.trim().split('\n').at(-1) ?? '');
  assert.ok(whole.lines > 0 && whole.lines < 40_000, `${whole.lines} lines`);
});

void test('a thread that fails is not waited for', { timeout: 20_000 }, async () => {
  const thread = new ReadAhead({
    parser: { ...CONFIG, logFormat: '$nothing_that_there_is' },
    lineBytesMax: 1000,
  });
  const failure = await new Promise<Error>((resolve) => {
    const log = thread.open({ take: () => assert.fail(), fail: resolve });
    const memory = thread.takeMemory();
    thread.send({ log, memory, length: 10, pieceEnds: Int32Array.of(10), isLast: true, isCut: false });
  });
  assert.match(failure.message, /^the thread that reads logs ahead has failed: .*lacks a time/);
  thread.end();
});
