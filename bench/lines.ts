// What keeping log lines for alerts costs: the same log through the data path of the monitor without and with them, in
// turn. Prints the CPU time of a line, and what that is of a core at the log's rate.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeLog } from './access-log.ts';
import { readWithFluffy } from './fluffy-reader.ts';

const RATES = [5000, 100, 1] as const;

const { values } = parseArgs({
  options: { lines: { type: 'string', default: '500000' }, rounds: { type: 'string', default: '7' } },
});
const lines = Number(values.lines);
const rounds = Number(values.rounds);
if (!(Number.isInteger(lines) && lines > 0 && Number.isInteger(rounds) && rounds > 0))
  throw new RangeError('--lines and --rounds are whole numbers above 0');

const folder = mkdtempSync(join(tmpdir(), 'fluffy-bench-'));
try {
  for (const rate of RATES) {
    const path = join(folder, `${rate}.log`);
    writeLog(path, { name: 'lines', lines, linesPerSecond: rate, distinctPaths: 10_000 });
    measure(path, rate);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function measure(path: string, rate: number): void {
  const without: number[] = [];
  const withLines: number[] = [];
  // The first round warms up.
  for (let round = 0; round <= rounds; round++)
    for (const [hasLines, micros] of [
      [false, without],
      [true, withLines],
    ] as const) {
      const spent = cpuOf(() => readWithFluffy(path, { hasLines }));
      if (round > 0) micros.push(spent / lines);
    }
  const [before, after] = [median(without), median(withLines)];
  const share = (rate * (after - before)) / 1e4;
  process.stdout.write(
    `${rate} lines a second: ${before.toFixed(3)} µs of CPU a line without, ${after.toFixed(3)} with; ` +
      `at that rate ${share.toFixed(3)} % of a core more\n`,
  );
}

/** Microseconds of the process, its collector of garbage included. */
function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
