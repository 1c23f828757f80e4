// How many lines a second does fluffy read and aggregate, beside `wc -l`, mawk, a naive reader, mtail and GoAccess, on
// the same file in the same run? Builds its logs itself, checks every count, and ends with 1 when one is wrong.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeLog } from './access-log.ts';
import type { LogShape, Truth } from './access-log.ts';
import { readWithFluffy, replayWithFluffy } from './fluffy-reader.ts';
import { readNaively } from './naive-reader.ts';
import { execute, readWithGoAccess, readWithMawk, readWithMtail } from './other-readers.ts';

/** As many times as quick a replay shall be with a thread for each of two cores … */
const THREADS_RATIO_MIN = 1.7;
/** … on a log that takes some seconds: a thread has to start. */
const THREADS_LOG_FACTOR = 5;
/** Of the lines/s of combined that JSON shall reach: its lines are more than three times as long. */
const JSON_RATIO_MIN = 0.35;

interface Contender {
  readonly name: string;
  /** Reads the log; returns what is wrong with what it found, or null. */
  read(path: string, truth: Truth): Promise<string | null>;
  /** One round is enough: it takes many times as long as the others. */
  readonly isSlow?: boolean;
}

const folder = mkdtempSync(join(tmpdir(), 'fluffy-bench-'));

const CONTENDERS: readonly Contender[] = [
  { name: 'fluffy', read: async (path, truth) => compare(readWithFluffy(path), truth) },
  { name: 'wc -l', read: async (path, truth) => compareLines(execute('wc', ['-l', path]), truth) },
  { name: 'mawk', read: async (path, truth) => compare(readWithMawk(path), truth) },
  { name: 'tail + regex', read: async (path, truth) => compare(await readNaively(path, truth.lines), truth) },
  { name: 'mtail', read: async (path, truth) => compare(readWithMtail(path, folder), truth), isSlow: true },
  {
    name: 'goaccess',
    read: async (path, truth) => compare(readWithGoAccess(path, folder), truth),
    isSlow: true,
  },
];
/** A call of each that does nothing, to see whether it is there. */
const PROBES: Readonly<Record<string, readonly string[]>> = {
  mawk: ['BEGIN {}'],
  mtail: ['-version'],
  goaccess: ['--version'],
};

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
  },
});
const lines = Number(values.lines);
const rounds = Number(values.rounds);
if (!(Number.isInteger(lines) && lines > 0 && Number.isInteger(rounds) && rounds > 0))
  throw new RangeError('--lines and --rounds are whole numbers above 0');

const SHAPES: readonly LogShape[] = [
  { name: '1,000 lines a second, 10,000 paths', lines, linesPerSecond: 1000, distinctPaths: 10_000 },
  { name: '1 line a second, 10,000 paths', lines, linesPerSecond: 1, distinctPaths: 10_000 },
  { name: '1,000 lines a second, no path twice', lines, linesPerSecond: 1000, distinctPaths: lines },
  { name: '1 line a second, no path twice', lines, linesPerSecond: 1, distinctPaths: lines },
];

/** The same requests as Caddy logs them; their rate is compared with that of the first shape. */
const JSON_SHAPE: LogShape = {
  name: 'Caddy JSON, 1,000 lines a second, 10,000 paths',
  lines,
  linesPerSecond: 1000,
  distinctPaths: 10_000,
  format: 'caddy',
};

try {
  const present = CONTENDERS.filter(isPresent);
  for (const shape of SHAPES) await race(shape, present);
  compareFormats();
  compareThreads();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function race(shape: LogShape, contenders: readonly Contender[]): Promise<void> {
  const path = join(folder, 'access.log');
  const truth = writeLog(path, shape);
  const timesMs = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  // Round 0 warms up. In turn, not one after the other: what slows the machine for a while slows all of them.
  for (let round = 0; round <= rounds; round++) {
    for (const contender of contenders) {
      const { name, isSlow = false } = contender;
      if (isSlow && round !== 1) continue;
      const startedMs = performance.now();
      const wrong = await contender.read(path, truth);
      const elapsedMs = performance.now() - startedMs;
      if (wrong !== null) throw new Error(`WRONG COUNT: ${name}, ${shape.name}: ${wrong}`);
      if (round > 0) timesMs.get(name)?.push(elapsedMs);
    }
  }
  print(shape, timesMs);
}

/** In one run, file by file in turn: the ratio of the two rates does not depend on how quick the machine is today. */
function compareFormats(): void {
  const [combined] = SHAPES;
  if (combined === undefined) return;
  const logs = [combined, JSON_SHAPE].map((shape, index) => {
    const path = join(folder, `format-${index}.log`);
    return { shape, path, truth: writeLog(path, shape), timesMs: Array.of<number>() };
  });
  for (let round = 0; round <= rounds; round++) {
    for (const { shape, path, truth, timesMs } of logs) {
      const startedMs = performance.now();
      const wrong = compare(readWithFluffy(path), truth);
      const elapsedMs = performance.now() - startedMs;
      if (wrong !== null) throw new Error(`WRONG COUNT: fluffy, ${shape.name}: ${wrong}`);
      if (round > 0) timesMs.push(elapsedMs);
    }
  }
  const [combinedMs = Number.NaN, jsonMs = Number.NaN] = logs.map(({ timesMs }) => median(timesMs));
  const ratio = combinedMs / jsonMs;
  const rate = (ms: number): string => Math.round((lines / ms) * 1000).toLocaleString('en');
  process.stdout.write(
    `\n${lines} lines, combined: ${rate(combinedMs)} lines/s; Caddy JSON: ${rate(jsonMs)} lines/s, ` +
      `${ratio.toFixed(2)} x combined (the aim: ${JSON_RATIO_MIN})\n`,
  );
}

/** Whole processes, from their start to their end. */
function compareThreads(): void {
  const path = join(folder, 'replay.log');
  const shape = { ...(SHAPES[0] ?? JSON_SHAPE), lines: lines * THREADS_LOG_FACTOR };
  const truth = writeLog(path, shape);
  const timesMs: [number[], number[]] = [[], []];
  let threadsRead = 0;
  for (let round = 0; round <= rounds; round++) {
    for (const [i, threads] of [1, 2].entries()) {
      const startedMs = performance.now();
      const replayed = replayWithFluffy(path, threads);
      const elapsedMs = performance.now() - startedMs;
      if (replayed.lines !== truth.lines)
        throw new Error(`WRONG COUNT: replay with --threads ${threads}: ${replayed.lines} lines`);
      threadsRead = replayed.threads;
      if (round > 0) timesMs[i]?.push(elapsedMs);
    }
  }
  const [one, two] = timesMs.map(median);
  const ratio = (one ?? Number.NaN) / (two ?? Number.NaN);
  process.stdout.write(
    `\n${shape.lines} lines replayed, ${shape.name}: ${Math.round(one ?? 0)} ms by 1 thread, ${Math.round(two ?? 0)} ms by ${threadsRead}, ` +
      `${ratio.toFixed(2)} x (the aim: ${THREADS_RATIO_MIN})\n`,
  );
}

function print(shape: LogShape, timesMs: ReadonlyMap<string, readonly number[]>): void {
  const number = (value: number): string => Math.round(value).toLocaleString('en').padStart(12);
  const mawkMs = median(timesMs.get('mawk') ?? []);
  const out = [`\n${shape.lines} combined lines, ${shape.name}; ${rounds} rounds`];
  out.push('reader            lines/s       slowest       fastest   time / mawk');
  for (const [name, times] of timesMs) {
    const rates = times.map((ms) => (shape.lines / ms) * 1000);
    const ratio = (median(times) / mawkMs).toFixed(2).padStart(11);
    out.push(
      `${name.padEnd(13)}${number(median(rates))}  ${number(Math.min(...rates))}  ${number(Math.max(...rates))}  ` +
        (mawkMs > 0 ? ratio : ''),
    );
  }
  process.stdout.write(`${out.join('\n')}\n`);
}

function isPresent({ name }: Contender): boolean {
  const probe = PROBES[name];
  if (probe === undefined) return true;
  try {
    execute(name, probe);
    return true;
  } catch (error) {
    process.stdout.write(`${name} cannot be run and is left out: ${String(error)}\n`);
    return false;
  }
}

function compareLines(text: string, truth: Truth): string | null {
  const found = Number.parseInt(text, 10);
  return found === truth.lines ? null : `${found} lines, not ${truth.lines}`;
}

function compare(found: ReadonlyMap<number, number>, truth: Truth): string | null {
  const tell = (counts: ReadonlyMap<number, number>): string =>
    [...counts]
      .toSorted(([a], [b]) => a - b)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', ');
  return tell(found) === tell(truth.statuses) ? null : `${tell(found)}; not ${tell(truth.statuses)}`;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
