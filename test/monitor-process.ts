// fluffy as the program that people start: a child process in a temporary folder, and what a test can wait for.
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

export const ROOT = resolve(import.meta.dirname, '..');
/** The suite runs what `npm run build` makes, which starts in half the time; a file that is run alone, the sources. */
export const MAIN = resolve(ROOT, process.env['TESTED_MAIN'] ?? 'src/main.ts');

/** Generous: other processes may have the machine. */
const DEADLINE_MS = 45_000;
const LOOK_MS = 15;

/** Compiled code, shared by all processes, the tests' own too, and kept: they start in half the time. */
const COMPILE_CACHE = resolve(ROOT, process.env['NODE_COMPILE_CACHE'] ?? 'node_modules/.compiled');

/** Put away once more when all has ended: a monitor that is killed with its test may write until then. */
const folders: string[] = [];
const putAway = (folder: string): void => rmSync(folder, { recursive: true, force: true });
process.once('exit', () => folders.forEach(putAway));

export function temporaryFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'fluffy-'));
  folders.push(folder);
  test.after(() => putAway(folder));
  return folder;
}

/** A temporary folder with an `access.log` of this text. */
export function folderWithLog(test: TestContext, text = ''): string {
  const folder = temporaryFolder(test);
  writeFileSync(join(folder, 'access.log'), text);
  return folder;
}

/** Looks again and again until `look` gives something other than undefined. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const endMs = Date.now() + DEADLINE_MS;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > endMs) throw new Error(`waited in vain: ${what}`);
    await sleep(LOOK_MS);
  }
}

/** The text of a file; empty while it is not there. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunOptions {
  readonly folder: string;
  /** Keys without their FLUFFY_ in front. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Other variables. */
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: string;
  readonly entry?: string;
}

/** A run of fluffy. It is killed when the test ends and it has not ended by itself. */
export class Run {
  readonly child: ChildProcessWithoutNullStreams;
  readonly exit: Promise<Exit>;
  stdout = '';
  stderr = '';

  constructor(test: TestContext, options: RunOptions) {
    const { folder, settings = {}, args = ['start'], env = {}, node = process.execPath } = options;
    const inherited = Object.entries(process.env).filter(([name]) => !/^(?:FLUFFY_|NODE_)/.test(name));
    const variables = Object.entries(settings).map(([key, value]) => [`FLUFFY_${key}`, value]);
    this.child = spawn(node, [options.entry ?? MAIN, ...args], {
      cwd: folder,
      env: {
        ...Object.fromEntries([...inherited, ...variables]),
        HOME: folder,
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        ...env,
      },
    });
    this.child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    const ended = Promise.withResolvers<Exit>();
    this.child.on('error', ended.reject);
    this.child.on('close', (code, signal) => ended.resolve({ code, signal }));
    this.exit = ended.promise;
    test.after(async () => {
      this.child.kill('SIGKILL');
      await this.exit;
    });
  }

  /** The lines of the operational log on standard error. */
  logged(): readonly Record<string, unknown>[] {
    const lines = this.stderr.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
    return lines.map((line): Record<string, unknown> => JSON.parse(line));
  }

  /** Waits until a line with this message is on standard error. */
  async logs(message: string): Promise<Record<string, unknown>> {
    return this.#sees(`"${message}" on stderr`, () => this.logged().find(({ msg }) => msg === message));
  }

  /** Waits until standard output has `text`. */
  async says(text: string): Promise<void> {
    await this.#sees(`"${text}" on stdout`, () => (this.stdout.includes(text) ? true : undefined));
  }

  /** Waits until it watches; the address of its HTTP side. */
  async watches(): Promise<string> {
    const { port } = await this.logs('fluffy watches');
    return `http://127.0.0.1:${String(port)}`;
  }

  /** Sends the signal and waits for the end; how long that took, with the exit. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit & { readonly tookMs: number }> {
    const sentMs = performance.now();
    this.child.kill(signal);
    const exit = await this.exit;
    return { ...exit, tookMs: performance.now() - sentMs };
  }

  async #sees<T>(what: string, look: () => T | undefined): Promise<T> {
    return eventually(what, () => {
      const value = look();
      if (value !== undefined || this.child.exitCode === null) return value;
      throw new Error(`ended with ${this.child.exitCode} before ${what}:\n${this.stdout}${this.stderr}`);
    });
  }
}

/** Starts `fluffy start` on `access.log` in the folder, on any free port, with outputs in `data`. */
export function startMonitor(test: TestContext, options: RunOptions): Run {
  const settings = {
    FILENAME: 'access.log',
    START_FROM: 'beginning',
    HTTP_PORT: '0',
    LATENESS: '0',
    // Reports only when a test asks for them.
    REPORT_TIME: '1h',
    ...options.settings,
  };
  return new Run(test, { ...options, settings });
}

/** `count` combined lines of one second, 2026-11-23 at `time` (such as `22:14:00`). */
export function linesAt(time: string, count: number, path = '/report/user', status = 200): string {
  return linesOf(`23/Nov/2026:${time}`, count, path, status);
}

/** `count` combined lines of this very second: a log that is followed already is judged by the clock. */
export function linesNow(count: number): string {
  const [, , day = '', month = '', year = '', time = ''] =
    /(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date().toUTCString()) ?? [];
  return linesOf(`${day}/${month}/${year}:${time}`, count, '/report/user', 200);
}

function linesOf(time: string, count: number, path: string, status: number): string {
  return `192.0.2.7 - - [${time} +0000] "GET ${path} HTTP/1.1" ${status} 512 "-" "curl/8"\n`.repeat(count);
}
