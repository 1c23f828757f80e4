// The same log gives the same alerts: live or again, in its order or shuffled within the lateness.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import { Alerting } from '../../src/alerts/alerting.ts';
import { createDefaultRules } from '../../src/alerts/default-rules.ts';
import type { AlertEvent } from '../../src/alerts/rule.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import { createParser } from '../../src/parse/detect.ts';
import { Pipeline } from '../../src/pipeline.ts';
import { createRandom, takeSeed } from '../seed.ts';

const T0 = Date.UTC(2026, 10, 23, 22, 0, 0) / 1000;
const SECONDS = 1500;
const LATENESS_SECONDS = 5;
const MONTH_LINE = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/;

interface Line {
  /** Seconds after T0. */
  readonly time: number;
  readonly text: string;
}

function lineAt(time: number, path: string, status: number): Line {
  const [, day, month, year, clock] = MONTH_LINE.exec(new Date((T0 + time) * 1000).toUTCString()) ?? [];
  const stamp = `${day}/${month}/${year}:${clock} +0000`;
  return { time, text: `192.0.2.${status % 7} - - [${stamp}] "GET ${path} HTTP/1.1" ${status} 10 "-" "a"\n` };
}

/** Ordinary traffic with a burst of logins and a time of errors. */
function createLog(random: (below: number) => number): Line[] {
  const lines: Line[] = [];
  for (let time = 0; time < SECONDS; time++) {
    const isBurst = time > 500 && time < 620;
    const isBad = time > 900 && time < 1000;
    for (let i = (isBurst ? 30 : 2) + random(5); i > 0; i--)
      lines.push(
        lineAt(
          time,
          isBurst && random(4) > 0 ? '/login' : `/${random(5)}`,
          isBad && random(3) === 0 ? 502 : 200,
        ),
      );
  }
  return lines;
}

/** Lines in the order of their writing, each with the second at which it is written. */
function read(lines: readonly (Line & { readonly at: number })[], isReplay: boolean): AlertEvent[] {
  const events: AlertEvent[] = [];
  const alerting = new Alerting({
    rules: [createTrafficRule(10, 60), ...createDefaultRules({ hasDefaultRules: true, objective: null })],
    isExplained: true,
    isInMaintenance: () => false,
    tell: (event) => events.push(event),
  });
  let now = 0;
  const pipeline = new Pipeline({
    createParser: () => createParser('combined', null),
    lineBytesMax: 1000,
    latenessSeconds: LATENESS_SECONDS,
    isReplay,
    paths: { templatesIds: AGGREGATOR_DEFAULTS.templatesIds, patterns: [] },
    details: alerting.details,
    consumers: [alerting],
    now: () => (T0 + now) * 1000,
    look: () => [],
    formatFound: () => {},
  });
  const sink = pipeline.open('access.log');
  for (const { text, at } of lines) {
    while (now < at) {
      now++;
      if (!isReplay) pipeline.advance();
    }
    sink.write(Buffer.from(text));
  }
  sink.end();
  pipeline.finish(T0 + SECONDS + 300);
  return events;
}

/** All but the reasons. */
const bare = (events: readonly AlertEvent[]) => events.map((event) => ({ ...event, explanation: null }));

void test('live, again, and shuffled within the lateness: the same alerts, and reasons within their error', (t) => {
  const random = createRandom(takeSeed(t));
  const log = createLog(random);
  const inOrder = log.map((line) => ({ ...line, at: line.time }));
  const live = read(inOrder, false);
  assert.deepEqual(
    live.map(({ rule, state }) => `${rule} ${state}`),
    [
      'traffic firing',
      'traffic resolved',
      'server-errors-fast firing',
      'server-errors-slow firing',
      'server-errors-fast resolved',
      'server-errors-slow resolved',
    ],
  );
  assert.deepEqual(read(inOrder, true), live);
  const late = log
    .map((line) => ({ ...line, at: line.time + random(LATENESS_SECONDS), rank: random(1_000_000) }))
    .toSorted((a, b) => a.at - b.at || a.rank - b.rank);
  for (const isReplay of [false, true]) {
    const shuffled = read(late, isReplay);
    assert.deepEqual(bare(shuffled), bare(live));
    for (const [i, { explanation }] of shuffled.entries()) {
      const wanted = live[i]?.explanation ?? null;
      assert.equal(explanation === null, wanted === null);
      for (const { dimension, name, share } of explanation?.reasons ?? []) {
        const same = wanted?.reasons.find((reason) => reason.dimension === dimension && reason.name === name);
        // What is near the least share that is told may be told one time and not the other.
        assert.ok(Math.abs(share - (same?.share ?? 0.05)) <= 0.06, `${name}: ${share}, ${same?.share}`);
      }
    }
  }
});
