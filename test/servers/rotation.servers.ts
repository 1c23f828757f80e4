// Debian's nginx under load with Debian's logrotate: fluffy counts every line that is in any generation of the log.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { findFreePort } from '../free-port.ts';
import { Victim } from '../torture/victim.ts';
import { Nginx } from './nginx.ts';
import type { NginxOptions } from './nginx.ts';

const GENERATOR = resolve(import.meta.dirname, '..', '..', 'generator', 'main.ts');
const SECONDS = 8;
const ROTATIONS = 6;

interface Outcome {
  /** Requests that the generator got an answer to. */
  readonly answered: number;
  /** Lines in all generations of the log. */
  readonly written: number;
  readonly counted: number;
  readonly possibleLoss: number;
}

interface Trial extends Omit<NginxOptions, 'folder' | 'port'> {
  /** Before the rotation of this number, from 0, fluffy is killed; it is started again `awayRotations` later. */
  readonly killedAt?: number;
  readonly awayRotations?: number;
}

async function run(
  context: TestContext,
  { killedAt = -1, awayRotations = 0, ...options }: Trial,
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'fluffy-nginx-'));
  const nginx = new Nginx({ ...options, folder, port: await findFreePort() });
  const settings = { START_FROM: 'beginning' };
  const fluffy = new Victim({ folder, port: await findFreePort(), settings });
  context.after(async () => {
    await nginx.stop();
    await fluffy.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  await nginx.ready();
  fluffy.start();
  await fluffy.ready();
  const truth = join(folder, 'truth.json');
  const target = ['--url', nginx.url, '--path', '/', '--path', '/missing'];
  const amount = ['--rate', '1500', '--duration', `${SECONDS}s`];
  const load = spawn(process.execPath, [GENERATOR, '--quiet', '--truth', truth, ...target, ...amount]);
  const end = once(load, 'exit');
  for (let rotation = 0; rotation < ROTATIONS; rotation++) {
    await sleep((SECONDS * 1000) / (ROTATIONS + 1));
    if (rotation === killedAt) await fluffy.end('SIGKILL');
    nginx.rotate();
    if (killedAt >= 0 && rotation === killedAt + awayRotations) fluffy.start();
  }
  assert.deepEqual(await end, [0, null]);
  await nginx.stop();
  const written = nginx.lines();
  const { counted, possibleLoss } = await countLines(fluffy, written);
  const { totals } = JSON.parse(readFileSync(truth, 'utf8'));
  return { answered: totals.requests, written, counted, possibleLoss };
}

/** What fluffy has counted once it has `lines`, or after waiting for them in vain. */
async function countLines(fluffy: Victim, lines: number): Promise<Pick<Outcome, 'counted' | 'possibleLoss'>> {
  for (let tries = 0; tries < 100; tries++) {
    const status = await fluffy.status();
    if ((status?.totals['lines'] ?? 0) >= lines) break;
    await sleep(200);
  }
  // What would be counted twice would come now.
  await sleep(1000);
  const status = await fluffy.status();
  return { counted: status?.totals['lines'] ?? -1, possibleLoss: status?.sources[0]?.possibleLoss ?? -1 };
}

void test('create, and USR1 after the rotation', async (t) => {
  const rotation = 'create\n  postrotate\n    kill -USR1 PID\n  endscript';
  const { answered, written, counted, possibleLoss } = await run(t, { rotation });
  assert.deepEqual(
    { written, counted, possibleLoss },
    { written: answered, counted: answered, possibleLoss: 0 },
  );
});

void test('create, and USR1 only seconds later: nginx goes on writing into the renamed file', async (t) => {
  const rotation = 'create\n  postrotate\n    (sleep 0.8; kill -USR1 PID) >/dev/null 2>&1 &\n  endscript';
  const { answered, written, counted, possibleLoss } = await run(t, { rotation });
  assert.deepEqual(
    { written, counted, possibleLoss },
    { written: answered, counted: answered, possibleLoss: 0 },
  );
});

void test('compressed at once, also while fluffy is away for three rotations', async (t) => {
  // logrotate compresses after the script: what nginx writes into the old file until then is in it.
  const rotation = 'create\n  compress\n  postrotate\n    kill -USR1 PID; sleep 0.1\n  endscript';
  const { answered, written, counted, possibleLoss } = await run(t, {
    rotation,
    killedAt: 1,
    awayRotations: 3,
  });
  assert.deepEqual(
    { written, counted, possibleLoss },
    { written: answered, counted: answered, possibleLoss: 0 },
  );
});

void test('a log that nginx buffers for seconds', async (t) => {
  const rotation = 'create\n  postrotate\n    kill -USR1 PID\n  endscript';
  const { answered, written, counted } = await run(t, { rotation, logOptions: 'buffer=64k flush=5s' });
  assert.deepEqual({ written, counted }, { written: answered, counted: answered });
});

void test('copytruncate: what logrotate loses between copying and truncating, fluffy may still have seen', async (t) => {
  const { answered, written, counted } = await run(t, { rotation: 'copytruncate' });
  assert.ok(written <= counted && counted <= answered, JSON.stringify({ written, counted, answered }));
});
