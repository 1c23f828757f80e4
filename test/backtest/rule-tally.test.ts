// What is kept of the alerts of a rule: sums, flaps, peaks, and the bounds of the lists.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertEvent, Rule } from '../../src/alerts/rule.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import { compareOutcomes } from '../../src/backtest/comparison.ts';
import { renderOutcomeJson, renderOutcomesText } from '../../src/backtest/render.ts';
import { renderComparisonJson, renderComparisonText } from '../../src/backtest/render-comparison.ts';
import { flapSecondsOf, hasAlertOf, RuleTally } from '../../src/backtest/rule-tally.ts';
import type { RuleOutcome } from '../../src/backtest/rule-tally.ts';

const RULE: Rule = createTrafficRule(10, 60);
/** Every bit: the rule could be judged. */
const ALL_SEEN = -1;

function event(state: AlertEvent['state'], timeSeconds: number, given: Partial<AlertEvent> = {}): AlertEvent {
  return {
    id: `traffic-${timeSeconds}`,
    rule: RULE.name,
    metric: RULE.metric,
    unit: 'requests/s',
    severity: RULE.severity,
    state,
    isReminder: false,
    value: 12,
    comparison: 'above',
    threshold: 10,
    windowSeconds: 60,
    timeSeconds,
    sinceSeconds: timeSeconds,
    peak: 12,
    summary: 'much',
    explanation: null,
    message: null,
    notify: null,
    ...given,
  };
}

/** Alerts that fire at the first and recover at the second of each pair; without a second one fires still. */
function outcomeOf(
  alerts: readonly (readonly [start: number, end?: number])[],
  rule: Rule = RULE,
  endSeconds = 100_000,
): RuleOutcome {
  const tally = new RuleTally([rule]);
  for (const [start, end] of alerts) {
    const fired = event('firing', start, { rule: rule.name });
    tally.add({ event: fired, isTold: false });
    tally.add({ event: fired, isTold: true });
    if (end !== undefined)
      tally.add({ event: event('resolved', end, { rule: rule.name, peak: 20 }), isTold: false });
  }
  const [outcome] = tally.outcomes(endSeconds, [], [ALL_SEEN]);
  assert.ok(outcome);
  return outcome;
}

void test('alerts, their time and their flaps are summed up; one that fires still counts to the end', () => {
  const { firings, rule, ...sums } = outcomeOf([[1000, 1060], [1360, 1400], [1701, 1800], [99_000]]);
  assert.equal(rule, RULE);
  assert.deepEqual(sums, {
    alerts: 4,
    alertsTold: 4,
    alertSeconds: 60 + 40 + 99 + 1000,
    // 300 s after the end is a flap still, 301 s is none.
    flaps: 1,
    firingSinceSeconds: 99_000,
    neverKnown: null,
  });
  assert.deepEqual(
    firings.map(({ startSeconds, endSeconds, peak }) => [startSeconds, endSeconds, peak]),
    [
      [1000, 1060, 20],
      [1360, 1400, 20],
      [1701, 1800, 20],
      [99_000, null, 12],
    ],
  );
});

void test('with a longer window an alert is a flap for longer', () => {
  assert.equal(flapSecondsOf(createTrafficRule(10, 299)), 300);
  assert.equal(flapSecondsOf({ ...RULE, windowsSeconds: [60, 3600] }), 3600);
  const hour = { ...RULE, windowsSeconds: [3600] as const };
  assert.equal(
    outcomeOf(
      [
        [1000, 1060],
        [4660, 4700],
      ],
      hour,
    ).flaps,
    1,
  );
  assert.equal(
    outcomeOf(
      [
        [1000, 1060],
        [4661, 4700],
      ],
      hour,
    ).flaps,
    0,
  );
});

void test('a reminder is no alert, and the peak of what fires still is that of the end', () => {
  const tally = new RuleTally([RULE]);
  tally.add({ event: event('firing', 1000), isTold: false });
  tally.add({ event: event('firing', 1000), isTold: true });
  tally.add({ event: event('firing', 1500, { isReminder: true }), isTold: true });
  tally.add({ event: event('firing', 1500, { isReminder: true }), isTold: false });
  const [outcome] = tally.outcomes(2000, [event('firing', 2000, { peak: 99, isReminder: true })], [ALL_SEEN]);
  assert.deepEqual(
    [outcome?.alerts, outcome?.alertsTold, outcome?.alertSeconds, outcome?.firings[0]?.peak],
    [1, 1, 1000, 99],
  );
});

void test('an alert that was over for want of requests is listed as such', () => {
  const tally = new RuleTally([RULE]);
  tally.add({ event: event('firing', 1000), isTold: false });
  tally.add({ event: event('resolved', 1100, { ending: 'too-few-requests' }), isTold: false });
  const outcomes = tally.outcomes(2000, [], [ALL_SEEN]);
  assert.match(
    renderOutcomesText(outcomes, { toSeconds: 2000, areAlertsTold: false }),
    / {2}ended: too few requests to judge {2}/,
  );
  assert.match(outcomes.map((each) => renderOutcomeJson(each, 2000)).join(), /"ending":"too-few-requests"/);
});

void test('an alert that nobody was told of is none for the exit code', () => {
  const tally = new RuleTally([RULE]);
  tally.add({ event: event('firing', 1000), isTold: false });
  tally.add({ event: event('resolved', 1100), isTold: false });
  const outcomes = tally.outcomes(2000, [], [ALL_SEEN]);
  assert.equal(hasAlertOf(outcomes, 'info'), false);
  assert.match(
    renderOutcomesText(outcomes, { toSeconds: 2000, areAlertsTold: false }),
    /1m 40s {2}peak 12 requests\/s {2}held back by maintenance/,
  );
  const told = [outcomeOf([[1000, 1100]])];
  // Where each alert was told already, only what was held back is listed.
  const lines = (of: typeof outcomes): number =>
    renderOutcomesText(of, { toSeconds: 2000, areAlertsTold: true }).split('\n').length;
  assert.deepEqual([lines(outcomes), lines(told)], [4, 2]);
  assert.deepEqual(
    (['info', 'warning', 'critical'] as const).map((severity) => hasAlertOf(told, severity)),
    [true, true, false],
  );
});

void test('the text of a rule lists 20 alerts and says how many more there are; the JSON as well', () => {
  const outcome = outcomeOf(
    Array.from({ length: 151 }, (_, i) => [i * 1000, i * 1000 + 10] as const),
    RULE,
    151_000,
  );
  const lines = renderOutcomesText([outcome], { toSeconds: 151_000, areAlertsTold: false }).split('\n');
  assert.deepEqual(lines.slice(0, 3), [
    'Rules, times in UTC',
    '  traffic (warning, request-rate above 10 requests/s): 151 alerts, 25m 10s in alert',
    '    1970-01-01 00:00:00 to 00:00:10  10s  peak 20 requests/s',
  ]);
  assert.equal(lines[3], '      much');
  assert.equal(lines.at(-1), '    and 131 more');
  assert.equal(lines.length, 2 + 2 * 20 + 1);
  const json = JSON.parse(renderOutcomeJson(outcome, 151_000));
  assert.deepEqual(
    [json.type, json.rule, json.alerts, json.firings.length, json.furtherFirings],
    ['rule', 'traffic', 151, 20, 131],
  );
  assert.deepEqual(json.firings[1], {
    start: '1970-01-01T00:16:40.000Z',
    end: '1970-01-01T00:16:50.000Z',
    ending: null,
    seconds: 10,
    peak: 20,
    isTold: true,
    reason: 'much',
    reasons: [],
  });
});

void test('two sets of rules: an alert without one of the other set at the same time is only in its own', () => {
  const other: Rule = { ...RULE, name: 'other' };
  const before = [
    outcomeOf([
      [1000, 1100],
      [2000, 2100],
      [3000, 3100],
    ]),
    outcomeOf([], other),
  ];
  const after = [outcomeOf([[1050, 1200], [2100, 2150], [9000]], RULE, 10_000)];
  const comparisons = compareOutcomes(before, after);
  assert.deepEqual(
    comparisons.map(({ name, onlyBefore, onlyAfter, isCut }) => [
      name,
      onlyBefore.map(({ startSeconds }) => startSeconds),
      onlyAfter.map(({ startSeconds }) => startSeconds),
      isCut,
    ]),
    [
      ['traffic', [2000, 3000], [2100, 9000], false],
      ['other', [], [], false],
    ],
  );
  assert.equal(
    renderComparisonText(comparisons, { before: 'old.yml', after: 'new.yml' }, 10_000),
    [
      'old: old.yml',
      'new: new.yml',
      'times in UTC',
      '',
      '                                ALERTS          IN ALERT             FLAPS         ONLY IN',
      'RULE                               old     new       old       new     old     new     old     new',
      'traffic                              3       3        5m       20m       0       0       2       2',
      'other                                0       -        0s         -       0       -       0       0',
      '',
      'traffic, only in old:',
      '  1970-01-01 00:33:20 to 00:35:00  1m 40s  peak 20 requests/s',
      '  1970-01-01 00:50:00 to 00:51:40  1m 40s  peak 20 requests/s',
      '',
      'traffic, only in new:',
      '  1970-01-01 00:35:00 to 00:35:50  50s  peak 20 requests/s',
      '  1970-01-01 02:30:00 still firing  16m 40s  peak 12 requests/s',
    ].join('\n'),
  );
  const json = JSON.parse(renderComparisonJson(comparisons[1] ?? assert.fail(), 10_000));
  assert.deepEqual([json.type, json.rule, json.old.alerts, json.new], ['comparison', 'other', 0, null]);
});

void test('a comparison stays within 100 columns, and says when there were too many alerts to compare', () => {
  const many: (readonly [number, number])[] = Array.from({ length: 2001 }, (_, i) => [i * 10, i * 10 + 5]);
  const name = 'x'.repeat(64);
  const rule = { ...RULE, name };
  const [only] = compareOutcomes([outcomeOf([], rule)], [outcomeOf(many, rule, 1e9)]);
  assert.ok(only);
  assert.deepEqual([only.isCut, only.onlyAfter.length], [true, 2000]);
  const text = renderComparisonText([only], { before: 'a', after: 'b'.repeat(200) }, 1e9);
  const table = text.split('\n').slice(0, 6);
  assert.ok(
    table.every((line) => line.length <= 100),
    text,
  );
  assert.match(text, / 2000\+$/m);
  assert.match(text, /\n {2}and 1,980 more\n {2}only the first 2000 alerts of each set were compared$/);
});

void test('seeing the same alerts, two sets have nothing of their own, however many there are', () => {
  const many: (readonly [number, number])[] = Array.from({ length: 2500 }, (_, i) => [i * 10, i * 10 + 5]);
  const few = many.slice(0, 1000);
  const [same] = compareOutcomes([outcomeOf(many)], [outcomeOf(many)]);
  assert.deepEqual([same?.onlyBefore.length, same?.onlyAfter.length], [0, 0]);
  const [fewer] = compareOutcomes([outcomeOf(many)], [outcomeOf(few)]);
  assert.deepEqual([fewer?.onlyBefore.length, fewer?.onlyAfter.length], [1000, 0]);
});

void test('a rule that could never be judged is no rule without an alert, and why is told for each set', () => {
  const rule: Rule = { ...RULE, name: 'slow', metric: 'latency-p95', requestsMin: 20 };
  const outcomeBy = (seen: number): RuleOutcome =>
    new RuleTally([rule]).outcomes(2000, [], [seen])[0] ?? assert.fail();
  const [unknown, known] = [outcomeBy(1), outcomeBy(ALL_SEEN)];
  const why = 'no request in these logs tells how long it took';
  assert.deepEqual([unknown.neverKnown, known.neverKnown], [why, null]);
  assert.equal(
    renderOutcomesText([unknown, known], { toSeconds: 2000, areAlertsTold: false }),
    [
      'Rules, times in UTC',
      `  slow (warning, latency-p95 above 10 ms): never known: ${why}`,
      '  slow (warning, latency-p95 above 10 ms): no alert',
    ].join('\n'),
  );
  assert.deepEqual(
    [unknown, known].map((outcome) => JSON.parse(renderOutcomeJson(outcome, 2000)).neverKnown),
    [why, null],
  );
  const comparisons = compareOutcomes([unknown], [known]);
  assert.deepEqual(
    renderComparisonText(comparisons, { before: 'a', after: 'b' }, 2000).split('\n').slice(6),
    [
      'slow                                 ?       0         ?        0s       ?       0       0       0',
      '',
      `slow, never known in old: ${why}`,
    ],
  );
  const both = renderComparisonText(compareOutcomes([unknown], [unknown]), { before: 'a', after: 'b' }, 2000);
  assert.match(both, /^slow, never known in both: no request/m);
  const json = JSON.parse(renderComparisonJson(comparisons[0] ?? assert.fail(), 2000));
  assert.deepEqual([json.old.neverKnown, json.new.neverKnown], [why, null]);
});
