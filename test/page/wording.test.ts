import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFigures } from '../../page/figures.ts';
import { Model } from '../../page/model.ts';
import { createState } from '../../page/state.ts';
import type { State } from '../../page/state.ts';
import { findHeadline } from '../../page/verdict.ts';
import { hashOf, OVERVIEW, readView } from '../../page/view.ts';
import type { View } from '../../page/view.ts';
import {
  describeReading,
  formatBytes,
  formatChange,
  formatCondition,
  formatCount,
  formatFiring,
  formatMs,
  formatRuleValue,
  formatUnjudged,
  formatWhere,
} from '../../page/wording.ts';
import type { LiveEvent } from '../../src/live/event.ts';
import { eventOf, RULE, secondsOf, SOURCE, T } from './events.ts';

function stateOf(event: LiveEvent, view: View = OVERVIEW): State {
  const model = new Model();
  model.apply(event);
  const state = createState(model, view);
  assert.ok(state !== null);
  return state;
}

void test('a view and its URL are the same, whatever is in a path', () => {
  for (const view of [
    OVERVIEW,
    { ...OVERVIEW, path: '/a?b=c&d#e %' },
    { ...OVERVIEW, path: '/ä', status: 404, rule: 'a.b', alert: 'a:1' },
    { ...OVERVIEW, status: 0 },
  ])
    assert.deepEqual(readView(hashOf(view)), view);
  assert.equal(hashOf({ ...OVERVIEW, path: '/a b', status: 200 }), '#path=%2Fa+b&status=200');
  assert.deepEqual(readView('#status=many'), OVERVIEW);
  assert.deepEqual(readView('#status=1000'), OVERVIEW);
  assert.deepEqual(readView(''), OVERVIEW);
});

void test('numbers have three digits that matter, and units', () => {
  assert.deepEqual([0, 0.1234, 12.34, 123.4, 1234.5].map(formatCount), [
    '0',
    '0.123',
    '12.3',
    '123',
    '1,235',
  ]);
  assert.deepEqual([0, 999, 12_345, 1e13].map(formatBytes), ['0 B', '999 B', '12.3 kB', '10 TB']);
  assert.deepEqual([0.5, 820, 1234].map(formatMs), ['0.5 ms', '820 ms', '1.23 s']);
});

void test('a change is told in points, what is new as such, and no change not at all', () => {
  const changes = [
    formatChange(0.5, 0.2),
    formatChange(0.2, 0.5),
    formatChange(0.2, 0),
    formatChange(0.2, 0.201),
    formatChange(0.2, null),
  ];
  assert.deepEqual(changes, ['+30', '−30', 'new', '', '']);
});

void test('a rule whose alert is over for want of requests says so', () => {
  assert.equal(formatUnjudged(RULE), '');
  assert.equal(formatUnjudged({ ...RULE, ending: 'recovered' }), '');
  assert.equal(formatUnjudged({ ...RULE, ending: 'too-few-requests' }), ', too few requests to judge');
});

void test('a log is told with what is wrong with it, and what will be', () => {
  assert.equal(describeReading(SOURCE), 'read');
  const warning = 'logs/a is mounted as a single file';
  assert.equal(
    describeReading({ ...SOURCE, warning, possibleLoss: 1 }),
    'read; logs/a is mounted as a single file; lines may have been lost once',
  );
  assert.equal(
    describeReading({ ...SOURCE, problem: 'logs/a does not exist', possibleLoss: 2 }),
    'logs/a does not exist; lines may have been lost 2 times',
  );
});

void test('a rule is told in its unit, with what it looks at', () => {
  assert.equal(formatRuleValue(RULE), '12.5 requests/s');
  assert.equal(formatRuleValue({ ...RULE, value: null }), 'no verdict');
  assert.equal(formatRuleValue({ ...RULE, neverKnown: 'no request so far tells its status' }), 'never known');
  assert.equal(formatCondition(RULE), 'above 80 requests/s over 2m');
  assert.equal(formatCondition({ ...RULE, metric: 'silence', unit: 's', threshold: 300 }), 'above 5m');
  assert.equal(formatWhere(RULE), '');
  const late = { ...RULE, value: 70, recoverThreshold: 60, recoverForSeconds: 90 };
  assert.equal(formatFiring({ ...late, value: 90 }), 'above 80 requests/s over 2m');
  assert.equal(
    formatFiring(late),
    'was above 80 requests/s over 2m, recovers below 60 requests/s for 1m 30s',
  );
  const statuses = [
    { first: 500, last: 599 },
    { first: 404, last: 404 },
    { first: 401, last: 403 },
  ];
  const where = { paths: ['/api/**'], methods: ['POST'], sources: [], statuses };
  assert.equal(formatWhere({ ...RULE, where }), 'POST · status 5xx, 404, 401–403 · /api/**');
});

void test('the headline says the worst: an alert, then what fluffy lacks, then what is pending', () => {
  const firing = { ...RULE, standing: 'firing', value: 90 } as const;
  const broken = { ...SOURCE, problem: 'access.log does not exist.' };
  const tell = (rest: Partial<LiveEvent>): string[] => Object.values(findHeadline(stateOf(eventOf(rest))));
  const fine = 'Nothing else is watched: default-rules adds errors, latency and silence.';
  assert.deepEqual(tell({}), ['ok', 'Traffic is fine', fine]);
  const silence = { ...RULE, metric: 'silence' } as const;
  assert.deepEqual(tell({ rules: [silence] }), ['ok', 'All is well', 'The one rule is not firing.']);
  assert.deepEqual(tell({ rules: [RULE, silence] }), ['ok', 'All is well', 'None of the 2 rules is firing.']);
  assert.deepEqual(tell({ rules: [firing], sources: [broken] }), [
    'firing',
    'traffic is firing',
    '90 requests/s, above 80 requests/s over 2m.',
  ]);
  assert.deepEqual(tell({ rules: [{ ...firing, value: 70, recoverForSeconds: 60 }] }), [
    'firing',
    'traffic is firing',
    '70 requests/s, was above 80 requests/s over 2m, recovers below 80 requests/s for 1m.',
  ]);
  assert.deepEqual(tell({ rules: [firing, { ...firing, name: 'b' }] }), [
    'firing',
    '2 alerts are firing',
    'traffic, b.',
  ]);
  assert.deepEqual(tell({ sources: [broken], problems: ['data is full.'] }), [
    'problem',
    'fluffy is not ready',
    'access.log does not exist. data is full.',
  ]);
  assert.deepEqual(tell({ rules: [{ ...RULE, standing: 'pending' }] }), [
    'pending',
    'Nothing is firing',
    'Beyond the threshold, but not for long enough: traffic.',
  ]);
});

void test('the figures are of the moment; what is not kept by path is not made up', () => {
  const event = eventOf({
    seconds: secondsOf([T - 1]),
    steps: [{ timeSeconds: T - 10, cells: [['/a', 200, 30]] }],
  });
  const values = (view: View): string[] => findFigures(stateOf(event, view)).map(({ value }) => value);
  assert.deepEqual(values(OVERVIEW), ['4/s', '25 %', '0 %', '2 ms', '100 B/s']);
  assert.deepEqual(values({ ...OVERVIEW, path: '/a' }), ['3/s', '0 %', '0 %', '–', '–']);
  assert.deepEqual(values({ ...OVERVIEW, path: '/none' }), ['0/s', '–', '–', '–', '–']);
});

void test('the figures say of how much time they are: soon after the start it is less than they ask for', () => {
  const notesAfter = (seconds: number): string[] => {
    const times = Array.from({ length: seconds }, (_, i) => T - seconds + i);
    return findFigures(stateOf(eventOf({ seconds: secondsOf(times) })))
      .slice(0, 2)
      .map(({ note }) => note);
  };
  assert.deepEqual(notesAfter(29), ['last 10 s; 4/s over 29 s', '5xx, last 29 s']);
  assert.deepEqual(notesAfter(119), ['last 10 s; 4/s over 119 s', '5xx, last minute']);
  assert.deepEqual(notesAfter(150), ['last 10 s; 4/s over 3 min', '5xx, last minute']);
  assert.deepEqual(notesAfter(900), ['last 10 s; 4/s over 15 min', '5xx, last minute']);
});
