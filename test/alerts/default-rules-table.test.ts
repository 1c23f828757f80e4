// docs/ALERTS.md names every default rule, with its thresholds as they are.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDefaultRules } from '../../src/alerts/default-rules.ts';
import { ROOT } from '../monitor-process.ts';
import { documentRow } from './default-rules-table.ts';

void test('the documentation has each default rule with its thresholds, those of an objective of 99 % included', () => {
  const text = readFileSync(join(ROOT, 'docs', 'ALERTS.md'), 'utf8');
  const section = text.slice(text.indexOf('## The default rules'), text.indexOf('## Why'));
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const rules = createDefaultRules({ hasDefaultRules: true, objective: 99 });
  assert.equal(rules.length, 9);
  assert.deepEqual(rows, rules.map(documentRow));
});
