// History for the page from the monitor as people run it: from source, and compiled as in the image.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { SeriesAnswer, SeriesFound } from '../src/http/series-answer.ts';
import {
  eventually,
  folderWithLog,
  linesNow,
  ROOT,
  startMonitor,
  temporaryFolder,
} from './monitor-process.ts';

/** Asks until so many requests are in the database. */
async function seriesOf(url: string, requests: number): Promise<SeriesFound> {
  return eventually(`${requests} requests`, async () => {
    const response = await fetch(`${url}/api/series?from=1h`);
    const answer = (await response.json()) as SeriesAnswer;
    return answer.available && answer.whole.requests === requests ? answer : undefined;
  });
}

/** The compiled program, as the image has it; its entry. */
function compile(t: TestContext): string {
  const folder = temporaryFolder(t);
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  execFileSync(tsc, ['-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist')], { cwd: ROOT });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  return join(folder, 'dist', 'src', 'main.js');
}

for (const form of ['from source', 'compiled'] as const)
  void test(`the monitor answers from its history, after a restart too, and ends in time: ${form}`, async (t) => {
    const entry = form === 'compiled' ? { entry: compile(t) } : {};
    const folder = folderWithLog(t, linesNow(4));
    const first = startMonitor(t, { folder, ...entry });
    const { paths, statuses } = await seriesOf(await first.watches(), 4);
    assert.deepEqual(
      [paths, statuses],
      [
        [{ name: '/report/user', requests: 4, share: 1, previousShare: null }],
        [{ name: '200', requests: 4, share: 1, previousShare: null }],
      ],
    );
    const { code, tookMs } = await first.end();
    assert.equal(code, 0, first.stderr);
    assert.ok(tookMs < 2500, `took ${tookMs} ms`);
    const again = startMonitor(t, { folder, ...entry });
    await seriesOf(await again.watches(), 4);
    assert.equal((await again.end()).code, 0, again.stderr);
  });
