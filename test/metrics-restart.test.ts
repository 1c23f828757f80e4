// Counters that Prometheus takes rates of must not begin anew with each start, not even after a crash.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readExposition } from './http/exposition.ts';
import type { Family } from './http/exposition.ts';
import { folderWithLog, startMonitor } from './monitor-process.ts';

const FORMAT = '$remote_addr - - [$time_local] "$request" $status $body_bytes_sent $request_time';
const LINE = '192.0.2.7 - - [23/Nov/2026:22:14:00 +0000] "GET /a HTTP/1.1" 418 512 0.300\n';
const COUNTED = [
  'fluffy_http_responses_total',
  'fluffy_alerts_total',
  'fluffy_http_request_duration_seconds',
];

/** The page, once it has counted so many requests. */
async function pageWith(url: string, requests: number): Promise<ReadonlyMap<string, Family>> {
  const endMs = Date.now() + 20_000;
  while (Date.now() < endMs) {
    const page = readExposition(await (await fetch(`${url}/metrics`)).text());
    if (page.get('fluffy_http_responses_total')?.samples.get('[["code","418"]]') === requests) return page;
    await sleep(20);
  }
  throw new Error(`waited in vain for ${requests} requests`);
}

function countersOf(page: ReadonlyMap<string, Family>): unknown {
  return COUNTED.map((name) => Object.fromEntries(page.get(name)?.samples ?? []));
}

void test('after a crash latencies, codes and alerts are counted on', async (context) => {
  const folder = folderWithLog(context, LINE.repeat(40));
  const settings = { LOG_FORMAT: FORMAT, THRESHOLD: '2', ALERT_WINDOW: '10s' };
  const first = startMonitor(context, { folder, settings });
  const before = await pageWith(await first.watches(), 40);
  assert.deepEqual(countersOf(before), [
    { '[["code","418"]]': 40 },
    { '[["rule","traffic"],["state","firing"]]': 1, '[["rule","traffic"],["state","resolved"]]': 1 },
    {
      ...Object.fromEntries(
        ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25'].map((le) => [`_bucket[["le","${le}"]]`, 0]),
      ),
      ...Object.fromEntries(
        ['0.5', '1', '2.5', '5', '10', '+Inf'].map((le) => [`_bucket[["le","${le}"]]`, 40]),
      ),
      '_sum[]': before.get('fluffy_http_request_duration_seconds')?.samples.get('_sum[]'),
      '_count[]': 40,
    },
  ]);
  // Alerts are told only once they are committed.
  await first.says('Monitor out of alert');
  await first.end('SIGKILL');

  const second = startMonitor(context, { folder, settings });
  const url = await second.watches();
  assert.deepEqual(countersOf(await pageWith(url, 40)), countersOf(before));
  appendFileSync(join(folder, 'access.log'), LINE);
  const after = await pageWith(url, 41);
  assert.equal(after.get('fluffy_http_request_duration_seconds')?.samples.get('_count[]'), 41);
});
