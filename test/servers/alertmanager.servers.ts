// The channel `alertmanager` in front of Debian's Alertmanager (package `prometheus-alertmanager`): an alert is active,
// stays active for as long as it is kept alive, also by the next process, and is resolved when fluffy says so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertEvent } from '../../src/alerts/rule.ts';
import { systemClock } from '../../src/clock.ts';
import type { Clock } from '../../src/clock.ts';
import type { ChannelConfig } from '../../src/outputs/channel.ts';
import { createChannels } from '../../src/outputs/channels.ts';
import { Outbox } from '../../src/outputs/outbox.ts';
import { alertWith, resolvedWith } from '../outputs/alert.ts';
import { startReceiver } from '../outputs/receiver.ts';
import type { Receiver } from '../outputs/receiver.ts';
import { Alertmanager } from './alertmanager.ts';
import type { ActiveAlert } from './alertmanager.ts';

/** What a post keeps alive for four minutes lasts four seconds, and what is done every minute is done every second. */
const hurried: Clock = {
  ...systemClock,
  now: () => Date.now() - 236_000,
  every: (intervalMs, task) => systemClock.every(intervalMs / 60, task),
};

interface Notification {
  readonly status: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

function notificationsOf({ received }: Receiver): Notification[] {
  return received.map(({ body }) => JSON.parse(body) as Notification);
}

async function startOutbox(url: string, firing: () => readonly AlertEvent[]) {
  const config: ChannelConfig = {
    name: 'ops',
    type: 'alertmanager',
    severityMin: 'warning',
    isResolvedSent: true,
    url: { from: 'text', url: `${url}/` },
    labels: { team: 'shop', instance: 'web-1' },
  };
  const problems: (string | null)[] = [];
  const outputs = await createChannels([config], { clock: hurried, environment: {}, firing });
  const outbox = new Outbox({
    outputs,
    clock: hurried,
    added: () => {},
    problemChanged: (_output, problem) => problems.push(problem),
  });
  outbox.open();
  return { outbox, problems };
}

/** What `look` gives, once it gives something. */
async function until<T>(
  what: string,
  look: () => T | null | undefined | Promise<T | null | undefined>,
): Promise<T> {
  const endMs = Date.now() + 20_000;
  while (Date.now() < endMs) {
    const found = await look();
    if (found !== null && found !== undefined) return found;
    await sleep(50);
  }
  throw new Error(`waited in vain: ${what}`);
}

void test('an alert is active, is kept alive over a restart, is resolved, and is forgotten when nobody speaks of it', async (context) => {
  const receiver = await startReceiver(context);
  await using alertmanager = await Alertmanager.start(receiver.url);
  const nowSeconds = Math.floor(Date.now() / 1000);
  const times = { sinceSeconds: nowSeconds - 60, timeSeconds: nowSeconds - 60 };
  const alert = alertWith(times);
  const unheard = alertWith({ ...times, id: 'quiet-1', rule: 'quiet', severity: 'info' });
  let firing: readonly AlertEvent[] = [];
  const only = async (isWanted: (found: ActiveAlert) => boolean): Promise<ActiveAlert | undefined> => {
    const [found, ...others] = await alertmanager.alerts();
    assert.deepEqual(others, []);
    return found !== undefined && isWanted(found) ? found : undefined;
  };

  const first = await startOutbox(alertmanager.url, () => firing);
  firing = [alert, unheard];
  first.outbox.add({ type: 'alert', alert });
  first.outbox.release();
  const active = await until('active', () => only(() => true));
  assert.deepEqual(active.labels, {
    alertname: 'traffic',
    severity: 'critical',
    instance: 'web-1',
    source: 'fluffy',
    team: 'shop',
  });
  assert.equal(active.annotations['summary'], '83 requests/s over 2 minutes, threshold 10');
  assert.match(active.annotations['description'] ?? '', /^\/login 71 % of requests, was 3 %$/m);
  assert.equal(Date.parse(active.startsAt), times.sinceSeconds * 1000);
  assert.equal(active.status.state, 'active');

  const isKept = (what: string): Promise<ActiveAlert> =>
    until(what, () => only(({ endsAt }) => Date.parse(endsAt) > Date.parse(active.endsAt) + 5000));
  await isKept('kept alive');
  assert.ok(Date.now() > Date.parse(active.endsAt), 'the first post alone would not have lasted so long');
  await first.outbox.close();

  const second = await startOutbox(alertmanager.url, () => firing);
  const before = await only(() => true);
  assert.ok(before !== undefined);
  await until('kept alive by the next process', () =>
    only(({ endsAt }) => Date.parse(endsAt) > Date.parse(before.endsAt) + 2000),
  );

  firing = [];
  second.outbox.add({ type: 'alert', alert: resolvedWith({ ...times, timeSeconds: nowSeconds - 10 }) });
  second.outbox.release();
  await until('resolved', () => notificationsOf(receiver).find(({ status }) => status === 'resolved'));
  assert.deepEqual(await alertmanager.alerts(), []);
  assert.deepEqual(
    notificationsOf(receiver).map(({ status, alerts }) => [
      status,
      alerts.map(({ labels }) => labels['alertname']),
    ]),
    [
      ['firing', ['traffic']],
      ['resolved', ['traffic']],
    ],
  );

  firing = [alertWith({ ...times, id: 'errors-1', rule: 'errors' })];
  await until('another alert', () => only(({ labels }) => labels['alertname'] === 'errors'));
  await second.outbox.close();
  await until('forgotten', async () => ((await alertmanager.alerts()).length === 0 ? true : null));
  assert.deepEqual([first.problems, second.problems], [[], []]);
});
