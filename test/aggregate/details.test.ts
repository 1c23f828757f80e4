// What a Second tells besides its counts: failed lines, latencies, clients, samples, and which log it is from; each only
// when it is asked for, and the same after a restart.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import { Aggregator } from '../../src/aggregate/aggregator.ts';
import { latencyBinOf } from '../../src/aggregate/latency.ts';
import { codeOf } from '../../src/aggregate/second.ts';
import type { Pairs, Second, SecondConsumer } from '../../src/aggregate/second.ts';
import { createParser } from '../../src/parse/detect.ts';
import { Pipeline } from '../../src/pipeline.ts';
import { ALL_DETAILS, Traffic } from '../alerts/traffic.ts';

/** What each Second tells, as text. */
class Details implements SecondConsumer {
  readonly told: string[] = [];

  add(second: Second): void {
    const { names, texts, samples, clients, failures, latencies, seriesIds, seriesCount } = second;
    const rows = ({ count, ids, values }: Pairs, nameOf: (id: number) => string) =>
      Array.from({ length: count }, (_, i) => `${nameOf(ids[i] ?? 0)}=${values[i]}`).join(',');
    const pathOf = (id: number) => names.pathOf(id);
    const sources = Array.from({ length: seriesCount }, (_, i) =>
      names.sourceOf(names.codeOf(seriesIds[i] ?? 0)),
    );
    const parts = {
      requests: String(second.requests || ''),
      sources: sources.join(','),
      failures: rows(failures, (id) => names.sourceOf(codeOf(0, 0, id))),
      latencies: rows(latencies, pathOf),
      clients: clients.count === 0 ? '' : String(clients.count),
      samples: samples
        .flatMap(({ count, clients: clientIds, agents: agentIds }) =>
          Array.from(
            { length: count },
            (_, i) => `${texts.clientOf(clientIds[i] ?? 0)} ${texts.agentOf(agentIds[i] ?? 0)}`,
          ),
        )
        .join(','),
    };
    const shown = Object.entries(parts).filter(([, text]) => text !== '');
    this.told.push(`${second.timeSeconds} ${shown.map(([name, text]) => `${name} ${text}`).join('; ')}`);
  }

  advanceTo(): void {}
}

function fill(traffic: Traffic): void {
  traffic.hit(10, { path: '/a', latencyMs: 5, source: 'a.log' }, 2);
  traffic.hit(10, { path: '/b', latencyMs: 70, source: 'b.log', client: '::1', agent: 'x', status: 500 });
  traffic.fail(10, 3, 'a.log');
  traffic.fail(12, 1, 'b.log');
}

const BINS = [latencyBinOf(5), latencyBinOf(70)];

void test('each second tells what it was asked for; failed lines have a second of their own', () => {
  const details = new Details();
  const traffic = new Traffic(details, ALL_DETAILS);
  fill(traffic);
  traffic.advanceTo(20);
  assert.deepEqual(details.told, [
    `10 requests 3; sources a.log,b.log; latencies /a=${BINS[0]},/a=${BINS[0]},/b=${BINS[1]}; clients 3; ` +
      'samples 192.0.2.1 curl/8,192.0.2.1 curl/8,::1 x',
    '10 failures a.log=3',
    '12 failures b.log=1',
  ]);
});

void test('what is not asked for is not kept, and logs are not told apart', () => {
  const details = new Details();
  const traffic = new Traffic(details, { hasSamples: false, hasClients: false, hasSources: false });
  fill(traffic);
  traffic.advanceTo(20);
  assert.deepEqual(details.told, [
    `10 requests 3; sources ,; latencies /a=${BINS[0]},/a=${BINS[0]},/b=${BINS[1]}`.replace(
      'sources ,',
      'sources ,',
    ),
    '10 failures =3',
    '12 failures =1',
  ]);
});

void test('open seconds come back over a restart with all but their samples', () => {
  const traffic = new Traffic(new Details());
  fill(traffic);
  const saved = JSON.stringify(traffic.aggregator.snapshot());
  const details = new Details();
  const again = new Aggregator(details, {
    ...AGGREGATOR_DEFAULTS,
    templatesIds: false,
    details: ALL_DETAILS,
  });
  again.restore(JSON.parse(saved));
  assert.equal(JSON.stringify(again.snapshot()), saved);
  again.timeline.closeBefore(20);
  assert.deepEqual(details.told, [
    `10 requests 3; sources a.log,b.log; latencies /a=${BINS[0]},/a=${BINS[0]},/b=${BINS[1]}; clients 3`,
    '10 failures a.log=3',
    '12 failures b.log=1',
  ]);
});

for (const isReplay of [false, true]) {
  void test(`a line that is no record is of ${isReplay ? 'the record before it' : 'the time at which it is read'}`, () => {
    const details = new Details();
    let nowSeconds = 1_700_000_100;
    const pipeline = new Pipeline({
      createParser: () => createParser('common', null),
      lineBytesMax: 1000,
      latenessSeconds: 0,
      isReplay,
      paths: { templatesIds: true, patterns: [] },
      consumers: [details],
      now: () => nowSeconds * 1000,
      look: () => [],
      formatFound: () => {},
    });
    const sink = pipeline.open('access.log');
    // 1,700,000,000.
    const line = '192.0.2.1 - - [14/Nov/2023:22:13:20 +0000] "GET / HTTP/1.1" 200 10\n';
    sink.write(Buffer.from(`junk before\n${line}junk\n\nmore junk\n`));
    nowSeconds += 5;
    if (!isReplay) pipeline.advance();
    sink.end();
    pipeline.finish(nowSeconds);
    const failures = isReplay ? '1700000000 failures =3' : '1700000100 failures =4';
    assert.deepEqual(details.told, ['1700000000 requests 1', failures]);
  });
}
