// A running monitor whose configuration was saved with a mistake goes on by the one it has; so do the commands that ask it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderWithLog, linesAt, Run, startMonitor, temporaryFolder } from './monitor-process.ts';
import { startReceiver } from './outputs/receiver.ts';

void test('a mistake saved into the configuration does not stop the commands that ask the monitor', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 3));
  const file = join(folder, 'config.yml');
  writeFileSync(file, 'threshold: 10\n');
  const url = await startMonitor(context, { folder, settings: { CONFIG: file } }).watches();
  const { port } = new URL(url);
  const mistaken = (text: string): void => writeFileSync(file, `${text}\nhttp:\n  port: ${port}\n`);
  const command = async (...args: string[]): Promise<unknown[]> => {
    const run = new Run(context, { folder, args });
    const { code } = await run.exit;
    return [code, run.stdout, run.stderr];
  };

  mistaken('threshold: fast');
  const warning = 'config.yml has mistakes and is not in force as it stands: fluffy check\n';
  assert.deepEqual(await command('health'), [0, 'healthy\n', '']);
  assert.deepEqual(await command('silence'), [0, 'no rule is silenced\n', warning]);
  const [code, stdout, stderr] = await command('status');
  assert.deepEqual([code, stderr], [0, warning]);
  assert.match(String(stdout), /^fluffy .*: healthy\n/);
  const wanted = 'threshold: must be a number above 0, got "fast"';
  assert.deepEqual(await command('reload'), [1, `${file}:1:12 ${wanted}\n`, warning]);
  const [queried, table, remark] = await command('query', '--metric', 'requests');
  assert.deepEqual([queried, remark], [0, warning], String(table));

  mistaken('threshold: "10');
  assert.deepEqual(await command('health'), [0, 'healthy\n', '']);

  writeFileSync(file, 'threshold: 10\nhttp:\n  port: none\n');
  const refusal = 'config.yml:3:9 http.port: must be a whole number from 0 to 65535, got "none"\n';
  assert.deepEqual(await command('health'), [1, '', refusal]);
  assert.deepEqual(await command('status'), [1, '', refusal]);
});

void test('a channel can be tried out while other keys are wrong still', async (context) => {
  const receiver = await startReceiver(context);
  const folder = temporaryFolder(context);
  const file = join(folder, 'config.yml');
  const channels = `channels:\n  - {name: ops, type: webhook, url: "${receiver.url}", send-resolved: false}\n`;
  writeFileSync(file, `threshold: fast\n${channels}`);
  const run = new Run(context, { folder, args: ['notify', 'ops', '--test', '--config', file] });
  assert.deepEqual(
    [(await run.exit).code, run.stdout, run.stderr],
    [
      0,
      'channel ops: the test alert was taken\n',
      `${file} has mistakes and is not in force as it stands: fluffy check\n`,
    ],
  );
  assert.equal(receiver.received.length, 1);
});
