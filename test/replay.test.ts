// Finished logs through the data path: the same as live would have told, whatever the files are packed in and however
// they are cut, named or ordered.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { systemClock } from '../src/clock.ts';
import type { Config } from '../src/config/schema.ts';
import { replayLogs } from '../src/replay.ts';
import { DEFAULT_CONFIG } from './config/default-config.ts';
import { createRandom } from './behaviour/torture.ts';
import { ROOT, temporaryFolder } from './monitor-process.ts';
import { PipelineRig } from './pipeline-rig.ts';
import { takeSeed } from './seed.ts';

const RULE = { alertWindowSeconds: 10, threshold: 30 };
const CONFIG: Config = { ...DEFAULT_CONFIG, ...RULE, templatePaths: false, reportTop: 10_000 };

const MINUTE = ['22:14:05', '22:14:06', '22:14:59', '22:15:00', '22:15:31', '22:20:07'].map(
  (time) => `192.0.2.1 - - [23/Nov/2026:${time} +0000] "GET /a HTTP/1.1" 200 10\n`,
);

interface Given {
  readonly config?: Partial<Config>;
  readonly from?: string;
  readonly to?: string | undefined;
  readonly hasReports?: boolean;
  readonly isText?: boolean;
  readonly isTopGiven?: boolean;
  readonly threads?: number;
  readonly stdin?: Readable;
  readonly isInterrupted?: () => boolean;
}

async function replay(names: readonly string[], given: Given = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const exitCode = await replayLogs({
    ruleSets: [],
    failSeverity: null,
    config: { ...CONFIG, ...given.config },
    names,
    from: given.from,
    to: given.to,
    hasReports: given.hasReports ?? false,
    isJson: given.isText !== true,
    isSummary: false,
    isTopGiven: given.isTopGiven ?? false,
    threads: given.threads ?? 1,
    clock: systemClock,
    stdin: given.stdin ?? Readable.from([]),
    stdout,
    stderr,
    isInterrupted: given.isInterrupted ?? (() => false),
  });
  const text = String(stdout.read() ?? '');
  const events =
    given.isText === true
      ? []
      : text
          .trim()
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line));
  return {
    exitCode,
    text,
    said: String(stderr.read() ?? ''),
    alerts: events.filter(({ type }) => type === 'alert'),
    reports: events.filter(({ type }) => type === 'report'),
    whole: events.at(-1),
  };
}

/** Ten minutes with three bursts, some broken lines and some late ones. */
function generate(folder: string) {
  const [log, truth] = [join(folder, 'access.log'), join(folder, 'truth.json')];
  const options = ['--quiet', '--fast', '--rate', '20', '--duration', '10m', '--burst', '80@60s+30s/180s'];
  const odd = [
    '--broken-share',
    '1%',
    '--late-share',
    '5%',
    '--start',
    '2026-11-23T22:14:00Z',
    '--seed',
    '7',
  ];
  const generator = join(ROOT, 'generator', 'main.ts');
  const args = [generator, ...options, ...odd, '--file', log, '--truth', truth];
  assert.equal(spawnSync(process.execPath, args, { stdio: 'inherit' }).status, 0);
  return { log, text: readFileSync(log, 'latin1'), truth: JSON.parse(readFileSync(truth, 'utf8')) };
}

/** `30/Nov/2026:10:00:00` of a line, in seconds since the epoch; of a line without one, those of the line before. */
function timesOf(lines: readonly string[]): number[] {
  let last = Number.NaN;
  return lines.map((line) => {
    const [, day, month, rest] = /\[(\d\d)\/(\w{3})\/(\d{4}:[\d:]{8}) \+0000\]/.exec(line) ?? [];
    const [year = '', ...clock] = (rest ?? '').split(':');
    if (rest !== undefined) last = Date.parse(`${day} ${month} ${year} ${clock.join(':')} UTC`) / 1000;
    return last;
  });
}

/** The alerts of a monitor that saw each line in the second of its time, or `delays` later. */
function liveAlerts(lines: readonly string[], delays: readonly number[] = []) {
  const times = timesOf(lines);
  const rig = new PipelineRig({
    latenessSeconds: 2,
    windowSeconds: RULE.alertWindowSeconds,
    threshold: RULE.threshold,
  });
  const arrivals = lines
    .map((line, i) => ({ line, at: (times[i] ?? 0) + (delays[i] ?? 0) }))
    .toSorted((a, b) => a.at - b.at);
  rig.nowMs = Math.floor(arrivals[0]?.at ?? 0) * 1000;
  for (const { line, at } of arrivals) {
    while (rig.nowMs / 1000 + 1 <= at) rig.advance(1);
    rig.write('a.log', `${line}\n`);
  }
  rig.advance(60);
  return { alerts: rig.alerts, arrivals: arrivals.map(({ line }) => line) };
}

const tell = ({ id, state, value, time }: Record<string, unknown>): unknown[] => [id, state, value, time];

void test('a replay tells the alerts that the live monitor told, and its report is what was written', async (t) => {
  const { log, text, truth } = generate(temporaryFolder(t));
  const { alerts, whole, exitCode, said } = await replay([log]);
  const live = liveAlerts(text.split('\n').slice(0, -1)).alerts;
  assert.equal(live.length, 6);
  assert.deepEqual(
    alerts.map(tell),
    live.map(({ timeSeconds, ...alert }) =>
      tell({ ...alert, time: new Date(timeSeconds * 1000).toISOString() }),
    ),
  );
  assert.equal(exitCode, 0);
  assert.equal(whole.lines, truth.totals.lines);
  assert.equal(whole.requests, truth.totals.requests);
  assert.equal(whole.errors, truth.totals.errors);
  assert.equal(whole.bytes, truth.totals.bytes);
  assert.equal(whole.parseFailures, truth.totals.lines - truth.totals.requests);
  const counts = Object.entries<Record<string, number>>(truth.paths).map(([path, byStatus]) => [
    path,
    Object.values(byStatus).reduce((sum, count) => sum + count, 0),
  ]);
  assert.deepEqual(
    Object.fromEntries(whole.paths.map(({ path, count }: { path: string; count: number }) => [path, count])),
    Object.fromEntries(counts),
  );
  assert.match(said, /^read [\d,]+ lines of 1 file in /);
});

void test('lines that arrive shuffled within the lateness change no alert, live or replayed', async (t) => {
  const folder = temporaryFolder(t);
  const lines = generate(folder).text.split('\n').slice(0, -1);
  const random = createRandom(takeSeed(t));
  const inOrder = liveAlerts(lines);
  // The generator's own late lines take up some of the lateness.
  const shuffled = liveAlerts(
    lines,
    lines.map(() => random() * 0.99),
  );
  assert.deepEqual(shuffled.alerts, inOrder.alerts);
  writeFileSync(join(folder, 'shuffled.log'), `${shuffled.arrivals.join('\n')}\n`, 'latin1');
  const { alerts } = await replay([join(folder, 'shuffled.log')]);
  assert.deepEqual(
    alerts.map(({ id }) => id),
    inOrder.alerts.map(({ id }) => id),
  );
});

void test('rotated, packed and oddly named files are one log, whichever way they are given', async (t) => {
  const folder = temporaryFolder(t);
  const { log, text } = generate(folder);
  const wanted = await replay([log]);
  const lines = text.split('\n').slice(0, -1);
  const cut = (from: number, to: number): Buffer =>
    Buffer.from(`${lines.slice(from, to).join('\n')}\n`, 'latin1');
  const [a, b, c] = [
    Math.floor(lines.length / 4),
    Math.floor(lines.length / 2),
    Math.floor((lines.length * 3) / 4),
  ];
  mkdirSync(join(folder, 'old'));
  const old = (name: string, bytes: Buffer): void => writeFileSync(join(folder, 'old', name), bytes);
  old('access.log', cut(c, lines.length).subarray(0, -1));
  // Two frames, as a parallel compressor writes.
  old('access.log.1', Buffer.concat([zstdCompressSync(cut(b, b + 5)), zstdCompressSync(cut(b + 5, c))]));
  // Two members, as appending to a packed file gives.
  old('access.log.2.gz', Buffer.concat([gzipSync(cut(a, a + 7)), gzipSync(cut(a + 7, b))]));
  old('z.gz', cut(0, a));
  linkSync(join(folder, 'old', 'z.gz'), join(folder, 'old', 'the-same'));
  const { alerts, whole, said, exitCode } = await replay([
    join(folder, 'old', '*'),
    join(folder, 'old', 'access.log'),
  ]);
  assert.equal(exitCode, 0);
  assert.deepEqual(alerts, wanted.alerts);
  assert.deepEqual(whole, wanted.whole);
  assert.equal(said.match(/is named more than once, and read once/g)?.length, 2);
  const piped = await replay([], { stdin: Readable.from([cut(0, b), cut(b, lines.length)]) });
  assert.deepEqual(piped.whole, wanted.whole);
});

void test('logs that overlap in time are counted together', async (t) => {
  const folder = temporaryFolder(t);
  const { log, text } = generate(folder);
  const { alerts, whole } = await replay([log]);
  const parts = ['', '', ''];
  for (const [i, line] of text.split('\n').slice(0, -1).entries()) parts[i % 3] += `${line}\n`;
  for (const [i, part] of parts.entries()) writeFileSync(join(folder, `part${i}.log`), part, 'latin1');
  const together = await replay([0, 1, 2].map((i) => join(folder, `part${i}.log`)));
  // Reasons come of samples: which requests of a busy second they hold depends on the order of its lines.
  const withoutReasons = (all: object[]) => all.map((alert) => ({ ...alert, explanation: null }));
  assert.deepEqual(withoutReasons(together.alerts), withoutReasons(alerts));
  assert.deepEqual(together.whole, whole);
});

void test('a file that is cut off counts as far as it goes, and the exit code tells', async (t) => {
  const folder = temporaryFolder(t);
  const { text } = generate(folder);
  const packed = gzipSync(Buffer.from(text, 'latin1'));
  writeFileSync(join(folder, 'cut.gz'), packed.subarray(0, packed.length >> 1));
  writeFileSync(
    join(folder, 'damaged.gz'),
    Buffer.concat([packed.subarray(0, 1000), Buffer.alloc(1000, 0x55)]),
  );
  const cut = await replay([join(folder, 'cut.gz')]);
  assert.equal(cut.exitCode, 1);
  assert.ok(cut.whole.requests > 3000 && cut.whole.requests < 12_000, String(cut.whole.requests));
  assert.match(cut.said, /cut\.gz: the file is cut off: what could be unpacked was read/);
  const damaged = await replay([join(folder, 'damaged.gz')]);
  assert.equal(damaged.exitCode, 1);
  assert.match(damaged.said, /damaged\.gz: the file is (damaged|cut off): what could be unpacked was read/);
});

void test('what cannot be read is told all at once, before any work', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'good.log'), '');
  const { exitCode, said, text } = await replay([
    join(folder, 'good.log'),
    join(folder, 'none.log'),
    folder,
    `${folder}/*.gz`,
  ]);
  assert.equal(exitCode, 1);
  assert.equal(text, '');
  assert.deepEqual(said.trim().split('\n'), [
    `${folder}/none.log: no such file`,
    `${folder}: is a directory; name the logs in it, such as "${folder}/*"`,
    `${folder}/*.gz: no file matches`,
  ]);
  const empty = await replay([join(folder, 'good.log')]);
  assert.deepEqual([empty.exitCode, empty.whole.lines, empty.whole.requests], [1, 0, 0]);
});

void test('a log that begins as another one does, packed or not, is told; what only its fields have in common is not', async (t) => {
  const folder = temporaryFolder(t);
  const lineAt = (second: number): string =>
    `192.0.2.7 - - [23/Nov/2026:22:14:${10 + second} +0000] "GET /a HTTP/1.1" 200 5\n`;
  const fields = '#Fields: date time cs-method cs-uri-stem sc-status\n';
  const write = (name: string, bytes: string | Buffer): void => writeFileSync(join(folder, name), bytes);
  write('a.log', lineAt(0).repeat(40));
  write('a.log.gz', gzipSync(lineAt(0).repeat(40)));
  write('b.log', lineAt(1).repeat(40));
  write('c.log', fields);
  write('d.log', fields);
  const { said, whole } = await replay([join(folder, '*')]);
  const told = said.split('\n').filter((line) => line.includes('begins as'));
  assert.deepEqual(told, [
    `${folder}/a.log.gz: begins as ${folder}/a.log does: if one is a copy of the other, its requests are counted twice`,
  ]);
  assert.equal(whole.requests, 120);
});

void test('what holds no record of an access log is told, without a report', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'passwd'), 'root:x:0:0:root:/root:/bin/bash\n');
  writeFileSync(join(folder, 'old.bz2'), 'BZh91AY&SY');
  const { exitCode, text, said } = await replay([join(folder, 'passwd')], { isText: true });
  assert.deepEqual([exitCode, text], [1, '']);
  assert.match(said, /none of it is a record of an access log; fluffy check FILE tells more/);
  writeFileSync(join(folder, 'empty.log'), '');
  const empty = await replay([join(folder, 'empty.log')], { isText: true });
  assert.match(empty.said, /there is not a single line in it/);
  const packed = await replay([join(folder, 'old.bz2')]);
  assert.equal(
    packed.said,
    `${folder}/old.bz2: is packed by bzip2, which fluffy does not unpack: pipe it in by bzip2 -dc FILE\n`,
  );
});

void test('standard input may be packed too, and is given up when it is closed', async () => {
  const packed = gzipSync(Buffer.from(MINUTE.join('')));
  const stdin = Readable.from([packed.subarray(0, 20), packed.subarray(20)]);
  assert.equal((await replay(['-'], { stdin })).whole.requests, 6);
  const idle = new PassThrough();
  idle.write(`${MINUTE.join('')}half a li`);
  let looks = 0;
  // As main does at SIGINT.
  const isInterrupted = (): boolean => {
    if (++looks === 2) setImmediate(() => idle.destroy());
    return looks > 2;
  };
  const { whole, said } = await replay([], { stdin: idle, isInterrupted });
  assert.deepEqual([whole.requests, whole.lines, whole.isPartial], [6, 6, true]);
  assert.match(said, /^interrupted: this is what was read so far\n/);
});

void test('--from and --to choose a span; what is outside is passed over and told', async (t) => {
  const log = join(temporaryFolder(t), 'access.log');
  writeFileSync(log, MINUTE.join(''));
  const { whole, said } = await replay([log], { from: '2026-11-23T22:14:06Z', to: '2026-11-23 22:15:31' });
  assert.deepEqual([whole.requests, whole.lines, whole.outsideRecords], [3, 6, 3]);
  assert.deepEqual([whole.from, whole.to], ['2026-11-23T22:14:06.000Z', '2026-11-23T22:15:31.000Z']);
  assert.match(said, /3 requests were outside --from and --to/);
  assert.match(said, /\nno alert would have fired\n/);
  const wrong = await replay([log], { from: '2026-11-24', to: '2026-11-23' });
  assert.deepEqual([wrong.exitCode, wrong.said], [2, 'error: --to must be after --from\n']);
  assert.equal((await replay([log], { from: 'yesterday' })).exitCode, 2);
});

void test('of logs with nothing inside the span it is told from when to when they are', async (t) => {
  const folder = temporaryFolder(t);
  const [whole, beginning] = [join(folder, 'a.log'), join(folder, 'b.log')];
  writeFileSync(whole, MINUTE.slice(1).join(''));
  writeFileSync(beginning, MINUTE.slice(0, 1).join(''));
  const { exitCode, said, text } = await replay([whole, beginning], { from: '2026-11-24', isText: true });
  assert.deepEqual([exitCode, text], [0, '']);
  assert.match(
    said,
    /^read 6 lines of 2 files in .*\nnone of the 6 requests is inside --from and --to: they are from 2026-11-23 22:14:05 to 2026-11-23 22:20:07 UTC\n$/,
  );
  assert.match(
    (await replay([beginning], { to: '2026-11-23', isText: true })).said,
    /\nthe only request is outside --from and --to: it is of 2026-11-23 22:14:05 UTC\n$/,
  );
});

void test('alerts that a time of maintenance holds back are counted', async (t) => {
  const log = join(temporaryFolder(t), 'access.log');
  writeFileSync(log, Array.from({ length: 400 }, () => MINUTE[0]).join(''));
  const maintenance = [{ expression: '*/5 * * * *', durationSeconds: 600, rules: null }];
  const { alerts, said } = await replay([log], { config: { maintenance } });
  assert.deepEqual(alerts, []);
  assert.match(said, /^one alert would have been held back by maintenance, and told to nobody$/m);
  assert.doesNotMatch(said, /no alert/);
});

void test('an alert recovers in the quiet time before --to, and stays open without', async (t) => {
  const log = join(temporaryFolder(t), 'access.log');
  writeFileSync(log, Array.from({ length: 400 }, () => MINUTE[0]).join(''));
  const states = async (to?: string) => (await replay([log], { to })).alerts.map(({ state }) => state);
  assert.deepEqual(await states(), ['firing']);
  assert.match(
    (await replay([log])).said,
    /the alert of 2026-11-23T22:14:06\.000Z has not recovered by the end/,
  );
  assert.match((await replay([log], { config: { threshold: 1000 } })).said, /no alert would have fired/);
  assert.deepEqual(await states('2026-11-23T22:14:30Z'), ['firing', 'resolved']);
});

void test('--reports tells the reports that were due, by interval or cron, but for empty ones, and the running one', async (t) => {
  const log = join(temporaryFolder(t), 'access.log');
  writeFileSync(log, MINUTE.join(''));
  const spans = async (reportTime: Config['reportTime'], timezone = 'UTC') =>
    (await replay([log], { hasReports: true, config: { reportTime, timezone } })).reports
      .slice(0, -1)
      .map(({ from, to, requests }) => `${from.slice(11, 19)} ${to.slice(11, 19)} ${requests}`);
  assert.deepEqual(await spans({ kind: 'interval', seconds: 60 }), [
    '22:14:00 22:15:00 3',
    '22:15:00 22:16:00 2',
    '22:20:00 22:20:08 1',
  ]);
  assert.deepEqual(await spans({ kind: 'cron', expression: '*/5 * * * *' }), [
    '22:10:00 22:15:00 3',
    '22:15:00 22:20:00 2',
    '22:20:00 22:20:08 1',
  ]);
  // 22:15 UTC is four o'clock in Nepal.
  assert.deepEqual(await spans({ kind: 'cron', expression: '0 4 * * *' }, 'Asia/Kathmandu'), [
    '22:15:00 22:15:00 3',
    '22:15:00 22:20:08 3',
  ]);
});

void test('as text it is the alert lines and the report with the cow', async (t) => {
  const log = join(temporaryFolder(t), 'access.log');
  writeFileSync(log, Array.from({ length: 400 }, () => MINUTE[0]).join(''));
  appendFileSync(log, 'no line of a log\n');
  const { text, said } = await replay([log], { isText: true });
  assert.equal(
    text,
    `Monitor on alert 40 requests/sec at time 2026-11-23 22:14:06.000000 +0000 UTC
  why: 40 requests/s over 10s (400 requests), above 30 requests/s; /a 100 % of requests; one client, 192.0.2.1, sends 100 %
         (__)
         (oo)
   /------\\/
  / |    ||
 *  /\\---/\\
    ~~   ~~
--------------------------------------------------------------------
                Report for DATE: 2026-11-23 22:14:06 UTC
--------------------------------------------------------------------
PATH                    COUNT
--------------------------------------------------------------------
/a                              400

---ERROR RATE: 0.00%----
400 requests from 2026-11-23 22:14:05 UTC to 2026-11-23 22:14:06 UTC

`,
  );
  assert.match(
    said,
    /access\.log: 1 line could not be read as common: format-mismatch, such as \S+\/access\.log:401:9: no line of a log\n/,
  );
});

void test('the place of a line that could not be read is told in characters, as an editor counts them', async (t) => {
  const log = join(temporaryFolder(t), 'access.log');
  writeFileSync(log, `${MINUTE[0]}${MINUTE[1]?.replace('/a', '/café/🦀').replace('200', '2x0')}`);
  const { said } = await replay([log]);
  assert.match(said, /bad-status, such as \S+\/access\.log:2:67: /);
});

void test('an interrupted replay tells what it has read, as partial', async (t) => {
  const { log } = generate(temporaryFolder(t));
  let looks = 0;
  const { whole } = await replay([log], { isInterrupted: () => ++looks > 2 });
  assert.equal(whole.isPartial, true);
  assert.ok(whole.requests > 0 && whole.requests < 20_000);
});

void test('a report stands before the alerts that come after its boundary, although no line fell in between', async (t) => {
  const log = join(temporaryFolder(t), 'access.log');
  const line = (time: string): string =>
    `192.0.2.1 - - [23/Nov/2026:${time} +0000] "GET /a HTTP/1.1" 200 10\n`;
  writeFileSync(log, line('22:14:55').repeat(400) + line('22:16:30'));
  const { text } = await replay([log], {
    hasReports: true,
    config: { reportTime: { kind: 'interval', seconds: 60 } },
  });
  const told = text
    .trim()
    .split('\n')
    .map((event): Record<string, unknown> => JSON.parse(event))
    .map(({ type, state, time, to }) => [type, state ?? '', String(time ?? to).slice(11, 19)].join(' '));
  assert.deepEqual(told, [
    'alert firing 22:14:56',
    'report  22:15:00',
    'alert resolved 22:15:06',
    'report  22:16:31',
    'report  22:16:31',
  ]);
});

void test('JSON names every path of the whole span, and as many as --top says', async (t) => {
  const log = join(temporaryFolder(t), 'access.log');
  const lines = Array.from({ length: 30 }, (_, i) => (MINUTE[0] ?? '').replace('/a', `/page-${i}`));
  writeFileSync(log, lines.join(''));
  const config = { reportTop: 20 };
  const all = (await replay([log], { config })).whole;
  assert.deepEqual([all.paths.length, all.furtherPaths], [30, 0]);
  const top = (await replay([log], { config, isTopGiven: true })).whole;
  assert.deepEqual([top.paths.length, top.furtherPaths, top.furtherRequests], [20, 10, 10]);
});

void test('thousands of files are one log, and all of them are told of', async (t) => {
  const folder = temporaryFolder(t);
  const { log, text } = generate(folder);
  const wanted = (await replay([log])).whole;
  mkdirSync(join(folder, 'parts'));
  const lines = text.split('\n').slice(0, -1);
  const random = createRandom(takeSeed(t));
  let count = 0;
  for (let start = 0; start < lines.length; count++) {
    const end = start + 1 + Math.floor(random() * 15);
    // Names say nothing about the order.
    const name = `${Math.floor(random() * 1e9).toString(36)}-${count}`;
    writeFileSync(join(folder, 'parts', name), `${lines.slice(start, end).join('\n')}\n`, 'latin1');
    start = end;
  }
  const { whole, said } = await replay([join(folder, 'parts', '*')]);
  assert.ok(count > 1500, String(count));
  assert.match(said, new RegExp(`^read [\\d,]+ lines of ${count.toLocaleString('en')} files in`));
  assert.deepEqual([whole.lines, whole.requests, whole.bytes], [wanted.lines, wanted.requests, wanted.bytes]);
  assert.deepEqual(whole.paths, wanted.paths);
});

void test('a JSON log with keys of its own is replayed by the field map, in the order of its times', async (t) => {
  const folder = temporaryFolder(t);
  const line = (second: number): string =>
    `{"when":"2026-11-23T22:14:0${second}Z","line":"GET /${second} HTTP/1.1","ts":1,"status":404,"size":5}\n`;
  writeFileSync(join(folder, 'b.log'), line(1));
  writeFileSync(join(folder, 'a.log'), line(3));
  const config = { jsonFields: { time: ['when'], request: ['line'] } };
  const { whole } = await replay([join(folder, 'a.log'), join(folder, 'b.log')], { config });
  const { from, to, requests, errors, bytes, parseFailures, lateRecords } = whole;
  assert.deepEqual(
    { from, to, requests, errors, bytes, parseFailures, lateRecords },
    {
      from: '2026-11-23T22:14:01.000Z',
      to: '2026-11-23T22:14:04.000Z',
      requests: 2,
      errors: 2,
      bytes: 10,
      parseFailures: 0,
      lateRecords: 0,
    },
  );
});
