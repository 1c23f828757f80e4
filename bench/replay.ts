// What do more cores give a replay? The same `fluffy replay` of the same log, bound to one core and to none, in turn; ends
// with 1 when they do not tell the same. Needs `taskset` of util-linux, and what `npm run build` makes.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeLog } from './access-log.ts';
import type { LogShape } from './access-log.ts';
import { execute } from './other-readers.ts';

const PROGRAM = resolve(import.meta.dirname, '..', 'dist', 'src', 'main.js');

const { values } = parseArgs({
  options: { lines: { type: 'string', default: '3000000' }, rounds: { type: 'string', default: '5' } },
});
const lines = Number(values.lines);
const rounds = Number(values.rounds);

const SHAPES: readonly LogShape[] = [
  { name: 'combined, 1,000 lines a second', lines, linesPerSecond: 1000, distinctPaths: 10_000 },
  { name: 'combined, 1 line a second', lines, linesPerSecond: 1, distinctPaths: 10_000 },
  {
    name: 'Caddy JSON, 1,000 lines a second',
    lines,
    linesPerSecond: 1000,
    distinctPaths: 10_000,
    format: 'caddy',
  },
];

const folder = mkdtempSync(join(tmpdir(), 'fluffy-bench-'));
process.stdout.write(
  `${lines} lines, ${rounds} rounds, ${availableParallelism()} cores; median (fastest to slowest)\n`,
);
try {
  for (const shape of SHAPES) compare(shape);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function compare(shape: LogShape): void {
  const path = join(folder, 'access.log');
  writeLog(path, shape);
  const [oneMs, allMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const one = timed(oneMs, 'taskset', ['-c', '0', process.execPath, PROGRAM, 'replay', '--json', path]);
    const all = timed(allMs, process.execPath, [PROGRAM, 'replay', '--json', path]);
    if (one !== all) {
      process.stdout.write(`${shape.name}: DIFFERENT\n`);
      process.exitCode = 1;
    }
  }
  const ratio = median(oneMs) / median(allMs);
  process.stdout.write(
    `${shape.name}: one core ${tell(oneMs)}, all ${tell(allMs)}: ${ratio.toFixed(2)} x as quick\n`,
  );
}

function timed(timesMs: number[], program: string, parameters: readonly string[]): string {
  const startedMs = performance.now();
  const text = execute(program, parameters);
  timesMs.push(performance.now() - startedMs);
  return text;
}

function tell(timesMs: readonly number[]): string {
  const seconds = (ms: number): string => (ms / 1000).toFixed(2);
  return `${seconds(median(timesMs))} s (${seconds(Math.min(...timesMs))} to ${seconds(Math.max(...timesMs))})`;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
