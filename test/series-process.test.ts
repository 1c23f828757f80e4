// History for the page from the monitor as people run it: from source, and bundled as in the image.
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

/** The program as the image has it; its entry. Put together elsewhere, so that `dist/` is left alone. */
function bundle(t: TestContext): string {
  const folder = temporaryFolder(t);
  for (const name of ['src', 'generator', 'node_modules']) symlinkSync(join(ROOT, name), join(folder, name));
  for (const name of ['bundle.ts', 'package.json', 'tsconfig.json'])
    copyFileSync(join(ROOT, name), join(folder, name));
  execFileSync(process.execPath, ['bundle.ts'], { cwd: folder });
  return join(folder, 'dist', 'src', 'main.js');
}

for (const form of ['from source', 'bundled'] as const)
  void test(`the monitor answers from its history, after a restart too, and ends in time: ${form}`, async (t) => {
    const entry = form === 'bundled' ? { entry: bundle(t) } : {};
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
