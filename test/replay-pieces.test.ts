// A log that several threads read at once: what is told is, byte for byte, what one reader tells, wherever the pieces meet.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createClfTime } from '../generator/clf-time.ts';
import * as actions from '../src/actions.ts';
import { ANY } from '../src/alerts/rule.ts';
import { systemClock } from '../src/clock.ts';
import type { RuleSets } from '../src/commands/rule-sets.ts';
import type { Config } from '../src/config/schema.ts';
import { replayLogs } from '../src/replay.ts';
import { readHere } from '../src/replay/piece-here.ts';
import { readInThread } from '../src/replay/piece-worker.ts';
import type { Readers } from '../src/replay/reader.ts';
import { DEFAULT_CONFIG } from './config/default-config.ts';
import { temporaryFolder } from './monitor-process.ts';
import { ruleOf } from './alerts/traffic.ts';
import { createRandom, takeSeed } from './seed.ts';

const START = Date.UTC(2026, 10, 23, 8) / 1000;
const CONFIG: Config = {
  ...DEFAULT_CONFIG,
  logFormat:
    '$remote_addr - - [$time_local] "$request" $status $body_bytes_sent "-" "$http_user_agent" $request_time',
  alertWindowSeconds: 10,
  threshold: 40,
  latenessSeconds: 2,
};
const clfTime = createClfTime(0);

interface Given {
  readonly config?: Partial<Config>;
  readonly ruleSets?: RuleSets;
  readonly from?: string;
  readonly to?: string;
  readonly isText?: boolean;
  /** Otherwise all pieces are read by this one, in turns: a thread takes longer to start than to read such logs. */
  readonly areThreads?: boolean;
  readonly isInterrupted?: () => boolean;
  /** In place of either. */
  readonly readInThread?: Readers['inThread'];
}

interface Told {
  readonly exitCode: number;
  readonly text: string;
  /** Without how long it took. */
  readonly said: readonly string[];
  readonly threads: number;
}

async function replay(names: readonly string[], threads: number, given: Given = {}): Promise<Told> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const text: Buffer[] = [];
  stdout.on('data', (chunk: Buffer) => text.push(chunk));
  const exitCode = await replayLogs({
    ruleSets: given.ruleSets ?? [],
    failSeverity: null,
    config: { ...CONFIG, ...given.config },
    names,
    from: given.from,
    to: given.to,
    hasReports: false,
    isJson: given.isText !== true,
    isSummary: false,
    isTopGiven: false,
    threads,
    pieces: {
      bytesMin: 256 * 1024,
      readInThread: given.readInThread ?? (given.areThreads === true ? readInThread : readBeside),
    },
    clock: systemClock,
    stdin: Readable.from([]),
    stdout,
    stderr,
    isInterrupted: given.isInterrupted ?? (() => false),
  });
  const said = String(stderr.read() ?? '');
  return {
    exitCode,
    text: String(Buffer.concat(text)),
    said: said.replace(/ in [\d.]+ s.*$/m, '').split('\n'),
    threads: Number(/ by (\d+) threads/.exec(said)?.[1] ?? 1),
  };
}

/** As a thread does, with copies of all that is handed over. */
const readBeside: Readers['inThread'] = (task, to, listener) => {
  let isStopped = false;
  const reader = readHere(structuredClone(task), {
    ...listener,
    clock: systemClock,
    stdin: Readable.from([]),
    to,
    isStopped: () => isStopped,
  });
  const end = (): void => {
    isStopped = true;
    reader.end();
  };
  return { ...reader, outcome: async () => structuredClone(await reader.outcome()), stop: end, end };
};

/** Gives what was told, which must be the same. */
async function compare(names: readonly string[], threads: number, given: Given = {}): Promise<Told> {
  const one = await replay(names, 1, given);
  const several = await replay(names, threads, given);
  assert.equal(one.threads, 1);
  assert.deepEqual(several, { ...one, threads: several.threads });
  return several;
}

interface Shape {
  readonly seconds: number;
  /** Requests in a second, on average. */
  readonly rate: (second: number) => number;
  /** Of 1,000 requests so many fail with 500. */
  readonly errors?: (second: number) => number;
  /** Of 1,000 lines so many are late by up to 2 s, by up to a minute, and are no record. */
  readonly late?: number;
  readonly veryLate?: number;
  readonly broken?: number;
  readonly paths?: number;
  readonly prefix?: string;
  readonly startSeconds?: number;
}

function write(folder: string, name: string, shape: Shape, random: (below: number) => number): string {
  const { late = 0, veryLate = 0, broken = 0, paths = 300, prefix = 'p', startSeconds = START } = shape;
  const lines: { readonly at: number; readonly text: string }[] = [];
  for (let second = 0; second < shape.seconds; second++) {
    const wanted = shape.rate(second);
    const count = Math.floor(wanted) + (random(1000) < (wanted % 1) * 1000 ? 1 : 0);
    for (let i = 0; i < count; i++) {
      const isFailed = random(1000) < (shape.errors?.(second) ?? 10);
      const status = isFailed ? 500 : [200, 200, 200, 200, 200, 200, 200, 304, 304, 404][random(10)];
      const delay = random(1000) < late ? random(3) : random(1000) < veryLate ? random(60) : 0;
      const request = `${['GET', 'GET', 'POST'][random(3)]} /${prefix}/item-${random(paths)}x/${random(9)}?q=${random(99)} HTTP/1.1`;
      const time = clfTime((startSeconds + second) * 1000);
      const record =
        `192.0.2.${random(40)} - - [${time}] "${request}" ${status} ${random(90_000)} "-" "agent ${random(5)}" ` +
        `${(random(200) * (isFailed ? 9 : 1)) / 1000}`;
      lines.push({ at: second + delay, text: random(1000) < broken ? record.slice(0, random(90)) : record });
    }
  }
  const text = lines.toSorted((a, b) => a.at - b.at).map((line) => `${line.text}\n`);
  const path = join(folder, name);
  writeFileSync(path, text.join(''));
  return path;
}

/** Bursts of a minute every ten minutes, once a gap, errors for five minutes of each half hour. */
const RESTLESS: Shape = {
  seconds: 1800,
  rate: (second) =>
    second > 700 && second < 712 ? 0 : second % 600 < 60 ? 70 : 12 + 6 * Math.sin(second / 500),
  errors: (second) => (second % 1800 > 900 && second % 1800 < 1200 ? 300 : 8),
  late: 50,
  veryLate: 2,
  broken: 5,
};

/** `seed`: for a test that needs pieces that go together; of one log in some fifty a warm-up can't know all. */
function begin(t: TestContext, seed = takeSeed(t)): { folder: string; random: (below: number) => number } {
  return { folder: temporaryFolder(t), random: createRandom(seed) };
}

void test('bursts, errors, late and broken lines: alerts with their reasons and the report are the same', async (t) => {
  const { folder, random } = begin(t);
  const log = write(folder, 'access.log', RESTLESS, random);
  const told = await compare([log], 3, { areThreads: true });
  // Where a burst would make a warm-up too long, there is a piece less.
  assert.ok(told.threads >= 2);
  const alerts = told.text.split('\n').filter((line) => line.includes('"type":"alert"'));
  assert.ok(alerts.length >= 6, `${alerts.length}`);
  assert.ok(alerts.some((line) => line.includes('"reasons":[{')));
  await compare([log], 2, { isText: true });
});

void test('the rules that come with fluffy, and two sets of rules that are compared', async (t) => {
  const { folder, random } = begin(t, 1);
  const log = write(folder, 'access.log', { ...RESTLESS, seconds: 7200 }, random);
  const config = { hasDefaultRules: true, repeatSeconds: null };
  assert.equal((await compare([log], 2, { config })).threads, 2);
  const short = write(folder, 'short.log', RESTLESS, random);
  const rulesOf = (threshold: number) => ({ ...CONFIG, threshold });
  const ruleSets: RuleSets = [
    { name: 'old.yml', rules: rulesOf(30) },
    { name: 'new.yml', rules: rulesOf(50) },
  ];
  assert.equal((await compare([short], 2, { ruleSets, isText: true })).threads, 2);
});

void test('rules of every metric, and a time of maintenance', async (t) => {
  const { folder, random } = begin(t);
  const log = write(folder, 'access.log', RESTLESS, random);
  const where = { ...ANY, paths: ['/p/**'], methods: ['GET'] };
  const rules = [
    ruleOf({ name: 'clients', metric: 'unique-clients', threshold: 39, windowsSeconds: [20] }),
    ruleOf({ name: 'bytes', metric: 'bytes-rate', threshold: 800_000, windowsSeconds: [15], where }),
    ruleOf({
      name: 'slow',
      metric: 'latency-p95',
      threshold: 1.4,
      windowsSeconds: [10],
      previousSeconds: 40,
    }),
    ruleOf({
      name: 'slow-errors',
      metric: 'latency-p99',
      threshold: 900,
      windowsSeconds: [30],
      requestsMin: 20,
    }),
    ruleOf({
      name: 'errors',
      metric: 'error-rate',
      threshold: 3,
      windowsSeconds: [30, 10],
      recoverForSeconds: 20,
    }),
    ruleOf({ name: 'few', metric: 'request-rate', comparison: 'below', threshold: 10, windowsSeconds: [20] }),
    ruleOf({
      name: 'not-found',
      metric: 'status-rate',
      threshold: 2,
      where: { ...where, statuses: [{ first: 404, last: 404 }] },
      windowsSeconds: [10],
      forSeconds: 5,
    }),
    ruleOf({ name: 'unread', metric: 'parse-failure-rate', threshold: 2, windowsSeconds: [20] }),
    ruleOf({ name: 'silence', metric: 'silence', threshold: 3, windowsSeconds: [1], requestsMin: 0 }),
  ];
  const config = {
    alerts: rules,
    maintenance: [{ expression: '*/5 * * * *', durationSeconds: 60, rules: ['errors', 'clients'] }],
  };
  const told = await compare([log], 3, { config, isText: true });
  assert.ok(told.threads > 1);
  const fired = rules.filter(({ name }) =>
    new RegExp(`^ *${name} \\(.*: [1-9]\\d* alert`, 'm').test(told.text),
  );
  assert.ok(fired.length >= 7, told.text.slice(-3000));
});

void test('an alert that fires where pieces meet keeps its beginning and its peak', async (t) => {
  const { folder, random } = begin(t);
  const rates = [
    // Fires all the time, is highest in the first piece, and ends in the last one.
    (second: number) => (second < 100 ? 90 : second < 1400 ? 60 : 5),
    // Is highest in the last one.
    (second: number) => (second < 1200 ? 60 : second < 1250 ? 90 : 60),
  ];
  for (const [i, rate] of rates.entries()) {
    const log = write(folder, `${i}.log`, { seconds: 1500, rate }, random);
    const told = await compare([log], 3);
    assert.equal(told.threads, 3);
    const alerts = told.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'alert');
    const ids = new Set(alerts.map(({ id }) => id));
    assert.equal(ids.size, 1);
    if (i === 0)
      assert.ok(alerts.at(-1).state === 'resolved' && alerts.at(-1).peak > 80, JSON.stringify(alerts));
  }
});

void test('when the last reminder is longer ago than a warm-up knows, the piece before reads on', async (t) => {
  const { folder, random } = begin(t);
  const log = write(folder, 'access.log', { seconds: 900, rate: () => 60 }, random);
  const told = await compare([log], 2, { config: { repeatSeconds: 150 } });
  assert.equal(told.threads, 1);
  assert.ok(told.text.split('\n').filter((line) => line.includes('"isReminder":true')).length >= 5);
});

void test('more paths than are kept apart: one piece counts them all', async (t) => {
  const { folder, random } = begin(t);
  const shape = { seconds: 1500, rate: () => 14, paths: 30_000 };
  const full = await compare([write(folder, 'a.log', shape, random)], 3);
  assert.equal(full.threads, 1);
  // Each half alone has room for its own.
  const rotated = [
    write(folder, 'b.log', { ...shape, seconds: 900, paths: 6000, rate: () => 30 }, random),
    write(
      folder,
      'c.log',
      { ...shape, seconds: 900, startSeconds: START + 900, prefix: 'q', paths: 6000, rate: () => 30 },
      random,
    ),
  ];
  const told = await compare(rotated, 2);
  assert.equal(told.threads, 1);
});

void test('rotated logs, some of them packed; a log beside them; a span', async (t) => {
  // Into how many pieces logs can be cut depends on their lines.
  const { folder, random } = begin(t, 1);
  const logs = [0, 1, 2].map((i) =>
    write(
      folder,
      `access.log.${3 - i}`,
      { ...RESTLESS, seconds: 900, startSeconds: START + 900 * i },
      random,
    ),
  );
  const told = await compare(logs, 3);
  assert.equal(told.threads, 3);
  assert.equal((await compare(logs, 3, { from: '2026-11-23T08:05Z', to: '2026-11-23T08:40Z' })).threads, 3);
  const outside = await compare(logs, 3, { from: '2026-11-24', isText: true });
  assert.match(
    outside.said.join('\n'),
    /is inside --from and --to: they are from 2026-11-23 08:00:00 to 2026-/,
  );
  for (const log of logs) writeFileSync(`${log}.gz`, gzipSync(readFileSync(log)));
  const [first = '', second = '', third = ''] = logs;
  for (const names of [
    [`${first}.gz`, second, third],
    [first, `${second}.gz`, `${third}.gz`],
  ])
    assert.equal((await compare(names, 2)).threads, 2, names.join());
  assert.equal((await compare([`${first}.gz`, `${second}.gz`, `${third}.gz`], 3)).threads, 3);
  for (const log of [first, second]) {
    const packed = readFileSync(`${log}.gz`);
    writeFileSync(`${log}.gz`, packed.subarray(0, packed.length - 9));
  }
  const cut = await compare([`${first}.gz`, `${second}.gz`, `${third}.gz`], 3);
  assert.deepEqual([cut.exitCode, cut.said.filter((line) => line.includes('is cut off')).length], [1, 2]);
  const beside = write(folder, 'other.log', { seconds: 2700, rate: () => 1 }, random);
  assert.equal((await compare([...logs, beside], 3)).threads, 1);
});

void test('fields that a log names at its beginning are known in every piece', async (t) => {
  const { folder, random } = begin(t);
  const lines = [
    '#Version: 1.0',
    '#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-bytes time-taken',
  ];
  for (let i = 0; i < 60_000; i++) {
    const [date = '', time = ''] = new Date((START + Math.floor(i / 20)) * 1000).toISOString().split(/[T.]/);
    lines.push(
      `${date} ${time} 192.0.2.${random(9)} GET /a/${random(50)}/b 200 ${random(900)} ${random(90)}`,
    );
  }
  const log = join(folder, 'u_ex.log');
  writeFileSync(log, `${lines.join('\n')}\n`);
  const told = await compare([log], 3, { config: { logFormat: 'auto', threshold: 15 } });
  assert.equal(told.threads, 3);
  assert.match(told.text, /"requests":60000,/);
});

void test('a line that is no record is told by its number in the file, whoever has read it', async (t) => {
  const { folder, random } = begin(t, 1);
  const path = write(folder, 'access.log', { seconds: 3600, rate: () => 14, broken: 3 }, random);
  writeFileSync(path, `\n${readFileSync(path, 'latin1')}`);
  const { threads, said } = await compare([path], 3);
  assert.equal(threads, 3);
  const lines = readFileSync(path, 'latin1').split('\n');
  const places = said.flatMap((line) => / such as (\S+):(\d+):\d+: (.*)$/.exec(line)?.slice(1, 4) ?? []);
  assert.ok(places.length >= 6, said.join('\n'));
  for (let i = 0; i < places.length; i += 3) {
    assert.equal(places[i], path);
    assert.equal(lines[Number(places[i + 1]) - 1]?.slice(0, 200), places[i + 2]);
  }
});

void test('a log whose lines have no date is dated in every piece as in one, over midnight too', async (t) => {
  const { folder, random } = begin(t);
  for (const { start, linesPerSecond, threads } of [
    { start: '00:00:00', linesPerSecond: 20, threads: 3 },
    { start: '23:50:00', linesPerSecond: 20, threads: 3 },
    // Over three days: a piece in there can't know at which one it begins.
    { start: '23:00:00', linesPerSecond: 0.2, threads: 1 },
  ]) {
    const startSeconds = Date.parse(`2026-11-23T${start}Z`) / 1000;
    const lines = [
      `#Date: 2026-11-23 ${start}`,
      '#Fields: time c-ip cs-method cs-uri-stem sc-status sc-bytes',
    ];
    for (let i = 0; i < 60_000; i++) {
      const time = new Date((startSeconds + Math.floor(i / linesPerSecond)) * 1000)
        .toISOString()
        .slice(11, 19);
      lines.push(
        `${time} 192.0.2.${random(9)} GET /some/longer/path/${random(50)}/b 200 ${100 + random(900)}`,
      );
    }
    const log = join(folder, `u_ex${start.slice(0, 2)}.log`);
    writeFileSync(log, `${lines.join('\n')}\n`);
    const told = await compare([log], 3, { config: { logFormat: 'w3c', threshold: 15 } });
    assert.match(told.text, /"requests":60000,/);
    assert.equal(told.threads, threads);
  }
});

void test('a log whose lines are in no order is read in one piece', async (t) => {
  const { folder, random } = begin(t);
  const path = write(folder, 'access.log', { seconds: 900, rate: () => 14 }, random);
  const lines = readFileSync(path, 'latin1').trim().split('\n');
  writeFileSync(
    path,
    `${lines
      .map((line) => [random(1_000_000), line] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, line]) => line)
      .join('\n')}\n`,
  );
  assert.equal((await compare([path], 3)).threads, 1);
});

void test('what a thread that dies would have read, the piece before reads; one that has been joined already is missed', async (t) => {
  const { folder, random } = begin(t, 1);
  const log = write(folder, 'access.log', RESTLESS, random);
  const error = new Error('out of memory');
  const dying: Readers['inThread'] = () => ({
    outcome: async () => ({ kind: 'gone', error }),
    readOn: () => {},
    stop: () => {},
    end: () => {},
  });
  const none = { areThreads: false, readInThread: dying };
  assert.equal((await compare([log], 3, none)).threads, 1);
  // The second piece comes to its end, the third does not fit, and the second should read on.
  let count = 0;
  const readInTurn: Readers['inThread'] = (task, to, listener) => {
    if (++count === 2) return dying(task, to, listener);
    const reader = readBeside(task, to, listener);
    let outcomes = 0;
    return {
      ...reader,
      outcome: async () => (++outcomes === 1 ? reader.outcome() : { kind: 'gone', error }),
    };
  };
  await assert.rejects(replay([log], 3, { readInThread: readInTurn }), error);
});

void test('a log that is cut short while it is read', async (t) => {
  const { folder, random } = begin(t);
  const log = write(folder, 'access.log', RESTLESS, random);
  const text = readFileSync(log);
  // Before the first piece has come to its end.
  const cutShort: Readers['inThread'] = (task, to, listener) => {
    writeFileSync(log, text.subarray(0, 500_000));
    return readBeside(task, to, listener);
  };
  const told = await replay([log], 3, { readInThread: cutShort });
  const one = await replay([log], 1);
  assert.deepEqual(told, one);
});

void test('who interrupts gets what the first piece has read so far', async (t) => {
  const { folder, random } = begin(t);
  const log = write(folder, 'access.log', RESTLESS, random);
  let asked = 0;
  const told = await replay([log], 3, { areThreads: true, isInterrupted: () => ++asked > 8 });
  assert.match(told.said.join('\n'), /interrupted: this is what was read so far/);
  assert.match(told.text, /"isPartial":true/);
});

void test('a number of threads that is none is wrong use', async (t) => {
  for (const threads of ['0', '1.5', 'all', '']) {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const around = { cwd: temporaryFolder(t), env: {}, stdin: Readable.from([]), stdout, stderr };
    assert.equal(await actions.replay([], { threads }, { ...around, onInterrupt: () => {} }), 2);
    assert.equal(
      String(stderr.read()),
      `error: --threads must be a whole number from 1 on, got "${threads}"\n`,
    );
  }
});
