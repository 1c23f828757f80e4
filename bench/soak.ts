// Does the monitor's memory stay flat, and does it count every line, over a long time under a rotated log? Prints
// memory for each slice of time and its slope, and ends with 1 when a count differs or the slope is too steep.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { findFreePort } from '../test/free-port.ts';
import { Monitor, readImageForm, ROOT, SOURCES } from './monitor.ts';
import type { Cost, MonitorStatus } from './monitor.ts';

const RATE = 2000;
const ROTATE_SECONDS = 20;
const SAMPLE_MS = 1000;
/** Until then heaps grow to their working size, and what is kept of the last 15 minutes fills; a short run gives half of its time. */
const WARM_UP_MS = 960_000;
const SLICE_MS = 300_000;
/** For the monitor to read the end of the log. */
const CATCH_UP_MS = 30_000;
/** Below half an hour the slope is noise: it is printed, and not judged. */
const JUDGED_MS = 25 * 60_000;
/** The last seconds are counted when they close, which is after the lateness of 2 s. */
const SETTLE_MS = 5000;
const MIB = 1024 * 1024;

interface Sample extends Cost {
  readonly atMs: number;
  /** Null when /status did not answer. */
  readonly lagBytes: number | null;
}

interface Truth {
  readonly lines: number;
  readonly requests: number;
  readonly errors: number;
  readonly bytes: number;
  readonly brokenLines: number;
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    /** As the image runs it, after `npm run build`; otherwise from its sources. */
    image: { type: 'boolean', default: false },
    /** The slope of resident memory that is still called flat. */
    'mib-per-hour': { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
  },
});
const minutes = Number(values.minutes);
const slopeMax = Number(values['mib-per-hour']);
if (!(minutes > 0 && slopeMax >= 0)) throw new RangeError('--minutes and --mib-per-hour are numbers above 0');

const folder = mkdtempSync(join(tmpdir(), 'fluffy-soak-'));
print(`soak of ${minutes} min: ${RATE} lines/s, a rotation every ${ROTATE_SECONDS} s, seed ${values.seed}`);
const differences = await soak();
for (const failure of differences) print(`FAILED: ${failure}`);
if (differences.length === 0) rmSync(folder, { recursive: true });
else print(`everything is in ${folder}`);
process.exitCode = differences.length === 0 ? 0 : 1;

async function soak(): Promise<string[]> {
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'logs', 'access.log'), '');
  const settings = { START_FROM: 'beginning' };
  const form = values.image ? readImageForm(folder) : SOURCES;
  const monitor = new Monitor({ folder, port: await findFreePort(), settings, form });
  await monitor.ready();
  const generator = generate();
  const samples: Sample[] = [];
  const startedMs = performance.now();
  while (generator.exitCode === null && !monitor.hasEnded) {
    await sleep(SAMPLE_MS);
    const status = await monitor.status();
    if (!monitor.hasEnded) samples.push(sample(monitor, status, performance.now() - startedMs));
  }
  generator.kill();
  const truth = readTruth();
  await monitor.counted(truth.lines, CATCH_UP_MS);
  await sleep(SETTLE_MS);
  const status = await monitor.status();
  const exit = await monitor.end();
  const failures = [...compare(truth, status), ...report(samples)];
  if (exit !== 0) failures.push(`the monitor ended with ${exit}`);
  return failures;
}

function generate(): ReturnType<typeof spawn> {
  const options = {
    file: join(folder, 'logs', 'access.log'),
    truth: join(folder, 'truth.json'),
    rate: String(RATE),
    duration: `${minutes}m`,
    seed: values.seed,
    'broken-share': '0.5%',
    rotate: `random@${ROTATE_SECONDS}s`,
    'reopen-delay': '60ms',
    keep: '10',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const program = join(ROOT, 'generator', 'main.ts');
  return spawn(process.execPath, [program, '--quiet', ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
}

function sample(monitor: Monitor, status: MonitorStatus | null, atMs: number): Sample {
  return { atMs, ...monitor.cost(), lagBytes: status?.sources[0]?.lagBytes ?? null };
}

function readTruth(): Truth {
  const truth: { readonly totals: Truth } = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8'));
  return truth.totals;
}

/** One line for each count that differs. */
function compare(truth: Truth, status: MonitorStatus | null): string[] {
  if (status === null) return ['the monitor does not answer'];
  const { lines, requests, errors, bytes, parseFailures } = status.totals;
  print(`lines: ${lines} counted, ${truth.lines} written; lines that are no request: ${parseFailures}`);
  const pairs = [
    ['lines', lines, truth.lines],
    ['requests', requests, truth.requests],
    ['errors', errors, truth.errors],
    ['bytes', bytes, truth.bytes],
    ['broken lines', parseFailures, truth.brokenLines],
    ['possible losses', status.sources[0]?.possibleLoss ?? -1, 0],
  ] as const;
  return pairs.flatMap(([name, actual, expected]) =>
    actual === expected ? [] : [`${name}: ${actual}, but it should be ${expected}`],
  );
}

/** Prints the table, and gives a line if memory grows. */
function report(samples: readonly Sample[]): string[] {
  const last = samples.at(-1);
  if (last === undefined) return ['there is no sample'];
  const warmUpMs = Math.min(WARM_UP_MS, last.atMs / 2);
  const warm = samples.filter(({ atMs }) => atMs >= warmUpMs);
  const [first = last] = warm;
  print('\nminutes     resident MiB: median     max    anonymous: median     max    CPU %    lag KiB: max');
  for (let fromMs = 0; fromMs < last.atMs; fromMs += SLICE_MS) {
    const slice = samples.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + SLICE_MS);
    if (slice.length > 1) print(row(slice));
  }
  const slope = slopeMibPerHour(warm);
  const cpuShare = (last.cpuMs - first.cpuMs) / (last.atMs - first.atMs);
  const silent = samples.filter(({ lagBytes }) => lagBytes === null).length;
  print(`\nafter ${Math.round(warmUpMs / 1000)} s of warm-up: ${mib(first.residentBytes)} MiB resident`);
  print(`from there: ${slope.toFixed(2)} MiB an hour, ${(cpuShare * 100).toFixed(1)} % of one core`);
  print(`samples: ${samples.length}, of which /status gave no answer: ${silent}`);
  const isJudged = last.atMs >= JUDGED_MS;
  return isJudged && slope > slopeMax
    ? [`memory grows by ${slope.toFixed(2)} MiB an hour, more than ${slopeMax}`]
    : [];
}

function row(slice: readonly Sample[]): string {
  const [first, last] = [slice[0], slice.at(-1)];
  if (first === undefined || last === undefined) return '';
  const resident = slice.map(({ residentBytes }) => residentBytes);
  const anonymous = slice.map(({ anonymousBytes }) => anonymousBytes);
  const cpuShare = ((last.cpuMs - first.cpuMs) / (last.atMs - first.atMs)) * 100;
  const lag = Math.max(...slice.map(({ lagBytes }) => lagBytes ?? 0)) / 1024;
  const span = `${Math.round(first.atMs / 60_000)} to ${Math.round(last.atMs / 60_000)}`;
  return [
    span.padEnd(12),
    mib(median(resident)).padStart(20),
    mib(Math.max(...resident)).padStart(8),
    mib(median(anonymous)).padStart(21),
    mib(Math.max(...anonymous)).padStart(8),
    cpuShare.toFixed(1).padStart(9),
    lag.toFixed(0).padStart(16),
  ].join('');
}

/** By least squares. */
function slopeMibPerHour(samples: readonly Sample[]): number {
  const hours = samples.map(({ atMs }) => atMs / 3_600_000);
  const mebibytes = samples.map(({ residentBytes }) => residentBytes / MIB);
  const [meanX, meanY] = [mean(hours), mean(mebibytes)];
  let [products, squares] = [0, 0];
  for (const [i, x] of hours.entries()) {
    products += (x - meanX) * ((mebibytes[i] ?? 0) - meanY);
    squares += (x - meanX) ** 2;
  }
  return products / squares;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0) / numbers.length;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
