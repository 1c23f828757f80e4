import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import { renderStatus, showStatus } from '../../src/commands/status.ts';
import { createStatus } from '../../src/http/api.ts';
import { FakeClock } from '../fake-clock.ts';
import { QUIET_SNAPSHOT, SNAPSHOT } from '../http/snapshot.ts';
import { freePort, listenAs, listenSaying, listenWith } from './monitor.ts';

const clock = new FakeClock();
const asText = { isJson: false, clock };
const asJson = { isJson: true, clock };

const UNHEALTHY = `fluffy 1.2.3, up 90 s: NOT HEALTHY
  ! logs/b does not exist.
  ! data/alerts.log cannot be written.
traffic   FIRING since 2026-11-23 22:15:02 UTC, muted: 12.5 requests/s over 2m, alerts above 10 requests/s, recovers below 10 requests/s
silenced  traffic until 2026-11-23 23:00:00 UTC: a release
requests  7, 42.86 % errors; 5 unparsed lines, 5 late
statuses  0: 1, 200: 3, 404: 1, 503: 2
log       logs/access.log: 12 lines, format combined, last line 5 s ago, 20 bytes behind, lines possibly lost once
log       logs/b "b"\\?.log: 0 lines, format auto, no line yet
output    data/alerts.log: 4 waiting, 2 dropped, 7 given up
limit     futureRecords: hit once (requests more than 10 s ahead of the clock: counted, and no alert waits for them)
limit     forcedSeconds: hit 6 times (seconds told before their time, as too many were open)
limit     linesTooLong: hit 2 times (lines longer than line-bytes-max: not read)
limit     droppedOutputs: hit 2 times (alerts and reports given up, as too many waited)`;

const HEALTHY = `fluffy 1.2.3, up 90 s: healthy
traffic   ok: 0 requests/s over 2m, alerts above 10 requests/s
requests  0, 0.00 % errors; 0 unparsed lines, 0 late
log       logs/access.log: 0 lines, format auto, no line yet`;

void test('a healthy monitor: a few lines, exit code 0', async (context) => {
  const monitor = await listenWith(context, QUIET_SNAPSHOT);
  assert.deepEqual(await showStatus(monitor, asText), { exitCode: 0, text: HEALTHY });
});

void test('an unhealthy one: every reason first, exit code 1', async (context) => {
  const monitor = await listenWith(context, SNAPSHOT);
  assert.deepEqual(await showStatus(monitor, asText), { exitCode: 1, text: UNHEALTHY });
});

void test('--json is the answer of the monitor as it came', async (context) => {
  const monitor = await listenWith(context, SNAPSHOT);
  const { exitCode, text } = await showStatus(monitor, asJson);
  assert.equal(exitCode, 1);
  assert.equal(text, JSON.stringify(createStatus(SNAPSHOT)));
});

void test('large numbers and long times are written for people', () => {
  const status = createStatus({ ...SNAPSHOT, nowMs: SNAPSHOT.startedMs + 3 * 86_400_000 });
  const lines = renderStatus({ ...status, totals: { ...status.totals, requests: 1_234_567 } }).split('\n');
  assert.equal(lines[0], 'fluffy 1.2.3, up 3 d: NOT HEALTHY');
  assert.equal(lines[5], 'requests  1,234,567, 0.00 % errors; 5 unparsed lines, 5 late');
  const spans = [119, 120, 7199, 7200, 172_799, 172_800].map((uptimeSeconds) =>
    /up ([^:]*)/.exec(renderStatus({ ...status, uptimeSeconds }))?.at(1),
  );
  assert.deepEqual(spans, ['119 s', '2 min', '119 min', '2 h', '47 h', '2 d']);
});

void test('a log with a warning is healthy all the same, and the warning stands beneath it', async (context) => {
  const message = 'logs/access.log is mounted as a single file: mount its directory instead';
  const warning = { code: 'single-file-mount', message } as const;
  const sources = QUIET_SNAPSHOT.sources.map((source) => ({ ...source, warning }));
  const monitor = await listenWith(context, { ...QUIET_SNAPSHOT, sources });
  const text = `${HEALTHY}\nwarning   ${message}`;
  assert.deepEqual(await showStatus(monitor, asText), { exitCode: 0, text });
});

void test('what fires although its value has come back says what it waits for', () => {
  const rule = { ...createTrafficRule(10, 60), recoverThreshold: 5, recoverForSeconds: 120 };
  const standing = { rule, standing: 'firing', isMuted: false, counts: { firing: 1, resolved: 0 } } as const;
  const rules = [{ ...standing, value: 7, sinceSeconds: 1_795_472_040, ending: null, neverKnown: null }];
  assert.equal(
    renderStatus(createStatus({ ...QUIET_SNAPSHOT, rules })).split('\n')[1],
    'traffic   FIRING since 2026-11-23 22:14:00 UTC: 7 requests/s over 1m, alerts above 10 requests/s, recovers below 5 requests/s for 2m',
  );
});

void test('what is over for want of requests is not told as if it had recovered', () => {
  const rule = { ...createTrafficRule(10, 60), requestsMin: 30 };
  const standing = { rule, standing: 'ok', isMuted: false, counts: { firing: 1, resolved: 1 } } as const;
  const ended = { sinceSeconds: 1_795_472_040, ending: 'too-few-requests' } as const;
  const rules = [{ ...standing, ...ended, value: null, neverKnown: null }];
  assert.equal(
    renderStatus(createStatus({ ...QUIET_SNAPSHOT, rules })).split('\n')[1],
    'traffic   ok since 2026-11-23 22:14:00 UTC (too few requests to judge): no verdict over 1m, alerts above 10 requests/s',
  );
});

void test('nobody there: exit code 3, as text and as JSON', async () => {
  const monitor = await freePort();
  const problem = `fluffy is not running: nothing answers on port ${monitor.port}`;
  assert.deepEqual(await showStatus(monitor, asText), { exitCode: 3, text: problem });
  const { exitCode, text } = await showStatus(monitor, asJson);
  assert.equal(exitCode, 3);
  assert.deepEqual(JSON.parse(text), { healthy: false, problems: [problem] });
});

const STRANGERS: readonly (readonly [string, number, string])[] = [
  ['a web page', 200, '<html>hello</html>'],
  ['an error', 500, '{}'],
  ['a redirection', 302, ''],
  ['nothing', 200, ''],
  ['null', 200, 'null'],
  ['other JSON', 200, '{"version":"1","uptimeSeconds":1,"healthy":true,"problems":[]}'],
  ['a list', 200, '[]'],
];
for (const [title, status, body] of STRANGERS) {
  void test(`${title} is not the answer of a monitor: exit code 3`, async (context) => {
    const monitor = await listenSaying(context, status, body);
    const text = `fluffy is not running: what answers on port ${monitor.port} is not fluffy`;
    assert.deepEqual(await showStatus(monitor, asText), { exitCode: 3, text });
  });
}

void test('a monitor that hangs is waited for for three seconds', async (context) => {
  const ownClock = new FakeClock();
  const arrived = Promise.withResolvers<undefined>();
  const monitor = await listenAs(context, () => arrived.resolve(undefined));
  const shown = showStatus(monitor, { isJson: false, clock: ownClock });
  await arrived.promise;
  ownClock.advance(2999);
  assert.equal(await Promise.race([shown, Promise.resolve('waiting')]), 'waiting');
  ownClock.advance(1);
  const reason = `what listens on port ${monitor.port} gave no answer within 3 s`;
  assert.deepEqual(await shown, { exitCode: 3, text: `fluffy is not running: ${reason}` });
});

void test('one that stops in the middle of its answer is given up as well', async (context) => {
  const ownClock = new FakeClock();
  const monitor = await listenAs(context, (_, response) => {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('{"version"', () => ownClock.advance(3000));
  });
  const { exitCode, text } = await showStatus(monitor, { isJson: false, clock: ownClock });
  assert.equal(exitCode, 3);
  assert.match(text, /gave no answer within 3 s$/);
});

void test('a monitor that listens on any address is asked on this machine', async (context) => {
  const { port } = await listenWith(context, QUIET_SNAPSHOT);
  assert.equal((await showStatus({ address: '0.0.0.0', port }, asText)).exitCode, 0);
});

void test('a rule that no request tells enough for is not told as one under which all is well', () => {
  const [standing] = QUIET_SNAPSHOT.rules;
  assert.ok(standing !== undefined);
  const neverKnown = 'no request so far tells how long it took';
  const rules = [{ ...standing, value: null, neverKnown }];
  assert.equal(
    renderStatus(createStatus({ ...QUIET_SNAPSHOT, rules })).split('\n')[1],
    'traffic   never known: no request so far tells how long it took; alerts above 10 requests/s over 2m',
  );
});
