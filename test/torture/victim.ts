// The monitor under torture: a process that is killed and started again over the same folder, all of whose output is
// kept in one file.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const MAIN = resolve(import.meta.dirname, '..', '..', 'src', 'main.ts');

const READY_MS = 30_000;

export interface VictimOptions {
  readonly folder: string;
  readonly port: number;
  /** Keys without their FLUFFY_ in front. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface VictimStatus {
  readonly totals: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly sources: readonly { readonly lagBytes: number; readonly possibleLoss: number }[];
}

export class Victim {
  readonly #options: VictimOptions;
  #child: ChildProcess | null = null;

  constructor(options: VictimOptions) {
    this.#options = options;
  }

  get #logPath(): string {
    return join(this.#options.folder, 'monitor.log');
  }

  start(): void {
    const { folder, port, settings } = this.#options;
    const variables = Object.entries({ ...settings, HTTP_PORT: String(port) });
    const stdout = openSync(join(folder, 'events.jsonl'), 'a');
    const stderr = openSync(this.#logPath, 'a');
    this.#child = spawn(process.execPath, [MAIN, 'start'], {
      cwd: folder,
      env: {
        ...process.env,
        NODE_COMPILE_CACHE: join(folder, 'compiled'),
        // The truth knows paths as they are.
        FLUFFY_TEMPLATE_PATHS: 'false',
        ...Object.fromEntries(variables.map(([key, value]) => [`FLUFFY_${key}`, value])),
      },
      stdio: ['ignore', stdout, stderr],
    });
    closeSync(stdout);
    closeSync(stderr);
  }

  /** Resolves once the process has ended: to its exit code, or to the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    const child = this.#child;
    if (child === null) return null;
    const isOver = child.exitCode !== null || child.signalCode !== null;
    const exit = isOver ? null : once(child, 'exit');
    child.kill(signal);
    await exit;
    return child.exitCode ?? child.signalCode;
  }

  /** Resolves once it watches. */
  async ready(): Promise<void> {
    const endMs = Date.now() + READY_MS;
    while ((await this.status()) === null) {
      if (Date.now() > endMs) throw new Error('the monitor does not answer');
      await sleep(50);
    }
  }

  /** All that it has logged, line by line. */
  log(): readonly string[] {
    return readFileSync(this.#logPath, 'utf8').trimEnd().split('\n');
  }

  /** Null while it does not answer. */
  async status(): Promise<VictimStatus | null> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.#options.port}/status`);
      const status: unknown = await response.json();
      return status as VictimStatus;
    } catch {
      return null;
    }
  }
}
