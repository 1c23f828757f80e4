import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import type { PathGrouping } from '../../src/aggregate/paths.ts';
import { ANY } from '../../src/alerts/rule.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { loadRulesFile, type LoadedRules, type Rules } from '../../src/config/rules-file.ts';

/** Loads `text` as `rules.yml`. */
function load(context: TestContext, text: string, grouping: PathGrouping | null = null): LoadedRules {
  const cwd = mkdtempSync(join(tmpdir(), 'fluffy-rules-'));
  context.after(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, 'rules.yml'), text);
  return loadRulesFile('rules.yml', cwd, grouping);
}

function messagesOf(loaded: LoadedRules): string[] {
  assert.ok(!loaded.ok, JSON.stringify(loaded));
  return loaded.problems.map(formatProblem);
}

void test('what a file of rules does not say is the default, or not known', (context) => {
  const rules: Rules = {
    alerts: [],
    hasDefaultRules: false,
    objective: null,
    isExplained: true,
    threshold: null,
    alertWindowSeconds: null,
  };
  assert.deepEqual(load(context, '# nothing\n'), { ok: true, rules });
});

void test('all keys of rules are read, and channels may be any', (context) => {
  const text = [
    'threshold: 3',
    'alert-window: 5m',
    'default-rules: on',
    'objective: 99',
    'explain: off',
    'alerts:',
    '  - {name: a, metric: latency-p99, above: 100, notify: [ops, desk]}',
  ];
  assert.deepEqual(load(context, text.join('\n')), {
    ok: true,
    rules: {
      alerts: [
        {
          name: 'a',
          metric: 'latency-p99',
          where: ANY,
          comparison: 'above',
          threshold: 100,
          windowsSeconds: [60],
          previousSeconds: null,
          forSeconds: 0,
          recoverThreshold: 100,
          recoverForSeconds: 0,
          requestsMin: 20,
          severity: 'warning',
          notify: ['ops', 'desk'],
          message: null,
          repeatSeconds: null,
        },
      ],
      hasDefaultRules: true,
      objective: 99,
      isExplained: false,
      threshold: 3,
      alertWindowSeconds: 300,
    },
  });
});

void test('an unknown key is a problem, and all problems are told at once', (context) => {
  const text = 'alert: off\nthreshold: 0\nalerts:\n  - {name: a, above: x}\n';
  assert.deepEqual(messagesOf(load(context, text)), [
    'rules.yml:1:1 unknown key "alert"; did you mean "alerts"?',
    'rules.yml:2:12 threshold: must be a number above 0, got 0',
    'rules.yml:4:5 alerts[0]: needs a metric',
  ]);
});

void test('of a whole configuration the rules are taken', (context) => {
  const text = [
    'filename: a.log',
    'threshold: 7',
    'lateness: not judged here',
    'http:',
    '  port: 9180',
    'channels:',
    '  - {name: ops, type: slack, url-file: url}',
    'default-rules: on',
    'pid: fluffy.pid',
  ];
  assert.deepEqual(load(context, text.join('\n')), {
    ok: true,
    rules: {
      alerts: [],
      hasDefaultRules: true,
      objective: null,
      isExplained: true,
      threshold: 7,
      alertWindowSeconds: null,
    },
  });
});

void test('a file that is not there, or no YAML, is a problem and no exception', (context) => {
  assert.deepEqual(messagesOf(loadRulesFile('/nowhere/rules.yml', '/', null)), [
    '/nowhere/rules.yml: cannot be read: there is no such file',
  ]);
  assert.deepEqual(messagesOf(load(context, 'alerts: [')), [
    'rules.yml:1:9 this list has an opening "[", but no closing "]"',
  ]);
});

void test('a path of a rule is judged by how paths are counted where the rules apply', (context) => {
  const text = 'alerts: [{name: a, metric: request-rate, above: 5, where: {path: /user/42}}]';
  const patterns: readonly string[] = [];
  assert.deepEqual(messagesOf(load(context, text, { templatesIds: true, patterns })), [
    'rules.yml:1:66 alerts[0].where.path: must be "/user/:id", as which it is counted (see template-paths and path-patterns), got "/user/42"',
  ]);
  for (const grouping of [{ templatesIds: false, patterns }, null])
    assert.ok(load(context, text, grouping).ok, JSON.stringify(grouping));
});
