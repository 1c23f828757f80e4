// A configuration that is mounted by itself and was replaced outside: the container still sees the old one.
import assert from 'node:assert/strict';
import { closeSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderWithLog, linesAt, Run } from './monitor-process.ts';

void test('check says so of a configuration that is valid and of one that is not', async (context) => {
  const folder = folderWithLog(context, linesAt('22:14:00', 3));
  const path = join(folder, 'config.yml');
  for (const [text, stream] of [
    ['filename: access.log\nstate-path: off\nalert-path: off\nreport-path: off\n', 'stdout'],
    ['threshold: fast\n', 'stderr'],
  ] as const) {
    writeFileSync(path, text);
    const descriptor = openSync(path, 'r');
    context.after(() => closeSync(descriptor));
    // As a container sees it: the file, whatever becomes of its name.
    const mounted = `/proc/${process.pid}/fd/${descriptor}`;
    const check = async (): Promise<Run> => {
      const run = new Run(context, { folder, args: ['check', '-c', mounted] });
      await run.exit;
      return run;
    };
    assert.doesNotMatch((await check())[stream], /replaced/);
    writeFileSync(`${path}.new`, 'threshold: 20\n');
    renameSync(`${path}.new`, path);
    const after = await check();
    assert.equal((await after.exit).code, 1);
    const sentence = `${mounted}: was replaced outside the container, which still sees the old file, as it is mounted by itself: restart the container, and next time write into the file`;
    assert.ok(after[stream].split('\n').includes(sentence), after.stdout + after.stderr);
  }
});
