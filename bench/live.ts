// What the live monitor costs and how soon it knows: rate through `tail`, CPU and memory under steady load, delay of
// lines and alerts, time to start. Prints a table, and ends with 1 when a target is missed.
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createClfTime } from '../generator/clf-time.ts';
import { findFreePort } from '../test/free-port.ts';
import { writeLog } from './access-log.ts';
import type { LogShape } from './access-log.ts';
import { replayWithFluffy } from './fluffy-reader.ts';
import { Monitor, readImageForm, SOURCES } from './monitor.ts';

const BACKLOG_LINES = 1_000_000;
/** Of which the start of the process is a smaller part. */
const LONG_BACKLOG_LINES = 4_000_000;
const STEADY_RATE = 5000;
/** The code is compiled anew while it is young. */
const WARM_UP_MS = 20_000;
const DEADLINE_MS = 60_000;
const LATENESS_MS = 2000;
const MIB = 1024 * 1024;

interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The value must be at most this, or at least if `isFloor`; null for what is only told. */
  readonly target: number | null;
  readonly isFloor?: boolean;
}

const { values } = parseArgs({
  options: {
    /** As the image runs it, after `npm run build`; otherwise from its sources. */
    image: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
if (!(seconds > 0 && Number.isInteger(rounds) && rounds > 0))
  throw new RangeError('--seconds and --rounds are numbers above 0');
const compiled = mkdtempSync(join(tmpdir(), 'fluffy-compiled-'));
const form = values.image ? readImageForm(compiled) : SOURCES;
const clfTime = createClfTime(0);

interface Place {
  readonly folder: string;
  readonly log: string;
  readonly start: (settings?: Readonly<Record<string, string>>) => Promise<Monitor>;
}

const rows = [
  ...(await inPlace(measureStart)),
  ...(await inPlace(measureLineDelay)),
  ...(await inPlace(measureAlertDelay)),
  ...(await inPlace(measureSteady)),
  ...(await inPlace(measureOldRate)),
  ...(await inPlace(measureNewRate)),
  ...(await inPlace(measurePlainRate)),
];
rmSync(compiled, { recursive: true });
print(values.image ? 'as the image runs it' : 'from its sources');
for (const { what, value, unit, target, isFloor = false } of rows) {
  const isMet = target === null || (isFloor ? value >= target : value <= target);
  if (!isMet) process.exitCode = 1;
  const wish = target === null ? '' : `${isFloor ? 'at least' : 'at most'} ${target}`;
  print(
    `${what.padEnd(44)} ${value.toFixed(2).padStart(9)} ${unit.padEnd(26)} ${wish.padEnd(14)} ${isMet ? '' : 'MISSED'}`,
  );
}

async function inPlace(measure: (place: Place) => Promise<Row[]>): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fluffy-bench-'));
  mkdirSync(join(folder, 'logs'));
  const log = join(folder, 'logs', 'access.log');
  closeSync(openSync(log, 'a'));
  const monitors: Monitor[] = [];
  const start = async (settings: Readonly<Record<string, string>> = {}): Promise<Monitor> => {
    const all = { START_FROM: 'beginning', ...settings };
    const monitor = new Monitor({
      folder,
      port: await findFreePort(),
      settings: all,
      form,
    });
    monitors.push(monitor);
    return monitor;
  };
  try {
    return await measure({ folder, log, start });
  } finally {
    for (const monitor of monitors) await monitor.end();
    rmSync(folder, { recursive: true });
  }
}

/** From the start of the process until it has understood the first line, by its own log. */
async function measureStart({ folder, log, start }: Place): Promise<Row[]> {
  append(log, 100);
  const timesMs = [];
  for (let round = 0; round < rounds + 2; round++) {
    rmSync(join(folder, 'data'), { recursive: true, force: true });
    rmSync(join(folder, 'stderr'), { force: true });
    const startedMs = Date.now();
    const monitor = await start();
    timesMs.push((await firstLineMs(folder)) - startedMs);
    await monitor.end();
  }
  return [{ what: 'start of the process to first line', value: median(timesMs), unit: 'ms', target: 300 }];
}

async function measureLineDelay({ log, start }: Place): Promise<Row[]> {
  const monitor = await start();
  await monitor.ready();
  const delaysMs = [];
  for (let lines = 1; lines <= 50; lines++) {
    await sleep(20);
    const writtenMs = performance.now();
    append(log, 1);
    while (((await monitor.status())?.totals.lines ?? 0) < lines) {
      if (performance.now() - writtenMs > DEADLINE_MS) throw new Error('a line was not counted');
      await sleep(2);
    }
    delaysMs.push(performance.now() - writtenMs);
  }
  // Of 50 the 99th percentile is the largest.
  return [
    { what: 'a line written until it is in /status, p50', value: median(delaysMs), unit: 'ms', target: 200 },
    { what: 'the same, p99', value: Math.max(...delaysMs), unit: 'ms', target: 200 },
  ];
}

/** From the end of the second that tipped the alert; the lateness, for which every second waits, is taken off. */
async function measureAlertDelay({ log, start }: Place): Promise<Row[]> {
  const monitor = await start({ THRESHOLD: '10', ALERT_WINDOW: '10s', LATENESS: `${LATENESS_MS}ms` });
  await monitor.ready();
  await sleep(1000 - (Date.now() % 1000) + 300);
  const second = Math.floor(Date.now() / 1000);
  append(log, 200);
  await find(monitor.stdoutPath, 'Monitor on alert');
  const delayMs = Date.now() - (second + 1) * 1000 - LATENESS_MS;
  return [{ what: 'an alert after its second and the lateness', value: delayMs, unit: 'ms', target: 1500 }];
}

/** One `write` a line, as a server without buffering does. */
async function measureSteady({ log, start }: Place): Promise<Row[]> {
  const monitor = await start();
  await monitor.ready();
  const file = openSync(log, 'a');
  let written = 0;
  const write = async (durationMs: number): Promise<void> => {
    const [fromMs, before] = [performance.now(), written];
    for (let atMs = 0; atMs < durationMs; atMs = performance.now() - fromMs) {
      const due = before + Math.floor((atMs * STEADY_RATE) / 1000);
      while (written < due) writeSync(file, line(written++));
      await sleep(1);
    }
  };
  await write(WARM_UP_MS);
  const [before, beforeMs] = [monitor.cost(), performance.now()];
  await write(seconds * 1000);
  const [after, elapsedMs] = [monitor.cost(), performance.now() - beforeMs];
  closeSync(file);
  await mustCount(monitor, written);
  const cpuShare = ((after.cpuMs - before.cpuMs) / elapsedMs) * 100;
  return [
    { what: `CPU of one core at ${STEADY_RATE} lines/s`, value: cpuShare, unit: '%', target: 3 },
    { what: 'resident memory then', value: after.residentBytes / MIB, unit: 'MiB', target: 100 },
  ];
}

/** Of two months ago, which history keeps by the hour. */
async function measureOldRate(place: Place): Promise<Row[]> {
  return [ratioRow('lines through `tail`, of two months ago', await measureRate(place, {}))];
}

/** Up to this moment, of which history keeps ten seconds, minutes and hours. */
async function measureNewRate(place: Place): Promise<Row[]> {
  return [ratioRow('the same up to now', await measureRate(place, { endMs: Date.now() }))];
}

async function measurePlainRate(place: Place): Promise<Row[]> {
  const measured: Row[] = [];
  for (const [what, lines] of [
    ['the same without history', BACKLOG_LINES],
    ['the same of four times as many lines', LONG_BACKLOG_LINES],
  ] as const) {
    const ratio = await measureRate(place, { lines, endMs: Date.now() }, { HISTORY: 'off' });
    measured.push({ ...ratioRow(what, ratio), target: null });
  }
  return measured;
}

function ratioRow(what: string, ratio: number): Row {
  return { what, value: ratio, unit: 'of the rate of replay', target: 0.5, isFloor: true };
}

/**
 * The rate of a file that is there when the monitor starts, from its first lines on, of that of a replay with one thread: each in a
 * process of its own, whose code is compiled while it reads. Lines that were appended to a log which the monitor has read to its
 * end would all be late.
 */
async function measureRate(
  { folder, log, start }: Place,
  { lines = BACKLOG_LINES, ...end }: Partial<Pick<LogShape, 'endMs' | 'lines'>>,
  settings: Readonly<Record<string, string>> = {},
): Promise<number> {
  writeLog(log, { name: 'live', lines, linesPerSecond: 1000, distinctPaths: 10_000, ...end });
  const [liveRates, replayRates]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const replayed = replayWithFluffy(log, 1, form);
    if (replayed.lines !== lines) throw new Error(`WRONG COUNT: ${replayed.lines} replayed of ${lines}`);
    replayRates.push(replayed.linesPerSecond);
    rmSync(join(folder, 'data'), { recursive: true, force: true });
    rmSync(join(folder, 'stderr'), { force: true });
    const monitor = await start(settings);
    const firstMs = await firstLineMs(folder);
    await mustCount(monitor, lines);
    liveRates.push((1000 * lines) / (Date.now() - firstMs));
    await monitor.end();
  }
  return median(liveRates) / median(replayRates);
}

/** When the monitor had understood the first line, by its own log: milliseconds since the epoch. */
async function firstLineMs(folder: string): Promise<number> {
  const found = await find(join(folder, 'stderr'), 'log format found');
  const entry: { readonly time: string } = JSON.parse(found);
  return Date.parse(entry.time);
}

async function mustCount(monitor: Monitor, lines: number): Promise<void> {
  const counted = (await monitor.counted(lines, DEADLINE_MS))?.totals.lines;
  if (counted !== lines) throw new Error(`WRONG COUNT: ${counted}, but ${lines} were written`);
}

function append(log: string, lines: number): void {
  const file = openSync(log, 'a');
  for (let i = 0; i < lines; i++) writeSync(file, line(i));
  closeSync(file);
}

/** A combined line of this moment. */
function line(number: number): string {
  const [host, path] = [number % 250, number % 997];
  return (
    `203.0.113.${host} - - [${clfTime(Date.now())}] "GET /shop/item-${path}x HTTP/1.1" 200 ${number % 50_000} ` +
    '"https://shop.example/" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"\n'
  );
}

/** The first line of the file with this text in it, once it is there. */
async function find(path: string, text: string): Promise<string> {
  const endMs = Date.now() + DEADLINE_MS;
  while (Date.now() < endMs) {
    const found = readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .find((one) => one.includes(text));
    if (found !== undefined) return found;
    await sleep(5);
  }
  throw new Error(`waited in vain for: ${text}`);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
