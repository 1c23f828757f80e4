import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { formatProblem } from '../../src/config/problem.ts';
import { readSettings } from '../../src/config/settings.ts';
import { validate } from '../../src/config/validate.ts';
import { readYaml } from '../../src/config/yaml-document.ts';

const SHIPPED = readFileSync(join(import.meta.dirname, '..', '..', 'config.yml'), 'utf8');
const PIECES = [
  '*',
  '&a ',
  '"',
  "'",
  '[',
  '{',
  ': ',
  '- ',
  '\t',
  '\n',
  '\r\n',
  '---\n',
  '!t ',
  '#',
  '|',
  '? ',
  '<<',
  '0',
];

/** The shipped file with a few pieces put in, or a few characters taken out, at random places. */
const damaged = fc
  .array(fc.tuple(fc.nat(SHIPPED.length), fc.constantFrom('', ...PIECES), fc.nat(20)), {
    minLength: 1,
    maxLength: 4,
  })
  .map((cuts) =>
    cuts.reduce((text, [at, piece, length]) => text.slice(0, at) + piece + text.slice(at + length), SHIPPED),
  );

void test('a damaged file never throws, and each problem is a short line at a place in the file', () => {
  const property = fc.property(damaged, (text) => {
    const lineCount = text.split('\n').length;
    const yaml = readYaml(text);
    if (!yaml.ok) {
      assert.ok(yaml.problems.length > 0);
      for (const { position } of yaml.problems) assert.ok((position?.line ?? 1) <= lineCount);
      return;
    }
    const read = readSettings(yaml.entries, 'config.yml');
    for (const problem of [...read.problems, ...validate(read.settings, { cwd: '/srv' }).problems]) {
      assert.ok(problem.line !== null && problem.line >= 1 && problem.line <= lineCount);
      assert.match(formatProblem(problem), /^config\.yml:\d+:\d+ [^\n]{5,320}$/);
    }
  });
  fc.assert(property, { numRuns: 300 }); // A failure prints its seed.
});
