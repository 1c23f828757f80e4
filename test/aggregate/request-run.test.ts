// Seconds with few requests wait in columns and are told in one go. Nobody may notice: not who is told second by second, nor
// who takes them as they are, whatever comes between: bursts, lines out of order and late, broken ones, tables that are full.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Aggregator } from '../../src/aggregate/aggregator.ts';
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import type { AggregatorOptions } from '../../src/aggregate/aggregator-options.ts';
import { AllConsumers } from '../../src/aggregate/all-consumers.ts';
import type { Pairs, RequestColumns, Second, SecondConsumer } from '../../src/aggregate/second.ts';
import { Totals } from '../../src/aggregate/totals.ts';
import { Alerting } from '../../src/alerts/alerting.ts';
import { createDefaultRules } from '../../src/alerts/default-rules.ts';
import type { AlertEvent } from '../../src/alerts/rule.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import { createRecord } from '../../src/parse/record.ts';
import type { AccessRecord } from '../../src/parse/record.ts';
import { WholeSpan } from '../../src/reports/whole-span.ts';
import { ReportSummary } from '../../src/reports/summary.ts';
import type { Report } from '../../src/reports/summary.ts';
import { createRandom, takeSeed } from '../seed.ts';

const T0 = 1_800_000_000;
const DETAILS = { hasSamples: true, hasClients: true, hasSources: false };
const METHODS = ['GET', 'POST', 'BREW'];
const STATUSES = [200, 200, 200, 304, 404, 503];

/** What happens to an aggregator, in this order. */
type Event =
  { readonly record: AccessRecord } | { readonly failureAt: number } | { readonly holdSeconds: number };

function drawRecord(random: (below: number) => number, timeSeconds: number, clients: number): AccessRecord {
  const client = `192.0.${random(clients)}.7`;
  const method = METHODS[random(METHODS.length)] ?? '';
  const path = `/p-${random(60)}`;
  const agent = `agent ${random(5)}`;
  const bytes = Buffer.from(client + method + path + agent);
  const methodStart = client.length;
  const pathStart = methodStart + method.length;
  const pathEnd = pathStart + path.length;
  return {
    ...createRecord(),
    bytes,
    timeSeconds,
    clientEnd: client.length,
    methodStart,
    methodEnd: pathStart,
    pathStart,
    pathEnd,
    agentStart: pathEnd,
    agentEnd: bytes.length,
    status: STATUSES[random(STATUSES.length)] ?? 0,
    bytesSent: random(1000),
    latencyMs: random(3) === 0 ? Number.NaN : random(5000),
  };
}

/** Quiet stretches, bursts, gaps; some of it out of order, late or broken. `clients`: so many come. */
function drawEvents(seed: number, clients = 300): Event[] {
  const random = createRandom(seed);
  const events: Event[] = [];
  let now = T0;
  for (let i = 0; i < 4000; i++) {
    const [kind, disorder] = [random(100), random(20) === 0 ? random(12) : 0];
    if (kind < 70) now += 1 + (random(10) === 0 ? random(8) : 0);
    else if (kind < 72) now += random(400);
    const requests = kind >= 98 ? 5 + random(40) : 1 + (random(4) === 0 ? random(4) : 0);
    for (let r = 0; r < requests; r++) events.push({ record: drawRecord(random, now - disorder, clients) });
    if (random(400) === 0) events.push({ failureAt: now - random(3) });
    if (random(300) === 0) events.push({ holdSeconds: random(2) === 0 ? Infinity : now - random(20) });
  }
  return events;
}

type Way = 'each second on its own' | 'told now and then' | 'told when there is no more room';

function run(
  events: readonly Event[],
  aggregator: Aggregator,
  way: Way,
  random: (below: number) => number,
): void {
  for (const event of events) {
    if ('record' in event) aggregator.add(event.record);
    else if ('failureAt' in event) aggregator.addFailure(0, event.failureAt);
    else aggregator.timeline.holdSeconds = event.holdSeconds;
    // What is kept of records may be another thing from now on, for which no second may wait in columns.
    if (way === 'each second on its own') aggregator.details = DETAILS;
    else if (way === 'told now and then' && random(50) === 0) aggregator.timeline.closeDue();
  }
  aggregator.timeline.closeAll();
}

/** Writes down what each Second tells, and how far time had come. */
class Everything implements SecondConsumer {
  readonly told: string[] = [];
  #nowSeconds = Number.NEGATIVE_INFINITY;

  add(second: Second): void {
    const { names, texts, timeSeconds, requests, errors, bytesSent, seriesCount, samples } = second;
    const nameOf = (id: number): string => `${names.pathOf(id)} ${names.codeOf(id)}`;
    const series = Array.from({ length: seriesCount }, (_, i) => {
      const id = second.seriesIds[i] ?? 0;
      return `${nameOf(id)} ${second.seriesRequests[i]} ${second.seriesBytesSent[i]}`;
    });
    const pairs = ({ count, ids, values }: Pairs, of: (id: number) => string): string[] =>
      Array.from({ length: count }, (_, i) => `${of(ids[i] ?? 0)} ${values[i]}`);
    const sampled = samples.map((sample) => [
      sample.weight,
      ...Array.from({ length: sample.count }, (_, i) => [
        nameOf(sample.seriesIds[i] ?? 0),
        sample.latenciesMs[i],
        texts.clientOf(sample.clients[i] ?? 0),
        texts.agentOf(sample.agents[i] ?? 0),
      ]),
    ]);
    const details = [
      pairs(second.latencies, nameOf),
      pairs(second.clients, nameOf),
      pairs(second.failures, String),
    ];
    const isInTime = this.#nowSeconds <= timeSeconds;
    this.told.push(
      JSON.stringify([timeSeconds, isInTime, requests, errors, bytesSent, series, details, sampled]),
    );
  }

  advanceTo(timeSeconds: number): void {
    this.#nowSeconds = timeSeconds;
  }
}

const SMALL: Partial<AggregatorOptions> = { pathsMax: 40, seriesMax: 90 };
const CASES: readonly (readonly [title: string, options: Partial<AggregatorOptions>])[] = [
  ['two seconds', { closesBehindSeconds: 2 }],
  ['no time at all', { closesBehindSeconds: 0 }],
  ['five seconds, with tables that are full', { closesBehindSeconds: 5, ...SMALL }],
  ['half an hour', { closesBehindSeconds: 1800 }],
  ['a minute, of which few may be open', { closesBehindSeconds: 60, openSecondsMax: 20, ...SMALL }],
  ['ten seconds, of which few series may be open', { closesBehindSeconds: 10, openSeriesMax: 12 }],
];

void describe('each Second tells the same, however its requests have waited, with a lateness of', () => {
  for (const [title, options] of CASES) {
    void test(title, (t) => {
      const seed = takeSeed(t);
      const events = drawEvents(seed);
      const [expected, ...others] = (
        ['each second on its own', 'told now and then', 'told when there is no more room'] as const
      ).map((way) => {
        const everything = new Everything();
        const aggregator = new Aggregator(everything, {
          ...AGGREGATOR_DEFAULTS,
          ...options,
          details: DETAILS,
        });
        run(events, aggregator, way, createRandom(seed));
        const { lateRecords, futureRecords, overflowRecords, timeline } = aggregator;
        const { forcedSeconds } = timeline;
        return [
          ...everything.told,
          JSON.stringify({ lateRecords, futureRecords, forcedSeconds, overflowRecords }),
        ];
      });
      assert.ok(expected !== undefined && expected.length > 1000);
      for (const told of others) assert.deepEqual(told, expected);
    });
  }
});

/** Passes everything on, second by second. */
class OneByOne implements SecondConsumer {
  readonly #to: SecondConsumer;

  constructor(to: SecondConsumer) {
    this.#to = to;
  }

  add(second: Second): void {
    this.#to.add(second);
  }

  advanceTo(timeSeconds: number): void {
    this.#to.advanceTo(timeSeconds);
  }
}

interface Known {
  readonly events: readonly AlertEvent[];
  readonly everything: unknown;
}

/** All consumers that take runs as they are; `runs` counts how many requests came in that way. */
function know(events: readonly Event[], way: Way, seed: number): Known & { readonly inRuns: number } {
  const alerts: AlertEvent[] = [];
  const reports: Report[] = [];
  const alerting = new Alerting({
    rules: [createTrafficRule(1.2, 60), ...createDefaultRules({ hasDefaultRules: true, objective: 99 })],
    isExplained: true,
    isInMaintenance: () => false,
    tell: (event) => alerts.push(event),
  });
  const totals = new Totals();
  const whole = new WholeSpan(20);
  const summary = new ReportSummary({ top: 10, pathsMax: 20, emit: (report) => reports.push(report) });
  let inRuns = 0;
  const counting: SecondConsumer = {
    takesRuns: true,
    add: () => {},
    advanceTo: () => {},
    addRun: (_: RequestColumns, count) => (inRuns += count),
  };
  const all = new AllConsumers([totals, alerting, whole, summary, counting]);
  const consumer = way === 'each second on its own' ? new OneByOne(all) : all;
  const aggregator = new Aggregator(consumer, {
    ...AGGREGATOR_DEFAULTS,
    ...SMALL,
    closesBehindSeconds: 3,
    details: DETAILS,
  });
  run(events, aggregator, way, createRandom(seed));
  const recent = [...(alerting.recent?.between(T0, Infinity) ?? [])];
  summary.finish(T0 + 1e6);
  const everything = {
    totals: totals.snapshot(),
    whole: whole.pack(),
    recent,
    parts: alerting.parts['alerts']?.snapshot(),
  };
  return { events: alerts, everything: { ...everything, reports }, inRuns };
}

void test('totals, alerts with their reasons, reports and what is known of late are the same', (t) => {
  const seed = takeSeed(t);
  const events = drawEvents(seed, 6000);
  const expected = know(events, 'each second on its own', seed);
  assert.equal(expected.inRuns, 0);
  assert.ok(expected.events.length >= 4, `${expected.events.length} alerts`);
  for (const way of ['told now and then', 'told when there is no more room'] as const) {
    const known = know(events, way, seed);
    // With most seeds thousands, with one of 150 no more than 273.
    assert.ok(known.inRuns > 100, `${known.inRuns} requests in runs`);
    assert.deepEqual(known.events, expected.events);
    assert.deepEqual(known.everything, expected.everything);
  }
});
