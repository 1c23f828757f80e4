// Debian's Alertmanager in a temporary folder, which tells a URL of the test what it would tell people.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../free-port.ts';

/** As its API gives it. */
export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly status: { readonly state: string };
}

export class Alertmanager implements AsyncDisposable {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  /** `receiverUrl` gets its notifications as JSON. */
  static async start(receiverUrl: string): Promise<Alertmanager> {
    const started = new Alertmanager(await findFreePort(), receiverUrl);
    await started.#ready();
    return started;
  }

  private constructor(port: number, receiverUrl: string) {
    this.url = `http://127.0.0.1:${port}`;
    this.#folder = mkdtempSync(join(tmpdir(), 'fluffy-alertmanager-'));
    const config = join(this.#folder, 'alertmanager.yml');
    writeFileSync(config, configOf(receiverUrl));
    this.#process = spawn(
      '/usr/bin/prometheus-alertmanager',
      [
        `--config.file=${config}`,
        `--storage.path=${join(this.#folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
        '--log.level=warn',
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
  }

  /** Those that fire by its lights. */
  async alerts(): Promise<ActiveAlert[]> {
    const answer = await fetch(`${this.url}/api/v2/alerts`);
    return (await answer.json()) as ActiveAlert[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      const exit = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      await exit;
    }
    rmSync(this.#folder, { recursive: true });
  }

  async #ready(): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      if (this.#process.exitCode !== null)
        throw new Error(`Alertmanager ended with ${this.#process.exitCode}`);
      const answer = await fetch(`${this.url}/-/ready`).catch(() => null);
      if (answer?.ok === true) return;
      await sleep(50);
    }
    throw new Error('Alertmanager does not answer');
  }
}

function configOf(receiverUrl: string): string {
  return `
route: { receiver: test, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: test
    webhook_configs: [{ url: '${receiverUrl}', send_resolved: true }]
`;
}
