// The monitor as people run it, from source and bundled as in the image: history for the page, and what is not in its one
// file.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { SeriesAnswer, SeriesFound } from '../src/http/series-answer.ts';
import { eventually, folderWithLog, linesNow, ROOT, Run, startMonitor } from './monitor-process.ts';

/** Nothing listens on their port. */
const CHANNELS = `channels:
  - { name: pager, type: sns, topic-arn: 'arn:aws:sns:eu-central-1:123456789012:alerts', endpoint: 'http://127.0.0.1:9' }
  - { name: mail, type: email, host: 127.0.0.1, port: 9, tls: never, from: a@example.com, to: [b@example.com] }
`;
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };

/** Asks until so many requests are in the database. */
async function seriesOf(url: string, requests: number): Promise<SeriesFound> {
  return eventually(`${requests} requests`, async () => {
    const response = await fetch(`${url}/api/series?from=1h`);
    const answer = (await response.json()) as SeriesAnswer;
    return answer.available && answer.whole.requests === requests ? answer : undefined;
  });
}

/** The program as the image has it: what has just been built, or else put together elsewhere, so that `dist/` is left alone. */
const { TESTED_MAIN: built } = process.env;
const bundled = mkdtempSync(join(tmpdir(), 'fluffy-bundle-'));

before(() => {
  if (built !== undefined) return;
  for (const name of ['src', 'generator', 'node_modules']) symlinkSync(join(ROOT, name), join(bundled, name));
  for (const name of ['bundle.ts', 'package.json', 'tsconfig.json'])
    copyFileSync(join(ROOT, name), join(bundled, name));
  execFileSync(process.execPath, ['bundle.ts'], { cwd: bundled });
});
after(() => rmSync(bundled, { recursive: true }));

const FORMS = [
  { form: 'from source', entry: join(ROOT, 'src', 'main.ts') },
  {
    form: 'bundled',
    entry: built === undefined ? join(bundled, 'dist', 'src', 'main.js') : join(ROOT, built),
  },
];

for (const { form, entry } of FORMS) {
  void test(`the monitor answers from its history, after a restart too, and ends in time: ${form}`, async (t) => {
    const folder = folderWithLog(t, linesNow(4));
    const first = startMonitor(t, { folder, entry });
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
    const again = startMonitor(t, { folder, entry });
    await seriesOf(await again.watches(), 4);
    assert.equal((await again.end()).code, 0, again.stderr);
  });

  void test(`what runs in a process of its own, and what only a channel needs, is found: ${form}`, async (t) => {
    const folder = folderWithLog(t, linesNow(4));
    const monitor = startMonitor(t, { folder, entry });
    await seriesOf(await monitor.watches(), 4);
    await monitor.end();
    const sql = 'SELECT sum(requests) AS requests FROM requests_10s';
    const query = new Run(t, { folder, entry, args: ['query', '--sql', sql] });
    assert.deepEqual([(await query.exit).code, query.stdout], [0, 'requests\n       4\n'], query.stderr);
    writeFileSync(join(folder, 'config.yml'), CHANNELS);
    for (const channel of ['pager', 'mail']) {
      const notify = new Run(t, { folder, entry, args: ['notify', channel, '--test'], env: CREDENTIALS });
      assert.equal((await notify.exit).code, 1, notify.stderr);
      assert.match(notify.stdout + notify.stderr, /cannot reach 127\.0\.0\.1:9:/);
    }
  });
}
