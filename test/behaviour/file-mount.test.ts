// A log that is mounted as a single file: in a namespace of its own, as in a container.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually, folderWithLog, linesAt, MAIN, startMonitor } from '../monitor-process.ts';

const skip = spawnSync('unshare', ['-m', 'true']).status !== 0 && 'mounting is not permitted here';

void test(
  'a log that is mounted as a single file is a standing warning until it no longer is',
  { skip },
  async (t) => {
    const folder = folderWithLog(t, linesAt('22:13:00', 1));
    writeFileSync(join(folder, 'mounted.log'), linesAt('22:14:00', 2));
    const mount = 'mount --bind mounted.log access.log && exec "$@"';
    const run = startMonitor(t, {
      folder,
      node: 'unshare',
      entry: '-m',
      args: ['sh', '-c', mount, 'sh', process.execPath, MAIN, 'start'],
    });
    const url = await run.watches();
    const ask = async (): Promise<unknown> => (await fetch(`${url}/status`)).json();
    const warned = {
      code: 'single-file-mount',
      message:
        'access.log is mounted as a single file, which goes on showing the old file after the first rotation: mount its directory instead',
    };
    await eventually('the warning', async () => warningsOf(await ask())[0] ?? undefined);
    const status = await ask();
    assert.deepEqual(warningsOf(status), [warned]);
    assert.partialDeepStrictEqual(status, { healthy: true, problems: [] });
    assert.equal((await fetch(`${url}/health/ready`)).status, 200);
    spawnSync('nsenter', ['-t', String(run.child.pid), '-m', 'umount', '-l', join(folder, 'access.log')]);
    await eventually('the end', async () => (warningsOf(await ask())[0] === null ? true : undefined));
    assert.equal(run.logged().filter(({ msg }) => msg === warned.message).length, 1);
  },
);

/** Of each log, as the status tells it. */
function warningsOf(status: unknown): unknown[] {
  assert.ok(typeof status === 'object' && status !== null && 'sources' in status);
  assert.ok(Array.isArray(status.sources));
  return status.sources.map((source: object) => ('warning' in source ? source.warning : undefined));
}
