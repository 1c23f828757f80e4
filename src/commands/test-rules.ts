// `fluffy test`: do the rules do what their tests say? Runs the tests of every file and tells of each.
import { formatProblem } from '../config/problem.ts';
import type { LoadedRuleTests } from '../config/rule-tests-file.ts';
import { judge } from '../rule-tests/judge.ts';
import { renderVerdictJson, renderVerdictText } from '../rule-tests/render.ts';
import { runTest } from '../rule-tests/run.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';

export interface TestingOptions {
  readonly load: (file: string) => LoadedRuleTests;
  readonly isJson: boolean;
  /** On standard output and on standard error, line by line. */
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** A file that can't be read fails; those after it are run nevertheless. */
export function testRules(files: readonly string[], options: TestingOptions): ExitCode {
  const { isJson, print, complain } = options;
  const totals = { tests: 0, failed: 0, unreadFiles: 0 };
  for (const file of files) {
    const loaded = options.load(file);
    if (!loaded.ok) {
      totals.unreadFiles++;
      for (const problem of loaded.problems) complain(formatProblem(problem));
      continue;
    }
    if (!isJson) print(file);
    for (const test of loaded.tests) {
      const verdict = judge(test, runTest(test, loaded));
      totals.tests++;
      if (!verdict.isOk) totals.failed++;
      print(isJson ? renderVerdictJson(verdict, file) : renderVerdictText(verdict));
    }
  }
  print(isJson ? JSON.stringify({ type: 'total', ...totals }) : renderTotals(totals));
  return totals.failed + totals.unreadFiles === 0 ? EXIT.ok : EXIT.failed;
}

interface Totals {
  readonly tests: number;
  readonly failed: number;
  readonly unreadFiles: number;
}

function renderTotals({ tests, failed, unreadFiles }: Totals): string {
  const parts = [tests === 1 ? '1 test' : `${tests} tests`, `${tests - failed} ok`, `${failed} failed`];
  if (unreadFiles > 0) parts.push(`${unreadFiles === 1 ? '1 file' : `${unreadFiles} files`} not read`);
  return parts.join(', ');
}
