// `fluffy silence` and `fluffy unsilence` against the real server side, and against what is no fluffy.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import type { MonitorAddress } from '../../src/commands/monitor-client.ts';
import { listSilences, silenceRule, unsilenceRule } from '../../src/commands/silence.ts';
import { LiveStreams } from '../../src/http/live-streams.ts';
import { createHttpServer, listen } from '../../src/http/server.ts';
import { FakeClock } from '../fake-clock.ts';
import { OPEN_TO_ALL } from '../http/access.ts';
import { EVENTS } from '../http/live-events.ts';
import { QUIET_SNAPSHOT } from '../http/snapshot.ts';
import { freePort, listenSaying, listenWith } from './monitor.ts';

const NOON = Date.UTC(2026, 10, 24, 12, 0, 0);
const ORDER = { rule: 'traffic', duration: '1h30m', reason: 'deploy' };

interface Silence {
  readonly rule: string;
  readonly seconds: number;
  readonly reason: string;
}

/** A monitor with the rules `traffic` and `a b`; what it was told to silence. */
async function monitorOf(context: TestContext): Promise<{ address: MonitorAddress; silences: Silence[] }> {
  const silences: Silence[] = [];
  const known = ['traffic', 'a b'];
  const server = createHttpServer({
    access: OPEN_TO_ALL,
    streams: new LiveStreams(EVENTS),
    page: null,
    series: null,
    snapshot: () => ({
      ...QUIET_SNAPSHOT,
      silences: silences.map(({ rule, seconds, reason }) => ({
        rule,
        untilSeconds: NOON / 1000 + seconds,
        reason,
      })),
    }),
    control: {
      silence: (silence) => {
        if (!known.includes(silence.rule)) return { ok: false, known };
        silences.push(silence);
        return { ok: true };
      },
      unsilence: (rule) => {
        const place = silences.findIndex((silence) => silence.rule === rule);
        if (place >= 0) silences.splice(place, 1);
        return place >= 0;
      },
      reload: () => ({ ok: true, needRestart: [] }),
    },
  });
  const port = await listen(server, '127.0.0.1', 0);
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { address: { address: '127.0.0.1', port }, silences };
}

void test('a rule is silenced for as long as was said, listed, and heard of again', async (context) => {
  const { address, silences } = await monitorOf(context);
  const clock = new FakeClock(NOON);
  assert.deepEqual(await silenceRule(address, ORDER, clock), {
    exitCode: 0,
    text: 'traffic is silenced until 2026-11-24 13:30:00 UTC: nobody is told of its alerts; one that fires still is told then',
  });
  assert.deepEqual(silences, [{ rule: 'traffic', seconds: 5400, reason: 'deploy' }]);
  await silenceRule(address, { rule: 'a b', duration: '30', reason: '' }, clock);
  assert.deepEqual(await listSilences(address, clock), {
    exitCode: 0,
    text: 'traffic until 2026-11-24 13:30:00 UTC: deploy\na b until 2026-11-24 12:00:30 UTC',
  });
  assert.deepEqual(await unsilenceRule(address, 'a b', clock), {
    exitCode: 0,
    text: 'the silence of a b is over',
  });
  assert.deepEqual(await unsilenceRule(address, 'a b', clock), { exitCode: 1, text: 'a b is not silenced' });
  assert.deepEqual(
    silences.map(({ rule }) => rule),
    ['traffic'],
  );
});

void test('without any, the list says so', async (context) => {
  const address = await listenWith(context, QUIET_SNAPSHOT);
  assert.deepEqual(await listSilences(address, systemClock), { exitCode: 0, text: 'no rule is silenced' });
});

void test('a rule that is not there is a failure with those that are', async (context) => {
  const { address } = await monitorOf(context);
  assert.deepEqual(await silenceRule(address, { ...ORDER, rule: 'trafic' }, systemClock), {
    exitCode: 1,
    text: 'there is no rule trafic; known: traffic, a b',
  });
});

void test('a span that is none is the fault of the command line, and nobody is asked', async () => {
  const address = await freePort();
  for (const [duration, text] of [
    ['0', '--for must be from 1s to 30d, got "0"'],
    ['31d', '--for must be from 1s to 30d, got "31d"'],
  ] as const)
    assert.deepEqual(await silenceRule(address, { ...ORDER, duration }, systemClock), { exitCode: 2, text });
  const { exitCode, text } = await silenceRule(address, { ...ORDER, duration: 'soon' }, systemClock);
  assert.equal(exitCode, 2);
  assert.match(text, /^--for .*, got "soon"$/);
});

void test('no monitor, or something else on its port, is told apart from a refusal', async (context) => {
  const gone = await freePort();
  const text = `fluffy is not running: nothing answers on port ${gone.port}`;
  assert.deepEqual(await silenceRule(gone, ORDER, systemClock), { exitCode: 3, text });
  assert.deepEqual(await unsilenceRule(gone, 'traffic', systemClock), { exitCode: 3, text });
  assert.deepEqual(await listSilences(gone, systemClock), { exitCode: 3, text });
  for (const body of ['<html>', '{}', 'null', '[]', '']) {
    const other = await listenSaying(context, 200, body);
    assert.deepEqual(
      await silenceRule(other, ORDER, systemClock),
      { exitCode: 3, text: `what answers on port ${other.port} is not this fluffy` },
      body,
    );
    assert.equal((await listSilences(other, systemClock)).exitCode, 3, body);
  }
});

void test('what a refusal says is made safe to print', async (context) => {
  const evil = await listenSaying(context, 400, '{"ok": false, "problems": ["a\\u001b[31mred"]}');
  const { exitCode, text } = await unsilenceRule(evil, 'x', systemClock);
  assert.equal(exitCode, 1);
  assert.equal(text, 'a?[31mred');
});
