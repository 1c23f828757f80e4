// What rules cost: nanoseconds a second of event time, and a Second told, for the rule that there always is and for all that
// come with fluffy. `node bench/rules.ts`
import { Aggregator } from '../src/aggregate/aggregator.ts';
import { AGGREGATOR_DEFAULTS } from '../src/aggregate/aggregator-options.ts';
import { AlertEngine } from '../src/alerts/engine.ts';
import { createDefaultRules } from '../src/alerts/default-rules.ts';
import { ANY } from '../src/alerts/rule.ts';
import type { Rule } from '../src/alerts/rule.ts';
import { createTrafficRule } from '../src/alerts/traffic-rule.ts';
import { createRecord } from '../src/parse/record.ts';

const SECONDS = 200_000;
const RUNS = 3;

const TRAFFIC = createTrafficRule(1000, 120);
const CLIENTS: Rule = { ...TRAFFIC, name: 'clients', metric: 'unique-clients', where: ANY };
const SETS: Readonly<Record<string, readonly Rule[]>> = {
  'traffic alone': [TRAFFIC],
  'default rules and an objective': [
    TRAFFIC,
    ...createDefaultRules({ hasDefaultRules: true, objective: 99.9 }),
  ],
  'traffic and unique clients': [TRAFFIC, CLIENTS],
};

/** Ten requests a second, of five series; without any, only time passes. */
function measure(rules: readonly Rule[], requests: number): number {
  const engine = new AlertEngine(rules, { emit: () => {} });
  const details = { hasSamples: false, hasClients: engine.hasClients, hasSources: false };
  const aggregator = new Aggregator(engine, { ...AGGREGATOR_DEFAULTS, details });
  const bytes = Buffer.from('192.0.2.1GET/a');
  const record = {
    ...createRecord(),
    bytes,
    clientEnd: 9,
    methodStart: 9,
    methodEnd: 12,
    pathStart: 12,
    pathEnd: 14,
  };
  aggregator.timeline.closeBefore(0);
  const startedNs = process.hrtime.bigint();
  for (let time = 0; time < SECONDS; time++) {
    record.timeSeconds = time;
    for (let i = 0; i < requests; i++) {
      record.status = 200 + (i % 5);
      record.latencyMs = 1 + (time % 50);
      aggregator.add(record);
    }
    aggregator.timeline.closeBefore(time + 1);
  }
  return Number(process.hrtime.bigint() - startedNs) / SECONDS;
}

const NO_RULES = Math.min(...Array.from({ length: RUNS }, () => measure([], 10)));
process.stdout.write(`without rules, 10 requests a second: ${Math.round(NO_RULES)} ns a second\n`);
for (const [name, rules] of Object.entries(SETS)) {
  const took = Math.min(...Array.from({ length: RUNS }, () => measure(rules, 10)));
  const quiet = Math.min(...Array.from({ length: RUNS }, () => measure(rules, 0)));
  process.stdout.write(
    `${name}: ${Math.round(took - NO_RULES)} ns more; ${Math.round(quiet)} ns a second without traffic\n`,
  );
}
