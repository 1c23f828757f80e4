// A silence is told apart: no traffic, a log that can't be read, a format that no longer matches.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlertEngine } from '../../src/alerts/engine.ts';
import { ANY } from '../../src/alerts/rule.ts';
import type { AlertEvent } from '../../src/alerts/rule.ts';
import { ruleOf, Traffic } from './traffic.ts';

const T0 = 1_700_000_000;
const RULE = ruleOf({ metric: 'silence', threshold: 300, windowsSeconds: [1] });

function start(sources: readonly string[] = [], problems: Readonly<Record<string, string>> = {}) {
  const events: AlertEvent[] = [];
  const engine = new AlertEngine([{ ...RULE, where: { ...ANY, sources } }], {
    emit: (event) => events.push(event),
    sourceProblem: (isAbout) => Object.entries(problems).find(([path]) => isAbout(path))?.[1] ?? null,
  });
  const traffic = new Traffic(engine);
  traffic.advanceTo(T0);
  return {
    traffic,
    told: () => events.map(({ state, timeSeconds, summary }) => `${state} +${timeSeconds - T0}: ${summary}`),
  };
}

void test('no line at all is no traffic, and the next request ends it', () => {
  const { traffic, told } = start();
  traffic.hit(T0 + 100);
  traffic.advanceTo(T0 + 1000);
  traffic.hit(T0 + 1000);
  traffic.advanceTo(T0 + 1001);
  assert.deepEqual(told(), [
    'firing +401: no request was logged for 5m 1s, above 5m: no traffic reaches the log',
    'resolved +1001: requests are logged again',
  ]);
});

void test('lines that are no record are a format that no longer matches', () => {
  const { traffic, told } = start();
  traffic.fail(T0 + 50, 7);
  traffic.hit(T0 + 100);
  traffic.fail(T0 + 200, 4);
  traffic.fail(T0 + 300);
  traffic.advanceTo(T0 + 500);
  assert.deepEqual(told(), [
    'firing +401: no request was logged for 5m 1s, above 5m, but 5 lines that could not be read: the format no longer matches',
  ]);
});

void test('a line or two that are no record are none', () => {
  const { traffic, told } = start();
  traffic.fail(T0 + 200, 4);
  traffic.advanceTo(T0 + 500);
  assert.deepEqual(told(), [
    'firing +301: no request was logged for 5m 1s, above 5m: no traffic reaches the log',
  ]);
});

void test('a log that can not be read is named, if the rule is about it', () => {
  const problems = { 'logs/b.log': 'logs/b.log does not exist.' };
  const about = start(['b.log'], problems);
  about.traffic.advanceTo(T0 + 500);
  assert.deepEqual(about.told(), [
    'firing +301: no request was logged for 5m 1s, above 5m: logs/b.log does not exist.',
  ]);
  const other = start(['logs/a*.log'], problems);
  other.traffic.advanceTo(T0 + 500);
  assert.deepEqual(other.told(), [
    'firing +301: no request was logged for 5m 1s, above 5m: no traffic reaches the log',
  ]);
});

void test('requests of one log do not end the silence of another', () => {
  const { traffic, told } = start(['logs/a*.log']);
  for (let second = 0; second < 600; second += 10) traffic.hit(T0 + second, { source: 'logs/b.log' });
  traffic.fail(T0 + 20, 5, 'logs/b.log');
  traffic.advanceTo(T0 + 600);
  traffic.hit(T0 + 600, { source: 'logs/access.log' });
  traffic.advanceTo(T0 + 601);
  assert.deepEqual(told(), [
    'firing +301: no request was logged for 5m 1s, above 5m: no traffic reaches the log',
    'resolved +601: requests are logged again',
  ]);
});
