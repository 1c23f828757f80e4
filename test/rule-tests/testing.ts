// Files of tests of rules, as a person would write them, and what fluffy test says of them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { testRules } from '../../src/commands/test-rules.ts';
import { loadRuleTests } from '../../src/config/rule-tests-file.ts';
import { temporaryFolder } from '../monitor-process.ts';

export interface Said {
  readonly exitCode: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** `files`: name → text; the first one is the file of tests. */
export function runTests(
  context: TestContext,
  files: Readonly<Record<string, string>>,
  isJson = false,
): Said {
  const cwd = temporaryFolder(context);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const [out, err]: [string[], string[]] = [[], []];
  const exitCode = testRules(Object.keys(files).slice(0, 1), {
    load: (file) => loadRuleTests(file, cwd),
    isJson,
    print: (line) => out.push(...line.split('\n')),
    complain: (line) => err.push(line),
  });
  return { exitCode, out, err };
}
