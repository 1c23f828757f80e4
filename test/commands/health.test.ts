import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHealth } from '../../src/commands/health.ts';
import { FakeClock } from '../fake-clock.ts';
import { freePort, listenAs, listenSaying } from './monitor.ts';

const clock = new FakeClock();

void test('a ready monitor: exit code 0', async (context) => {
  const asked: string[] = [];
  const monitor = await listenAs(context, (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end('{"status":"ok"}');
  });
  assert.deepEqual(await checkHealth(monitor, clock), { exitCode: 0, text: 'healthy' });
  assert.deepEqual(asked, ['GET /health/ready']);
});

void test('one that is not ready: its reasons, exit code 1', async (context) => {
  const body = '{"status":"error","error":["No log.","No disk."],"details":[]}';
  const monitor = await listenSaying(context, 503, body);
  assert.deepEqual(await checkHealth(monitor, clock), {
    exitCode: 1,
    text: 'not healthy: No log. No disk.',
  });
});

void test('an answer that gives no reasons is shown as it is', async (context) => {
  for (const body of ['busy\n', '{"status":"error"}', 'null']) {
    const monitor = await listenSaying(context, 503, body);
    assert.deepEqual(await checkHealth(monitor, clock), {
      exitCode: 1,
      text: `not healthy: ${body.trim()}`,
    });
  }
});

void test('nobody there: exit code 1', async () => {
  const monitor = await freePort();
  assert.deepEqual(await checkHealth(monitor, clock), {
    exitCode: 1,
    text: `not healthy: nothing answers on port ${monitor.port}`,
  });
});
