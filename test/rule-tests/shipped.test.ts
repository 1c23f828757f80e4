// The example of rules and their tests that is shipped, and the one in the help: people begin with them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { TEST_EXAMPLE } from '../../src/commands/help.ts';
import { loadRuleTests } from '../../src/config/rule-tests-file.ts';
import { judge } from '../../src/rule-tests/judge.ts';
import { renderVerdictText } from '../../src/rule-tests/render.ts';
import { runTest } from '../../src/rule-tests/run.ts';
import { ROOT } from '../monitor-process.ts';
import { runTests } from './testing.ts';

void test('the example that is shipped is ok', () => {
  const loaded = loadRuleTests('example.test.yml', join(ROOT, 'deploy', 'rules'));
  assert.ok(loaded.ok, JSON.stringify(loaded));
  assert.equal(loaded.tests.length, 3);
  for (const each of loaded.tests) {
    const verdict = judge(each, runTest(each, loaded));
    assert.ok(verdict.isOk, renderVerdictText(verdict));
  }
});

void test('the example of the help is ok', (context) => {
  const said = runTests(context, {
    'example.test.yml': TEST_EXAMPLE.split('\n')
      .slice(2)
      .map((line) => line.slice(2))
      .join('\n'),
    'rules.yml':
      'alerts: [{ name: login-rush, metric: request-rate, where: { path: /login }, above: 10, window: 30s }]\n',
  });
  assert.deepEqual([said.exitCode, said.err], [0, []], said.out.join('\n'));
});
