// Requests made by hand, through a real aggregator, to whoever takes Seconds: with all that a Second can tell of them.
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import { Aggregator } from '../../src/aggregate/aggregator.ts';
import type { SecondDetails } from '../../src/aggregate/aggregator-options.ts';
import type { SecondConsumer } from '../../src/aggregate/second.ts';
import { ANY } from '../../src/alerts/rule.ts';
import type { AlertEvent, Rule } from '../../src/alerts/rule.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import { createRecord } from '../../src/parse/record.ts';
import type { AccessRecord } from '../../src/parse/record.ts';

export interface Hit {
  readonly path: string;
  readonly method: string;
  readonly status: number;
  readonly sent: number;
  /** NaN: the log does not say. */
  readonly latencyMs: number;
  readonly client: string;
  readonly agent: string;
  readonly source: string;
}

export const HIT: Hit = {
  path: '/',
  method: 'GET',
  status: 200,
  sent: 100,
  latencyMs: Number.NaN,
  client: '192.0.2.1',
  agent: 'curl/8',
  source: '',
};

export const ALL_DETAILS: SecondDetails = { hasSamples: true, hasClients: true, hasSources: true };

/** A rule that fires above 10 of `metric` over ten seconds, but for what is said. */
export function ruleOf(changes: Partial<Rule>): Rule {
  const rule = { ...createTrafficRule(10, 10), name: 'test', where: ANY, ...changes };
  return { ...rule, recoverThreshold: changes.recoverThreshold ?? rule.threshold };
}

/** `firing +61 5.1`: what was told, with the seconds since `originSeconds` and the value. */
export function tellShort(events: readonly AlertEvent[], originSeconds: number): string[] {
  return events.map(({ rule, state, isReminder, timeSeconds, value }) =>
    [
      rule === 'test' ? [] : [rule],
      isReminder ? 'still firing' : state,
      `+${timeSeconds - originSeconds}`,
      value === null ? 'null' : Number(value.toPrecision(6)),
    ]
      .flat()
      .join(' '),
  );
}

export class Traffic {
  readonly aggregator: Aggregator;

  constructor(consumer: SecondConsumer, details: SecondDetails = ALL_DETAILS) {
    this.aggregator = new Aggregator(consumer, {
      ...AGGREGATOR_DEFAULTS,
      pathsMax: 200,
      templatesIds: false,
      details,
    });
  }

  /** `count` requests, alike. */
  hit(timeSeconds: number, changes: Partial<Hit> = {}, count = 1): void {
    const record = recordOf(timeSeconds, { ...HIT, ...changes });
    record.sourceId = this.aggregator.sourceIdOf(changes.source ?? '');
    for (let i = 0; i < count; i++) this.aggregator.add(record);
  }

  /** `count` lines that are no record. */
  fail(timeSeconds: number, count = 1, source = ''): void {
    const sourceId = this.aggregator.sourceIdOf(source);
    for (let i = 0; i < count; i++) this.aggregator.addFailure(sourceId, timeSeconds);
  }

  /** All before `timeSeconds` is told. */
  advanceTo(timeSeconds: number): void {
    this.aggregator.timeline.closeBefore(timeSeconds);
  }
}

function recordOf(timeSeconds: number, hit: Hit): AccessRecord {
  const clientEnd = Buffer.byteLength(hit.client);
  const methodEnd = clientEnd + Buffer.byteLength(hit.method);
  const pathEnd = methodEnd + Buffer.byteLength(hit.path);
  const agentEnd = pathEnd + Buffer.byteLength(hit.agent);
  return {
    ...createRecord(),
    bytes: Buffer.from(hit.client + hit.method + hit.path + hit.agent),
    timeSeconds,
    clientEnd,
    methodStart: clientEnd,
    methodEnd,
    pathStart: methodEnd,
    pathEnd,
    agentStart: pathEnd,
    agentEnd,
    status: hit.status,
    bytesSent: hit.sent,
    latencyMs: hit.latencyMs,
  };
}
