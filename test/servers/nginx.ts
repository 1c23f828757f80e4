// Debian's nginx in a temporary folder, with a log that Debian's logrotate rotates.
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

export interface NginxOptions {
  /** Gets conf, logs and temporary files. */
  readonly folder: string;
  readonly port: number;
  /** Behind the log's name and format, such as `buffer=64k flush=5s`. */
  readonly logOptions?: string;
  /** How logrotate is to rotate: the lines between the braces. */
  readonly rotation: string;
}

export class Nginx {
  readonly #options: NginxOptions;
  readonly #process: ChildProcess;

  constructor(options: NginxOptions) {
    this.#options = options;
    const { folder } = options;
    for (const name of ['logs', 'temporary']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'nginx.conf'), nginxConf(options));
    const log = join(folder, 'logs', 'access.log');
    const pidFile = join(folder, 'nginx.pid');
    const rotation = options.rotation.replaceAll('PID', `$(cat ${pidFile})`);
    writeFileSync(join(folder, 'logrotate.conf'), `${log} {\n  rotate 100\n  ${rotation}\n}\n`, {
      mode: 0o600,
    });
    const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')];
    this.#process = spawn('/usr/sbin/nginx', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#options.port}`;
  }

  async ready(): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      if (this.#process.exitCode !== null) throw new Error(`nginx ended with ${this.#process.exitCode}`);
      // A connection alone leaves no line in the log.
      const answer = await fetch(`${this.url}/unlogged`).catch(() => null);
      if (answer?.ok === true) return;
      await sleep(50);
    }
    throw new Error('nginx does not answer');
  }

  rotate(): void {
    const { folder } = this.#options;
    const state = join(folder, 'logrotate.state');
    execFileSync('/usr/sbin/logrotate', ['--force', '--state', state, join(folder, 'logrotate.conf')], {
      stdio: 'pipe',
    });
  }

  /** Lines in all generations of the log, as `wc -l` counts. */
  lines(): number {
    const logs = join(this.#options.folder, 'logs');
    const text = readdirSync(logs).map((name) => {
      const bytes = readFileSync(join(logs, name));
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
    });
    return text.join('').split('\n').length - 1;
  }

  /** Ends it in order: every line that it has buffered is written. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGQUIT');
    await exit;
  }
}

function nginxConf({ folder, port, logOptions = '' }: NginxOptions): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, 'temporary', name)};`,
  );
  return `
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    daemon off;
    worker_processes 2;
    pid ${join(folder, 'nginx.pid')};
    events { worker_connections 256; }
    http {
      ${temporary.join('\n      ')}
      access_log ${join(folder, 'logs', 'access.log')} combined ${logOptions};
      server {
        listen 127.0.0.1:${port};
        location / { return 200 "ok"; }
        location /missing { return 404; }
        location /unlogged { access_log off; return 200; }
      }
    }`;
}
