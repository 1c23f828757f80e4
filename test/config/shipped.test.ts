// The config.yml that fluffy ships and the documentation say what the code does.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { CONFIG_KEYS } from '../../src/config/schema.ts';
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
  assert.ok(text.split('\n').length <= 82);
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

void test('the messages shown in docs/CONFIGURATION.md are the real ones', () => {
  const text = readFileSync(join(ROOT, 'docs', 'CONFIGURATION.md'), 'utf8');
  const env = { FLUFFY_THRESHOLD: 'fast', FLUFFY_REPORT_TIME: '48h' };
  const loaded = loadConfig({ configPath: 'comments-only.yml', env, cwd: join(import.meta.dirname, 'good') });
  assert.ok(!loaded.ok);
  const [reportTime, threshold] = loaded.problems.map(formatProblem);
  assert.ok(text.includes(reportTime ?? 'none'));
  assert.ok(text.includes(`config.yml:3:12 ${threshold?.replace('FLUFFY_THRESHOLD', 'threshold')}`));
});
