// A W3C log that is followed from its end: what its lines mean stands at its beginning.
import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Writable } from 'node:stream';
import { startApp } from '../src/app.ts';
import { systemClock } from '../src/clock.ts';
import { DEFAULT_CONFIG, DEFAULT_HTTP } from './config/default-config.ts';
import { eventually, temporaryFolder } from './monitor-process.ts';

const HEAD =
  '#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2026-11-23 22:00:00\r\n' +
  '#Fields: date time cs-uri-stem cs-method sc-status c-ip x-own\r\n';

function line(path: string, status: number): string {
  const [date, time] = new Date().toISOString().slice(0, 19).split('T');
  return `${date} ${time} ${path} GET ${status} 203.0.113.7 -\r\n`;
}

for (const logFormat of ['auto', 'w3c'])
  void test(`with ${logFormat}, columns of one's own are known from the end too`, async (t) => {
    const folder = temporaryFolder(t);
    const log = join(folder, 'access.log');
    writeFileSync(log, `\ufeff${HEAD}${line('/old', 200).repeat(500)}`);
    const config = {
      ...DEFAULT_CONFIG,
      filename: [log],
      logFormat,
      latenessSeconds: 0,
      statePath: join(folder, 'fluffy.db'),
      alertPath: null,
      reportPath: null,
      logLevel: 'silent' as const,
      http: { ...DEFAULT_HTTP, port: 0 },
    };
    const app = await startApp(config, {
      clock: systemClock,
      stdout: new Writable({ write: (_chunk, _encoding, done) => done() }),
      isTerminal: false,
      environment: {},
      configFile: null,
      loadConfig: () => ({ ok: true, config, file: null, warnings: [] }),
    });
    t.after(() => app.stop());
    appendFileSync(log, line('/new', 200) + line('/new', 404));
    const totals = await eventually('both lines', async () => {
      const response = await fetch(`http://127.0.0.1:${app.port}/status`);
      const status = (await response.json()) as { totals: Record<string, unknown> };
      const { lines, requests } = status.totals;
      return lines === 2 && (requests === 2 || status.totals['parseFailures'] !== 0)
        ? status.totals
        : undefined;
    });
    assert.deepEqual([totals['requests'], totals['parseFailures'], totals['errors']], [2, 0, 1]);
  });
