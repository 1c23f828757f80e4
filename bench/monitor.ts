// The monitor as people run it, in a process of its own over a temporary folder, and what it costs the machine. For
// the benchmarks of the live monitor; /proc makes them Linux's.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const ROOT = resolve(import.meta.dirname, '..');
/** Without it the process hasn't started. */
const READY_MS = 30_000;
/** The unit of CPU times in /proc, the same on every Linux of today (`getconf CLK_TCK`). */
const TICK_MS = 10;

export interface MonitorOptions {
  readonly folder: string;
  readonly port: number;
  /** Keys without their FLUFFY_ in front. */
  readonly settings: Readonly<Record<string, string>>;
  readonly form: Form;
}

/** How it is run. */
export interface Form {
  /** What `node` runs. */
  readonly entry: string;
  /** Flags of `node`. */
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export const SOURCES: Form = { entry: join(ROOT, 'bin', 'fluffy.js'), flags: [], environment: {} };

/** As the image runs it, by the Dockerfile; `npm run build` comes before. `folder`: where what it compiles is kept. */
export function readImageForm(folder: string): Form {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const entryPoint: unknown = JSON.parse(
    /^ENTRYPOINT (\[.*src\/main\.js"\])$/m.exec(dockerfile)?.[1] ?? 'null',
  );
  const arenas = /MALLOC_ARENA_MAX=(\d+)/.exec(dockerfile)?.[1];
  if (!Array.isArray(entryPoint) || arenas === undefined)
    throw new Error('the Dockerfile has changed its form');
  const entry = join(ROOT, 'dist', 'src', 'main.js');
  if (!existsSync(entry)) throw new Error('there is no dist/: npm run build makes it');
  return {
    entry,
    flags: entryPoint.slice(1, -1).map(String),
    environment: { MALLOC_ARENA_MAX: arenas, NODE_COMPILE_CACHE: join(folder, 'compiled') },
  };
}

export interface MonitorStatus {
  readonly totals: Readonly<Record<'lines' | 'requests' | 'errors' | 'bytes' | 'parseFailures', number>>;
  readonly sources: readonly { readonly lagBytes: number; readonly possibleLoss: number }[];
}

/** Resident memory in bytes, CPU time so far in milliseconds. */
export interface Cost {
  readonly residentBytes: number;
  readonly anonymousBytes: number;
  readonly cpuMs: number;
}

export class Monitor {
  readonly stdoutPath: string;
  readonly #port: number;
  readonly #child: ChildProcess;

  /** Starts it; stdout goes to the file `stdout` in the folder, stderr to `stderr`. */
  constructor({ folder, port, settings, form }: MonitorOptions) {
    this.#port = port;
    this.stdoutPath = join(folder, 'stdout');
    const stdout = openSync(this.stdoutPath, 'a');
    const stderr = openSync(join(folder, 'stderr'), 'a');
    const inherited = Object.entries(process.env).filter(([name]) => !/^(?:FLUFFY_|NODE_)/.test(name));
    const variables = Object.entries({ ...settings, HTTP_PORT: String(port) });
    this.#child = spawn(process.execPath, [...form.flags, form.entry, 'start'], {
      cwd: folder,
      env: {
        ...Object.fromEntries(inherited),
        NODE_ENV: 'production',
        ...form.environment,
        ...Object.fromEntries(variables.map(([key, value]) => [`FLUFFY_${key}`, value])),
      },
      stdio: ['ignore', stdout, stderr],
    });
    closeSync(stdout);
    closeSync(stderr);
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the monitor was not started');
    return pid;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Null while it does not answer. */
  async status(): Promise<MonitorStatus | null> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.#port}/status`);
      const status: unknown = await response.json();
      return status as MonitorStatus;
    } catch {
      return null;
    }
  }

  /** Resolves once it answers; rejects when it ends before, or after half a minute. */
  async ready(): Promise<void> {
    const endMs = Date.now() + READY_MS;
    while ((await this.status()) === null) {
      if (this.hasEnded || Date.now() > endMs) throw new Error('the monitor does not answer');
      await sleep(20);
    }
  }

  /** Resolves to what it says when it has counted so many lines, or at the deadline; null if it says nothing. */
  async counted(lines: number, deadlineMs: number): Promise<MonitorStatus | null> {
    const endMs = Date.now() + deadlineMs;
    let status = await this.status();
    while ((status?.totals.lines ?? 0) < lines && Date.now() < endMs && !this.hasEnded) {
      await sleep(50);
      status = await this.status();
    }
    return status;
  }

  /** Throws when the process is gone. */
  cost(): Cost {
    const status = readFileSync(`/proc/${this.pid}/status`, 'latin1');
    const kibibytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
    // The name in brackets may hold anything; the fields are counted from behind it.
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      residentBytes: kibibytes('VmRSS'),
      anonymousBytes: kibibytes('RssAnon'),
      cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    };
  }

  /** Ends it with SIGTERM. Resolves to its exit code; null when a signal ended it. */
  async end(): Promise<number | null> {
    if (!this.hasEnded) {
      const exit = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await exit;
    }
    return this.#child.exitCode;
  }
}
