// The config.yml that fluffy ships and the documentation say what the code does.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { DEFAULT_RULE_NAMES } from '../../src/alerts/default-rules.ts';
import { PLACEHOLDERS } from '../../src/alerts/message.ts';
import { METRICS } from '../../src/alerts/rule.ts';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { CONFIG_KEYS } from '../../src/config/schema.ts';
import { isCronExpression } from '../../src/reports/cron-judge.ts';
import { DEFAULT_CONFIG } from './default-config.ts';

const ROOT = join(import.meta.dirname, '..', '..');

void test('the shipped config.yml is found and equals the defaults but for a shorter window', () => {
  const loaded = loadConfig({ env: {}, cwd: ROOT });
  assert.deepEqual(loaded, {
    ok: true,
    config: { ...DEFAULT_CONFIG, alertWindowSeconds: 60 },
    file: 'config.yml',
    warnings: [],
  });
});

void test('the shipped config.yml shows every key and is short', () => {
  const text = readFileSync(join(ROOT, 'config.yml'), 'utf8');
  for (const { key } of CONFIG_KEYS) {
    const lastPart = key.slice(key.indexOf('.') + 1);
    assert.match(text, new RegExp(`^ *(?:# )?${lastPart}:`, 'm'));
  }
  assert.ok(text.split('\n').length <= 112);
});

void test('the examples in the shipped config.yml are valid once their # and the off above them are gone', (context) => {
  const shipped = readFileSync(join(ROOT, 'config.yml'), 'utf8');
  const cwd = mkdtempSync(join(tmpdir(), 'fluffy-shipped-'));
  context.after(() => rmSync(cwd, { recursive: true }));
  writeFileSync(
    join(cwd, 'config.yml'),
    shipped.replaceAll(/ off(?=\n#  )/g, '').replaceAll(/^#(?=  )/gm, ''),
  );
  const loaded = loadConfig({ env: {}, cwd });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const { alerts, channels, maintenance } = loaded.config;
  assert.deepEqual(
    alerts.map(({ name, threshold, windowsSeconds, where }) => [
      name,
      threshold,
      windowsSeconds,
      where.paths,
    ]),
    [['login-errors', 5, [300], ['/login/**']]],
  );
  assert.deepEqual(
    channels.map(({ name, type, severityMin }) => [name, type, severityMin]),
    [['ops', 'slack', 'warning']],
  );
  assert.deepEqual(maintenance, [{ expression: '0 3 * * 0', durationSeconds: 7200, rules: ['traffic'] }]);
});

void test('the table of docs/CONFIGURATION.md has each key with its variable and its default', () => {
  const lines = readFileSync(join(ROOT, 'docs', 'CONFIGURATION.md'), 'utf8').split('\n');
  const cells = lines.map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  for (const { key, env, default: value } of CONFIG_KEYS) {
    const row = cells.find((candidate) => candidate[1] === key && candidate[2] === env);
    assert.equal(row?.[3], value, `${key}, ${env}`);
  }
  assert.equal(cells.filter((row) => row[2]?.startsWith('FLUFFY_')).length, CONFIG_KEYS.length);
});

void test('the lists shown in docs/CONFIGURATION.md are valid, and every name of rules, metrics and placeholders is there', (context) => {
  const text = readFileSync(join(ROOT, 'docs', 'CONFIGURATION.md'), 'utf8');
  const blocks = [...text.matchAll(/^```yaml\n((?:alerts|channels|maintenance):\n.*?)^```$/gms)];
  const cwd = mkdtempSync(join(tmpdir(), 'fluffy-shown-'));
  context.after(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, 'config.yml'), blocks.map(([, block]) => block).join(''));
  const loaded = loadConfig({ env: {}, cwd, isCronExpression });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  assert.deepEqual(
    loaded.config.alerts.map(({ name }) => name),
    ['login-errors', 'twice-the-traffic', 'nothing-logged'],
  );
  assert.equal(loaded.config.channels.length, 2);
  assert.equal(loaded.config.maintenance.length, 2);
  assert.ok(text.includes(`\`${PLACEHOLDERS.map((name) => `{${name}}`).join(' ')}\``));
  for (const name of [...DEFAULT_RULE_NAMES, ...Object.keys(METRICS)])
    assert.ok(text.includes(`\`${name}\``), name);
});

void test('the messages shown in docs/CONFIGURATION.md are the real ones', () => {
  const text = readFileSync(join(ROOT, 'docs', 'CONFIGURATION.md'), 'utf8');
  const env = { FLUFFY_THRESHOLD: 'fast', FLUFFY_REPORT_TIME: '48h' };
  const loaded = loadConfig({ configPath: 'comments-only.yml', env, cwd: join(import.meta.dirname, 'good') });
  assert.ok(!loaded.ok);
  const [reportTime, threshold] = loaded.problems.map(formatProblem);
  assert.ok(text.includes(reportTime ?? 'none'));
  assert.ok(text.includes(`config.yml:3:12 ${threshold?.replace('FLUFFY_THRESHOLD', 'threshold')}`));
});
