// Runs of the generator for its tests: inside this process with a clock that moves only by waiting, or as the
// program that people start.
import { spawn } from 'node:child_process';
import { linkSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createArchive } from '../../generator/archive.ts';
import { readCommandLine } from '../../generator/command-line.ts';
import { runToFile, type Writer } from '../../generator/file-run.ts';
import { FileWriter } from '../../generator/file-writer.ts';
import { logPaths } from '../../generator/line-source.ts';
import type { Options } from '../../generator/options.ts';
import type { Surroundings } from '../../generator/surroundings.ts';
import { Truth } from '../../generator/truth.ts';

export const MAIN = fileURLToPath(new URL('../../generator/main.ts', import.meta.url));

export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'generator-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function optionsOf(argv: readonly string[]): Options {
  const commandLine = readCommandLine(argv);
  if (commandLine.kind !== 'run') throw new Error(JSON.stringify(commandLine));
  return commandLine.options;
}

export function problemsOf(argv: readonly string[]): readonly string[] {
  const commandLine = readCommandLine(argv);
  return commandLine.kind === 'problems' ? commandLine.problems : [];
}

export interface FakeSurroundings extends Surroundings {
  readonly waitsMs: number[];
  readonly stopNow: () => void;
}

/** The clock starts at `startMs` and moves by what is waited for. */
export function fakeSurroundings(
  startMs: number,
  onWait: (nowMs: number) => void = () => {},
): FakeSurroundings {
  let nowMs = startMs;
  const controller = new AbortController();
  const waitsMs: number[] = [];
  return {
    now: () => nowMs,
    wait: async (ms) => {
      nowMs += ms;
      waitsMs.push(ms);
      onWait(nowMs);
    },
    stop: controller.signal,
    onProgress: () => {},
    waitsMs,
    stopNow: () => controller.abort(),
  };
}

export interface TruthJson {
  ending: string;
  format: string | null;
  totals: Record<string, number>;
  broken: Record<string, number>;
  rotations: Record<string, number>;
  failures: Record<string, number>;
  statuses: Record<string, number>;
  paths: Record<string, Record<string, number>>;
  seconds: Record<string, Record<string, Record<string, number>>>;
}

export function truthJson(truth: Truth, options: Options): TruthJson {
  const format = options.target.kind === 'file' ? options.target.format : null;
  const header = { seed: options.mix.seed, target: options.target.kind, format };
  return JSON.parse([...truth.toJson(header, 'complete')].join(''));
}

/** Runs into `folder`/access.log; deleted generations are kept by a second link. */
export async function runInside(
  folder: string,
  argv: readonly string[],
  surroundings: Surroundings = fakeSurroundings(Date.UTC(2026, 10, 23, 22, 14)),
): Promise<TruthJson> {
  const path = join(folder, 'access.log');
  const options = optionsOf(['--file', path, ...argv]);
  const { target } = options;
  if (target.kind !== 'file') throw new Error('not a file');
  const { stop, wait } = surroundings;
  const archive = target.rotation === null ? null : createArchive(path, target.archiveNames, target.keep);
  const writer = new FileWriter({ path, archive, truncateDelayMs: target.truncateDelayMs, wait, stop });
  const truth = new Truth(logPaths(options.mix));
  try {
    await runToFile({ target, options, writer: keepDeleted(writer, path), truth, surroundings });
  } finally {
    writer.close();
  }
  return truthJson(truth, options);
}

function keepDeleted(writer: FileWriter, path: string): Writer {
  let deletedCount = 0;
  return {
    get bytesWritten() {
      return writer.bytesWritten;
    },
    write: (bytes) => writer.write(bytes),
    rotate: (step, timeMs) => {
      if (step === 'delete') linkSync(path, `${path}.deleted-${++deletedCount}`);
      return writer.rotate(step, timeMs);
    },
  };
}

/** All generations of the log, one after another in no particular order. */
export function allGenerations(folder: string): Buffer {
  return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
}

export interface Exit {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface Started {
  readonly process: ReturnType<typeof spawn>;
  readonly exit: Promise<Exit>;
}

/** Compiled code of the generator, shared by all its processes: they start in half the time. */
const compileCache = mkdtempSync(join(tmpdir(), 'generator-compiled-'));
process.once('exit', () => rmSync(compileCache, { recursive: true, force: true }));

export function startMain(argv: readonly string[]): Started {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  });
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exit = new Promise<Exit>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: Buffer.concat(stdout), stderr }));
  });
  return { process: child, exit };
}
