// A server of Debian in a temporary folder of its own, on a free port: started by a test, waited for, and ended by its id.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DaemonOptions {
  /** Path of the program. */
  readonly program: string;
  readonly port: number;
  /** Text of its configuration file. */
  readonly config: string;
  /** `configPath`: of that file; `dataPath`: a folder that it may make. */
  readonly args: (configPath: string, dataPath: string) => readonly string[];
}

const TRIES = 400;
const TRY_MS = 50;

export class Daemon implements AsyncDisposable {
  readonly url: string;
  readonly #program: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  constructor({ program, port, config, args }: DaemonOptions) {
    this.url = `http://127.0.0.1:${port}`;
    this.#program = program;
    this.#folder = mkdtempSync(join(tmpdir(), 'fluffy-daemon-'));
    const configPath = join(this.#folder, 'config.yml');
    writeFileSync(configPath, config);
    this.#process = spawn(program, args(configPath, join(this.#folder, 'data')), {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }

  /** Rejects when it ends, or does not answer `/-/ready` within 20 s. */
  async ready(): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      if (this.#process.exitCode !== null)
        throw new Error(`${this.#program} ended with ${this.#process.exitCode}`);
      const answer = await fetch(`${this.url}/-/ready`).catch(() => null);
      if (answer?.ok === true) return;
      await sleep(TRY_MS);
    }
    throw new Error(`${this.#program} does not answer`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      const exit = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      await exit;
    }
    rmSync(this.#folder, { recursive: true });
  }
}
