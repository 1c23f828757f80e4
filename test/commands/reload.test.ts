// `fluffy reload` and SIGHUP: a running monitor takes over other rules, and keeps what it has when they are not valid.
import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { reloadMonitor } from '../../src/commands/reload.ts';
import { Run, eventually, folderWithLog, linesNow, startMonitor } from '../monitor-process.ts';
import { freePort, listenSaying } from './monitor.ts';

void test('what came of it is a sentence and an exit code', async (context) => {
  const gone = await freePort();
  assert.deepEqual(await reloadMonitor(gone, systemClock), {
    exitCode: 3,
    text: `fluffy is not running: nothing answers on port ${gone.port}`,
  });
  for (const [body, exitCode, text] of [
    ['{"ok": true, "needRestart": []}', 0, 'the rules of the configuration are in force'],
    [
      '{"ok": true, "needRestart": ["a", "b"]}',
      0,
      'the rules of the configuration are in force; after a restart only: a, b',
    ],
    ['{"ok": false, "problems": ["one", "two"]}', 1, 'one\ntwo'],
    ['{"ok": false}', 1, 'the monitor refuses'],
  ] as const) {
    const address = await listenSaying(context, 200, body);
    assert.deepEqual(await reloadMonitor(address, systemClock), { exitCode, text }, body);
  }
});

/** Six lines in a minute are an alert for an hour. */
const CONFIG = 'threshold: 0.001\nalert-window: 1h\nexplain: false\n';

class Monitored {
  readonly folder: string;
  readonly run: Run;
  readonly #context: TestContext;

  constructor(context: TestContext, config: string) {
    this.#context = context;
    this.folder = folderWithLog(context);
    this.configure(config);
    this.run = this.start();
  }

  start(): Run {
    const args = ['start', '--config', 'fluffy.yml'];
    return startMonitor(this.#context, { folder: this.folder, args });
  }

  configure(config: string): void {
    writeFileSync(join(this.folder, 'fluffy.yml'), config);
  }

  async status(
    run: Run,
  ): Promise<{ alerts: Record<string, unknown>[]; silences: Record<string, unknown>[] }> {
    return JSON.parse(await (await fetch(`${await run.watches()}/status`)).text());
  }

  /** `rule state threshold` of each rule. */
  async rules(run: Run): Promise<string[]> {
    const { alerts } = await this.status(run);
    return alerts.map(({ rule, state, threshold }) => [rule, state, threshold].map(String).join(' '));
  }

  /** Another process that gives an order to the running one. */
  async order(run: Run, ...args: readonly string[]): Promise<string> {
    const { port } = new URL(await run.watches());
    const command = new Run(this.#context, {
      folder: this.folder,
      args: [...args, '--config', 'fluffy.yml'],
      settings: { HTTP_PORT: port },
    });
    const { code } = await command.exit;
    return `${code} ${command.stdout}${command.stderr}`.trim();
  }
}

void describe('a running monitor', { concurrency: 3 }, () => {
  void test('takes over changed rules, names what needs a restart, and an open alert survives', async (context) => {
    const monitor = new Monitored(context, CONFIG);
    const { run, folder } = monitor;
    await run.watches();
    appendFileSync(join(folder, 'access.log'), linesNow(6));
    await run.says('Monitor on alert');
    monitor.configure(`${CONFIG}lateness: 5s\nalerts:\n  - {name: errors, metric: error-rate, above: 7}\n`);
    // The lateness is that of a variable, which goes before the file: it has not changed.
    assert.equal(await monitor.order(run, 'reload'), '0 the rules of the configuration are in force');
    assert.deepEqual(await monitor.rules(run), ['traffic firing 0.001', 'errors ok 7']);
    monitor.configure(`${CONFIG.replace('0.001', '0.0005')}line-bytes-max: 32KiB\n`);
    run.child.kill('SIGHUP');
    const warning = await run.logs('what else has changed takes effect after a restart');
    assert.deepEqual(warning['keys'], ['line-bytes-max']);
    assert.deepEqual(await monitor.rules(run), ['traffic firing 0.0005']);
    assert.equal((await run.end()).code, 0);
    assert.equal(run.stdout.match(/Monitor on alert/g)?.length, 1);
    assert.doesNotMatch(run.stdout, /out of alert/);
  });

  void test('refuses a configuration that is not valid with all that is wrong, and keeps its own', async (context) => {
    const monitor = new Monitored(context, CONFIG);
    const { run } = monitor;
    await run.watches();
    monitor.configure('threshold: many\nalert-window: 1h\nnonsense: 1\n');
    const answer = await monitor.order(run, 'reload');
    // The command reads the same file, and needs it for the port.
    assert.match(answer, /^1 /);
    assert.match(answer, /fluffy\.yml:1:\d+:? .*threshold/);
    run.child.kill('SIGHUP');
    const refusal = await run.logs('the configuration is not valid: what was valid before stays in force');
    const problems = refusal['problems'];
    assert.ok(Array.isArray(problems) && problems.length === 2, JSON.stringify(problems));
    assert.match(String(problems[0]), /threshold/);
    assert.match(String(problems[1]), /nonsense/);
    assert.deepEqual(await monitor.rules(run), ['traffic ok 0.001']);
    monitor.configure(CONFIG.replace('0.001', '3'));
    assert.equal(await monitor.order(run, 'reload'), '0 the rules of the configuration are in force');
    assert.deepEqual(await monitor.rules(run), ['traffic ok 3']);
  });

  void test('tells nobody of a silenced rule, over a restart too, and tells when the silence is taken back', async (context) => {
    const monitor = new Monitored(context, CONFIG);
    const { folder } = monitor;
    let { run } = monitor;
    assert.match(
      await monitor.order(run, 'silence', 'trafic', '--for', '1h'),
      /^1 there is no rule trafic; /,
    );
    assert.match(
      await monitor.order(run, 'silence', 'traffic', '--for', '1h', '--reason', 'deploy'),
      /^0 traffic is silenced until /,
    );
    appendFileSync(join(folder, 'access.log'), linesNow(6));
    const fires = async (): Promise<void> => {
      while (!(await monitor.rules(run)).includes('traffic firing 0.001'));
    };
    await fires();
    assert.equal((await run.end('SIGKILL')).signal, 'SIGKILL');
    assert.equal(run.stdout, '');
    run = monitor.start();
    await fires();
    const { alerts, silences } = await monitor.status(run);
    assert.deepEqual(
      [alerts[0]?.['muted'], silences[0]?.['rule'], silences[0]?.['reason']],
      [true, 'traffic', 'deploy'],
    );
    assert.match(await monitor.order(run, 'silence'), /^0 traffic until [\d-]+ [\d:]+ UTC: deploy$/);
    assert.equal(run.stdout, '');
    assert.equal(await monitor.order(run, 'unsilence', 'traffic'), '0 the silence of traffic is over');
    await run.says('Monitor on alert');
    await eventually('one alert', () => (run.stdout.includes('still') ? undefined : true));
  });
});
