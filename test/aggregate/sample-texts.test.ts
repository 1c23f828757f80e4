// More clients come than the table of their texts holds: who has been told an id looks it up before, and what is not told
// yet keeps its texts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Aggregator } from '../../src/aggregate/aggregator.ts';
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import { Recent } from '../../src/alerts/recent.ts';
import { createRecord } from '../../src/parse/record.ts';
import type { AccessRecord } from '../../src/parse/record.ts';

const DETAILS = { hasSamples: true, hasClients: false, hasSources: false };

/** A request for `/`. */
function requestBy(client: string, agent: string, timeSeconds: number): AccessRecord {
  const bytes = Buffer.from(`GET/${client}${agent}`);
  const clientEnd = 4 + client.length;
  const ranges = { methodEnd: 3, pathStart: 3, pathEnd: 4, clientStart: 4, clientEnd };
  const agentRange = { agentStart: clientEnd, agentEnd: bytes.length };
  return { ...createRecord(), ...ranges, ...agentRange, bytes, timeSeconds, status: 200 };
}

/** Ten thousand clients, four a second, each with an agent of its own; seconds stay open for `lateness`. */
function readClients(recent: Recent, lateness: number): void {
  const aggregator = new Aggregator(recent, { ...AGGREGATOR_DEFAULTS, details: DETAILS });
  for (let i = 0; i < 10_000; i++) {
    const timeSeconds = 1_000_000 + Math.floor(i / 4);
    if (i % 4 === 0) aggregator.timeline.closeBefore(timeSeconds - lateness);
    aggregator.add(requestBy(`client-${i}`, `agent-${i}`, timeSeconds));
  }
  aggregator.timeline.closeAll();
}

for (const lateness of [0, 2, 60]) {
  void test(`each request keeps its client and its agent, of seconds that stay open for ${lateness} s`, () => {
    const recent = new Recent();
    readClients(recent, lateness);
    // What of them is kept one by one.
    const lastSeconds = 1_000_000 + 2500;
    const seen = [...recent.between(lastSeconds - 500, lastSeconds)].map(({ client, agent }) => [
      client,
      agent,
    ]);
    const wanted = Array.from({ length: 2000 }, (_, i) => [`client-${8000 + i}`, `agent-${8000 + i}`]);
    assert.deepEqual(seen, wanted);
  });
}

void test('of more than fit into half a table, the newest keep their texts, and the others have none', () => {
  const recent = new Recent();
  readClients(recent, 3000);
  const all = [...recent.between(0, Number.POSITIVE_INFINITY)];
  const [told, silent] = [
    all.filter(({ client }) => client !== ''),
    all.filter(({ client }) => client === ''),
  ];
  assert.ok(told.length > 0 && silent.length > 0);
  for (const { client, timeSeconds } of told) {
    const i = Number(client.slice('client-'.length));
    assert.equal(timeSeconds, 1_000_000 + Math.floor(i / 4));
  }
});
