// `npm run demo`, in its quick form: what a person sees who has just cloned the project.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { ROOT, eventually, temporaryFolder, textOf } from './monitor-process.ts';

interface Demo {
  readonly pid: number;
  readonly said: () => string;
  readonly exit: Promise<number | null>;
  /** What the demo made; there once it has begun. */
  readonly folder: () => string;
}

/** Runs in a process group of its own, as it would in front of a terminal. */
function startDemo(context: TestContext): Demo {
  const temporary = temporaryFolder(context);
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'demo.js'), '--quick'], {
    env: { ...process.env, TMPDIR: temporary },
    detached: true,
  });
  let said = '';
  const hear = (chunk: Buffer): void => {
    said += chunk.toString();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exit = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  const { pid = 0 } = child;
  context.after(() => {
    if (child.exitCode === null) process.kill(-pid, 'SIGKILL');
  });
  const folder = (): string => join(temporary, readdirSync(temporary)[0] ?? '');
  return { pid, said: () => said, exit, folder };
}

void describe('the demo', { concurrency: 2 }, () => {
  void test('shows an alert, its recovery, the status and a report, and says where the files are', async (context) => {
    const demo = startDemo(context);
    assert.equal(await demo.exit, 0, demo.said());
    const alert = /Monitor on alert \d+ requests\/sec at time .* UTC\n/;
    const recovery = /Monitor out of alert \d+ requests\/sec at .* UTC\n/;
    for (const pattern of [
      alert,
      recovery,
      / fluffy \S+, up \d+ s: healthy\n/,
      /\n {9}\(__\)\n/,
      /\(partial\)\n/,
    ]) {
      assert.match(demo.said(), pattern);
    }
    assert.ok(
      demo
        .said()
        .endsWith(`Everything is in ${demo.folder()}: logs/access.log, data/alerts.log, data/reports.log\n`),
    );
    assert.doesNotMatch(demo.said(), /No requests in this period/);
    const alerts = textOf(join(demo.folder(), 'data', 'alerts.log'));
    assert.match(alerts, /^Monitor on alert .*\n {2}why: .*\nMonitor out of alert .*\n$/);
    for (const line of alerts.trimEnd().split('\n')) assert.ok(demo.said().includes(line), line);
  });

  void test('ends with everything in it at Ctrl-C', async (context) => {
    const demo = startDemo(context);
    await eventually('traffic', () =>
      textOf(join(demo.folder(), 'logs', 'access.log')).length > 0 ? true : undefined,
    );
    process.kill(-demo.pid, 'SIGINT');
    assert.equal(await demo.exit, 130, demo.said());
    assert.doesNotMatch(demo.said(), /failed|\n {4}at /);
    assert.match(textOf(join(demo.folder(), 'data', 'reports.log')), /\(partial\)/);
    // The group is empty: neither fluffy nor the generator is left.
    assert.throws(() => process.kill(-demo.pid, 0), { code: 'ESRCH' });
  });
});
