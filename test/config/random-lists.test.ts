// Random trees of YAML under the keys that hold lists of blocks: whatever they are, there are problems at places in the
// file, or a configuration that keeps what the types promise.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { METRICS, type Rule } from '../../src/alerts/rule.ts';
import { formatProblem } from '../../src/config/problem.ts';
import type { Config } from '../../src/config/schema.ts';
import { readSettings } from '../../src/config/settings.ts';
import { validate } from '../../src/config/validate.ts';
import { readYaml } from '../../src/config/yaml-document.ts';
import { createRandom, takeSeed } from '../seed.ts';

type Below = (below: number) => number;

const SECRET = 's3cret';
const KEYS = [
  ['name', 'metric', 'above', 'below', 'window', 'for', 'recover-below', 'recover-above', 'recover-for'],
  ['min-requests', 'where', 'path', 'method', 'status', 'source', 'compare', 'severity', 'notify', 'message'],
  ['repeat-interval', 'type', 'url', 'url-file', 'url-env', 'secret', 'secret-file', 'headers', 'template'],
  ['topic-arn', 'labels', 'routing-key-env', 'host', 'user', 'password', 'password-env', 'from', 'to'],
  ['cron', 'duration', 'rules', 'Authorization', 'file', 'env', 'sheep', '__proto__', 'constructor', '<<'],
].flat();
const SCALARS = [
  [
    'a',
    'b',
    'off',
    'on',
    'none',
    'traffic',
    'silence',
    'info',
    '5m',
    '24h',
    'previous 1h',
    '10MB',
    '""',
    '~',
  ],
  ['0', '5', '-1', '99.9', '.nan', '.inf', '1e400', 'true', 'null', '/a/**', 'post', '5xx', '">=500"', '404'],
  ['slack', 'webhook', 'email', 'sns', 'alertmanager', 'pagerduty', 'A', '/k', 'http://a', 'a@example.org'],
  ['"{value}"', '"{vlue}"', '"0 3 * * 0"', '"\\0"', '"\\u2028"', '*x', '&x 5', '!t 5'],
  Object.keys(METRICS),
].flat();
/** The least of a block, and keys that may go with it. */
const BLOCKS = {
  alerts: {
    least: 'metric: request-rate, above: 5',
    more: [
      ['for: 1m', 'window: [1h, 5m]', 'severity: info', 'min-requests: 5', 'notify: none', 'notify: n0'],
      [
        'recover-below: 2',
        'compare: previous 1h',
        'message: "{value}"',
        'where: {path: /a, status: ["<400", 5xx]}',
      ],
    ].flat(),
  },
  channels: {
    least: 'type: webhook, url-env: A',
    more: ['min-severity: info', 'headers: {X: a}', 'secret-file: /k', 'template: "{rule}"'],
  },
  maintenance: { least: 'cron: "0 3 * * 0", duration: 1h', more: ['rules: [traffic]', 'rules: n0'] },
};

function pick<T>(random: Below, items: readonly T[]): T {
  const item = items[random(items.length)];
  assert.ok(item !== undefined);
  return item;
}

/** A value in flow style, at most `depth` deep. */
function tree(random: Below, depth: number): string {
  const kind = random(depth > 0 ? 6 : 3);
  if (kind < 3) return pick(random, SCALARS);
  const items = Array.from({ length: random(4) }, () => tree(random, depth - 1));
  if (kind === 3) return `[${items.join(', ')}]`;
  return `{${items.map((item) => `${pick(random, KEYS)}: ${item}`).join(', ')}}`;
}

/** Lists of blocks, most of them valid but for the odd key; or anything at all. */
function file(random: Below): string {
  const lists = (['alerts', 'channels', 'maintenance'] as const).map((key) => {
    if (random(8) === 0) return `${key}: ${tree(random, 6)}\n`;
    const items = Array.from({ length: 1 + random(3) }, (_, index) => block(random, key, index));
    return `${key}:\n${items.join('')}`;
  });
  return lists.join('');
}

function block(random: Below, list: keyof typeof BLOCKS, index: number): string {
  const { least, more } = BLOCKS[list];
  const keys = Array.from({ length: random(3) }, () =>
    random(4) === 0 ? `${pick(random, KEYS)}: ${tree(random, 3)}` : pick(random, more),
  );
  const name = list === 'maintenance' ? [] : [`name: n${index}`];
  return `  - {${[...name, least, ...keys].join(', ')}}\n`;
}

function checkRule(rule: Rule): void {
  assert.match(rule.name, /^[a-z0-9][a-z0-9_.-]{0,63}$/);
  assert.ok(Object.hasOwn(METRICS, rule.metric));
  assert.ok(Number.isFinite(rule.threshold) && rule.threshold >= 0);
  const [least, most] = [rule.recoverThreshold, rule.threshold].toSorted((a, b) => a - b);
  assert.equal(rule.comparison === 'above' ? most : least, rule.threshold);
  for (const seconds of rule.windowsSeconds) assert.ok(seconds >= 1 && seconds <= 86_400);
  for (const { first, last } of rule.where.statuses) assert.ok(first >= 100 && first <= last && last <= 999);
}

function checkConfig({ alerts, channels, maintenance }: Config): void {
  for (const rule of alerts) checkRule(rule);
  const names = channels.map(({ name }) => name);
  for (const list of [names, alerts.map(({ name }) => name)]) assert.equal(new Set(list).size, list.length);
  for (const { notify } of alerts) for (const name of notify ?? []) assert.ok(names.includes(name), name);
  for (const { durationSeconds } of maintenance)
    assert.ok(durationSeconds >= 60 && durationSeconds <= 604_800);
}

/** How it ended. */
function load(text: string): 'syntax' | 'refused' | 'valid' {
  const lineCount = text.split('\n').length;
  const yaml = readYaml(text);
  if (!yaml.ok) {
    assert.ok(yaml.problems.length > 0);
    return 'syntax';
  }
  const read = readSettings(yaml.entries, 'config.yml');
  const { config, problems } = validate(read.settings, { cwd: '/srv' });
  for (const problem of [...read.problems, ...problems]) {
    assert.ok(
      problem.line !== null && problem.line >= 1 && problem.line <= lineCount,
      formatProblem(problem),
    );
    assert.match(formatProblem(problem), /^config\.yml:\d+:\d+ [^\n]{5,400}$/);
  }
  if (read.problems.length + problems.length > 0) return 'refused';
  checkConfig(config);
  return 'valid';
}

void test('random lists of blocks never throw, and are refused at places in the file or valid', (t) => {
  const random = createRandom(takeSeed(t));
  const ends = { syntax: 0, refused: 0, valid: 0 };
  for (let run = 0; run < 1000; run += 1) {
    const text = file(random);
    try {
      ends[load(text)] += 1;
    } catch (error) {
      throw new Error(`of this file:\n${text}`, { cause: error });
    }
  }
  t.diagnostic(JSON.stringify(ends));
  for (const count of Object.values(ends)) assert.ok(count > 30, JSON.stringify(ends));
});

void test('a secret in any place of a channel is not shown', (t) => {
  const random = createRandom(takeSeed(t));
  const places = [
    SECRET,
    `[${SECRET}]`,
    `{file: ${SECRET}\\0}`,
    `{${SECRET}-long-key: 1}`,
    `https://u:${SECRET}@a/`,
  ];
  const types = ['webhook', 'slack', 'pagerduty', 'alertmanager', 'sns', 'email', 'sheep'];
  const secretKeys = [
    'url',
    'url-file',
    'url-env',
    'secret',
    'secret-file',
    'routing-key',
    'routing-key-env',
  ];
  const keys = [
    ...secretKeys,
    'password',
    'password-file',
    'password-env',
    'user',
    'token',
    'api-key',
    'endpoint',
  ];
  for (let run = 0; run < 1000; run += 1) {
    const text = `channels:\n  - {name: n, type: ${pick(random, types)}, ${pick(random, keys)}: "${SECRET}\\n{x}"}\n  - ${pick(random, places)}\n`;
    const yaml = readYaml(text);
    assert.ok(yaml.ok, text);
    const { problems } = validate(readSettings(yaml.entries, 'config.yml').settings, { cwd: '/srv' });
    const messages = problems.map(formatProblem).join('\n');
    assert.ok(problems.length > 0 && !messages.includes(SECRET), `${text}${messages}`);
  }
});
