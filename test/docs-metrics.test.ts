// docs/METRICS.md against the page itself: every metric, its type, its labels and its meaning.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderMetrics } from '../src/http/metrics.ts';
import { readExposition } from './http/exposition.ts';
import type { Family } from './http/exposition.ts';
import { SNAPSHOT } from './http/snapshot.ts';
import { ROOT } from './monitor-process.ts';

type Row = readonly [name: string, type: string, labels: string, meaning: string];

function rowOf(name: string, { type, help, samples }: Family): Row {
  const [first = '[]'] = samples.keys();
  const labels = JSON.parse(first.slice(first.indexOf('['))) as readonly (readonly [string, string])[];
  return [`\`${name}\``, type, labels.map(([label]) => `\`${label}\``).join(', '), help];
}

void test('the table of metrics is that of the page', () => {
  const text = readFileSync(join(ROOT, 'docs', 'METRICS.md'), 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => /^\| `(?:fluffy|process|nodejs)_/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const page = readExposition(renderMetrics(SNAPSHOT));
  assert.deepEqual(
    rows,
    [...page].map(([name, family]) => rowOf(name, family)),
  );
});
