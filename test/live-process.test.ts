// The stream of the page from the monitor as people run it.
import assert from 'node:assert/strict';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { LiveEvent } from '../src/live/event.ts';
import { eventually, folderWithLog, linesAt, linesNow, startMonitor } from './monitor-process.ts';
import type { Run } from './monitor-process.ts';

interface Stream {
  readonly run: Run;
  readonly response: IncomingMessage;
  /** All that came so far. */
  readonly events: () => LiveEvent[];
}

async function open(
  test_: TestContext,
  text: string,
  settings: Readonly<Record<string, string>>,
): Promise<Stream> {
  return openIn(test_, folderWithLog(test_, text), settings);
}

async function openIn(
  test_: TestContext,
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<Stream> {
  const run = startMonitor(test_, { folder, settings });
  const url = await run.watches();
  const [response] = (await once(get(`${url}/api/live`, { agent: false }), 'response')) as [IncomingMessage];
  let came = '';
  response.on('data', (chunk: Buffer) => (came += chunk.toString()));
  const events = (): LiveEvent[] =>
    came
      .split('\n\n')
      .slice(0, -1)
      .filter((part) => part.startsWith('data: '))
      .map((part): LiveEvent => JSON.parse(part.slice('data: '.length)));
  return { run, response, events };
}

void test('a stream tells what the log says, and ends in order with the monitor', async (t) => {
  const text = `${linesNow(3)}no record\n`;
  const { run, response, events } = await open(t, text, {});
  const cells = await eventually('the requests', () => {
    const all = events().flatMap(({ steps }) => steps.flatMap((step) => step.cells));
    return all.length > 0 ? all : undefined;
  });
  assert.deepEqual(cells.at(-1), ['/report/user', 200, 3]);
  const first = events()[0];
  assert.deepEqual([first?.isWhole, first?.rules.map(({ name }) => name)], [true, ['traffic']]);
  const unparsed = await eventually('the sample', () => events().at(-1)?.sources[0]?.sample ?? undefined);
  assert.deepEqual(unparsed, { reason: 'format-mismatch', text: 'no record' });
  const ended = once(response, 'end');
  const { code, tookMs } = await run.end();
  await ended;
  assert.deepEqual([code, response.complete], [0, true]);
  assert.ok(tookMs < 2500, `took ${tookMs} ms`);
});

void test('with anonymise-ip no whole address leaves the monitor, neither of a client nor in a sample', async (t) => {
  const text = `${linesNow(30)}192.0.2.7 is no record\n`;
  const { events } = await open(t, text, { ANONYMISE_IP: 'true', THRESHOLD: '1', ALERT_WINDOW: '2s' });
  const clients = await eventually(
    'the clients',
    () => events().find((event) => (event.clients?.top.length ?? 0) > 0)?.clients?.top,
  );
  assert.deepEqual(
    clients.map(({ client }) => client),
    ['192.0.2.0'],
  );
  await eventually('the alert', () => events().find(({ alerts }) => alerts.length > 0));
  await eventually('the sample', () => events().at(-1)?.sources[0]?.sample ?? undefined);
  assert.doesNotMatch(JSON.stringify(events()), /192\.0\.2\.7/);
});

/** What the whole window has of alerts. */
async function alertsOf(stream: Stream): Promise<[string, string][]> {
  const whole = await eventually('the window', () => stream.events().find(({ isWhole }) => isWhole));
  return whole.alerts.map(({ state, summary }) => [state, summary]);
}

void test('after a crash the alerts of before are there, each once; without history there are none', async (t) => {
  const folder = folderWithLog(t, linesAt('22:14:00', 40));
  const settings = { THRESHOLD: '2', ALERT_WINDOW: '10s' };
  const first = await openIn(t, folder, settings);
  // Alerts are told only once they are committed.
  await first.run.says('Monitor out of alert');
  await first.run.end('SIGKILL');
  const told: [string, string][] = [
    ['firing', '4 requests/s over 10s (40 requests), above 2 requests/s'],
    ['resolved', '0 requests/s over 10s (0 requests), no longer above 2 requests/s'],
  ];
  const second = await openIn(t, folder, settings);
  assert.deepEqual(await alertsOf(second), told);
  await second.run.end('SIGKILL');
  // Nor does the next start double them.
  const third = await openIn(t, folder, settings);
  assert.deepEqual(await alertsOf(third), told);
  await third.run.end();
  const without = await openIn(t, folder, { ...settings, HISTORY: 'off' });
  assert.deepEqual(await alertsOf(without), []);
});

void test('an alert that fires still after a restart is there once, with its reasons', async (t) => {
  const folder = folderWithLog(t, linesNow(400));
  const settings = { THRESHOLD: '2', ALERT_WINDOW: '2m', EXPLAIN: 'on' };
  const first = await openIn(t, folder, settings);
  await first.run.says('Monitor on alert');
  await first.run.end('SIGKILL');
  const second = await openIn(t, folder, settings);
  const whole = await eventually('the window', () => second.events().find(({ isWhole }) => isWhole));
  assert.deepEqual(
    whole.alerts.map(({ state, isReminder, explanation }) => [state, isReminder, explanation === null]),
    [['firing', true, false]],
  );
});
