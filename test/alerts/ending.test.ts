// How an alert came to be over: its value came back, or nobody can say as there is too little to judge.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlertEngine } from '../../src/alerts/engine.ts';
import { renderAlertJson, renderAlertText } from '../../src/alerts/render.ts';
import type { AlertEvent, Rule } from '../../src/alerts/rule.ts';
import { headlineOf } from '../../src/outputs/alert-headline.ts';
import { alertDetails } from '../../src/outputs/alert-text.ts';
import { ruleOf, Traffic } from './traffic.ts';

const T0 = 1_700_000_000;
const ERRORS: Partial<Rule> = {
  name: 'errors',
  metric: 'error-rate',
  threshold: 5,
  recoverThreshold: 2.5,
  windowsSeconds: [60],
  requestsMin: 30,
};

function start(changes: Partial<Rule>) {
  const events: AlertEvent[] = [];
  const engine = new AlertEngine([ruleOf(changes)], { emit: (event) => events.push(event) });
  const traffic = new Traffic(engine);
  traffic.advanceTo(T0);
  const told = (): string[] =>
    events.map(
      ({ state, ending, timeSeconds, summary }) => `${state} ${ending} +${timeSeconds - T0}: ${summary}`,
    );
  return { engine, traffic, events, told };
}

void test('with fewer requests than min-requests an alert ends for want of requests, and says so', () => {
  const { engine, traffic, events, told } = start(ERRORS);
  traffic.hit(T0, { status: 500 }, 30);
  traffic.hit(T0 + 40, { status: 500 }, 3);
  traffic.advanceTo(T0 + 70);
  assert.deepEqual(told(), [
    'firing undefined +1: 100 % with status 5xx over 1m (30 requests), above 5 %',
    'resolved too-few-requests +61: too few requests to judge: 3 requests over 1m, min-requests is 30',
  ]);
  const over = events.slice(1);
  const line =
    'Monitor out of alert errors: too few requests to judge at 2023-11-14 22:14:21.000000 +0000 UTC';
  assert.deepEqual(over.map(renderAlertText), [line]);
  assert.equal(headlineOf(over), '[resolved] errors: too few requests to judge');
  assert.deepEqual(over.map(alertDetails), [
    [line, 'too few requests to judge: 3 requests over 1m, min-requests is 30'],
  ]);
  assert.match(over.map(renderAlertJson).join(), /"state":"resolved","ending":"too-few-requests",/);
  assert.deepEqual(
    engine.states().map(({ ending }) => ending),
    ['too-few-requests'],
  );
});

void test('a value that came back has recovered, also in one window of several', () => {
  const one = start(ERRORS);
  one.traffic.hit(T0, { status: 500 }, 30);
  one.traffic.hit(T0 + 1, {}, 2000);
  one.traffic.advanceTo(T0 + 2);
  assert.equal(
    one.told()[1],
    'resolved recovered +2: 1.48 % with status 5xx over 1m (2,030 requests), no longer above 2.5 %',
  );
  const several = start({ ...ERRORS, windowsSeconds: [10, 60] });
  several.traffic.hit(T0, { status: 500 }, 30);
  several.traffic.hit(T0 + 10, {}, 2000);
  several.traffic.advanceTo(T0 + 11);
  assert.match(several.told()[1] ?? '', /^resolved recovered \+11: 0 %/);
});

void test('of several windows that is told which has too few, which may not be the first', () => {
  const { traffic, told } = start({ ...ERRORS, windowsSeconds: [60, 10] });
  traffic.hit(T0, { status: 500 }, 30);
  traffic.advanceTo(T0 + 12);
  assert.equal(
    told()[1],
    'resolved too-few-requests +11: too few requests to judge: 0 requests over 10s, min-requests is 30',
  );
});

void test('no request at all is too few for a share, whatever the rule asks for', () => {
  const { traffic, told } = start({ ...ERRORS, requestsMin: 0 });
  traffic.hit(T0, { status: 500 });
  traffic.advanceTo(T0 + 70);
  assert.equal(told()[1], 'resolved too-few-requests +61: too few requests to judge: 0 requests over 1m');
});

void test('of lines that could not be read it is lines that are too few', () => {
  const { traffic, told } = start({ ...ERRORS, metric: 'parse-failure-rate' });
  traffic.fail(T0, 30);
  traffic.advanceTo(T0 + 70);
  assert.equal(
    told()[1],
    'resolved too-few-requests +61: too few lines to judge: 0 lines over 1m, min-requests is 30',
  );
});

void test('a value that has nothing to be compared with any more is told as such', () => {
  const { traffic, told } = start({ threshold: 2, windowsSeconds: [10], previousSeconds: 20 });
  traffic.hit(T0 + 10);
  traffic.hit(T0 + 39, {}, 10);
  traffic.advanceTo(T0 + 42);
  assert.deepEqual(told(), [
    'firing undefined +40: 1 requests/s over 10s (10 requests), 20 × the 0.05 requests/s of the 20s before, above 2 ×',
    'resolved nothing-to-compare +41: nothing to compare with 10 requests over 10s',
  ]);
});

void test('why it is over is kept over a restart, until it fires again', () => {
  const before = start(ERRORS);
  before.traffic.hit(T0, { status: 500 }, 30);
  before.traffic.advanceTo(T0 + 70);
  const engine = new AlertEngine([ruleOf(ERRORS)], { emit: () => {} });
  assert.equal(engine.restore(JSON.parse(JSON.stringify(before.engine.snapshot()))), true);
  assert.deepEqual(
    engine.states().map(({ ending }) => ending),
    ['too-few-requests'],
  );
  before.traffic.hit(T0 + 70, { status: 500 }, 30);
  before.traffic.advanceTo(T0 + 71);
  assert.deepEqual(
    before.engine.states().map(({ standing, ending }) => `${standing} ${ending}`),
    ['firing null'],
  );
});
