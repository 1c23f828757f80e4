// Does the monitor's memory stay flat? A log at a steady rate that is rotated in every way, for half an hour, and the
// resident memory of the monitor beside it, sampled every second. Ends with 1 when memory grows or a line is missing.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { findFreePort } from '../test/free-port.ts';
import { Victim } from '../test/torture/victim.ts';

const GENERATOR = resolve(import.meta.dirname, '..', 'generator', 'main.ts');
const WARM_UP_MINUTES = 2;
/** What a heap that breathes may seem to grow by; a leak of 20 bytes a line is 137 MB an hour. */
const GROWTH_MAX_MB_PER_HOUR = 15;
const SLICE_MINUTES = 5;
const SETTLE_MS = 10_000;
/** `CLK_TCK` of Linux. */
const TICKS_PER_SECOND = 100;

interface Sample {
  readonly minute: number;
  readonly megabytes: number;
}

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, rate: { type: 'string', default: '2000' } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0 && Number(values.rate) > 0))
  throw new RangeError('--minutes and --rate are numbers above 0');

const folder = mkdtempSync(join(tmpdir(), 'fluffy-soak-'));
try {
  await soak();
} finally {
  rmSync(folder, { recursive: true });
}

async function soak(): Promise<void> {
  mkdirSync(join(folder, 'logs'));
  const settings = { START_FROM: 'beginning', THRESHOLD: '1000000', MAX_FILE_SIZE: '1MiB' };
  const victim = new Victim({ folder, port: await findFreePort(), settings });
  victim.start();
  await victim.ready();
  const generator = generate();
  const samples: Sample[] = [];
  const startedMs = performance.now();
  while (generator.exitCode === null) {
    await sleep(1000);
    samples.push({
      minute: (performance.now() - startedMs) / 60_000,
      megabytes: residentMegabytes(victim.pid),
    });
  }
  const cpuShare = cpuSeconds(victim.pid) / ((performance.now() - startedMs) / 1000);
  await sleep(SETTLE_MS);
  const { totals: truth } = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8'));
  const seen = (await victim.status())?.totals['lines'] ?? 0;
  await victim.end('SIGTERM');
  report(samples, cpuShare, { seen, written: truth.lines });
}

function generate(): ReturnType<typeof spawn> {
  const options = {
    file: join(folder, 'logs', 'access.log'),
    truth: join(folder, 'truth.json'),
    rate: values.rate,
    duration: `${Math.round(minutes * 60)}s`,
    paths: '5000',
    clients: '5000',
    rotate: 'rename+copytruncate@20s',
    'reopen-delay': '1s',
    keep: '2',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return spawn(process.execPath, [GENERATOR, '--quiet', ...args], { stdio: 'inherit' });
}

function report(
  samples: readonly Sample[],
  cpuShare: number,
  lines: { readonly seen: number; readonly written: number },
): void {
  const print = (line: string): boolean => process.stdout.write(`${line}\n`);
  print(
    `${values.rate} lines/s for ${minutes} min, rotated every 20 s: ${lines.seen} of ${lines.written} lines seen`,
  );
  print(`CPU: ${(cpuShare * 100).toFixed(1)} % of one core`);
  for (let from = 0; from < minutes; from += SLICE_MINUTES) {
    const slice = samples
      .filter(({ minute }) => minute >= from && minute < from + SLICE_MINUTES)
      .map(({ megabytes }) => megabytes)
      .toSorted((a, b) => a - b);
    const median = slice[slice.length >> 1] ?? Number.NaN;
    print(
      `minute ${from} to ${from + SLICE_MINUTES}: resident ${median.toFixed(1)} MB, at most ${(slice.at(-1) ?? 0).toFixed(1)} MB`,
    );
  }
  const growth =
    growthPerMinute(samples.filter(({ minute }) => minute >= Math.min(WARM_UP_MINUTES, minutes / 2))) * 60;
  print(`growth after ${WARM_UP_MINUTES} min: ${growth.toFixed(1)} MB an hour`);
  const isLong = minutes > 2 * SLICE_MINUTES;
  if (lines.seen !== lines.written || (isLong && growth > GROWTH_MAX_MB_PER_HOUR)) process.exitCode = 1;
}

/** Slope of the least-squares line. */
function growthPerMinute(samples: readonly Sample[]): number {
  const mean = (numbers: readonly number[]): number =>
    numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
  const x = mean(samples.map(({ minute }) => minute));
  const y = mean(samples.map(({ megabytes }) => megabytes));
  const covariance = samples.reduce((sum, s) => sum + (s.minute - x) * (s.megabytes - y), 0);
  return covariance / samples.reduce((sum, s) => sum + (s.minute - x) ** 2, 0);
}

function residentMegabytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
