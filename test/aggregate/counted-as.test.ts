// Which patterns of paths match no name that requests are counted by, and which name was meant.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { findCountedAs } from '../../src/aggregate/counted-as.ts';
import { compilePathPattern } from '../../src/aggregate/path-patterns.ts';
import { PathTable } from '../../src/aggregate/paths.ts';
import type { PathGrouping } from '../../src/aggregate/paths.ts';
import { createRecord } from '../../src/parse/record.ts';
import { takeSeed } from '../seed.ts';

const UUID = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';

for (const [pattern, expected] of [
  ['/user/42', '/user/:id'],
  ['/user/42/*', '/user/:id/*'],
  ['/user/42/**', '/user/:id/**'],
  [`/o/${UUID}`, '/o/:id'],
  ['/caf%C3%A9', '/café'],
  ['/%7euser/*', '/~user/*'],
  ['/a"b', '/a%22b'],
  ['/user/:id', null],
  ['/user/*', null],
  ['/user/4*', null],
  ['/user/**/42x', null],
  ['/v1/users', null],
  ['/my%20file.pdf', null],
  ['/a%4*', null],
  [String.raw`/a\u202eb`, null],
] as const) {
  void test(`${pattern} is ${expected === null ? 'a name as it is' : `counted as ${expected}`}`, () => {
    assert.equal(findCountedAs(pattern, { templatesIds: true, patterns: [] }), expected);
  });
}

void test('with identifiers kept, only how a path is escaped is counted otherwise', () => {
  const grouping = { templatesIds: false, patterns: [] };
  assert.equal(findCountedAs('/user/42', grouping), null);
  assert.equal(findCountedAs('/caf%C3%A9/42', grouping), '/café/42');
});

for (const [pattern, patterns, expected] of [
  ['/blog/on-sheep', ['/blog/*'], '/blog/*'],
  ['/blog/on-*', ['/blog/*'], '/blog/*'],
  ['/blog/on-sheep', ['/blog/on-sheep', '/blog/*'], null],
  ['/blog/*', ['/blog/*'], null],
  ['/blog/**', ['/blog/*'], null],
  ['/blog/**/comments', ['/blog/*'], null],
  ['/blog/a/**', ['/blog/**'], '/blog/**'],
  ['/blog/a/**', ['/blog/*/**'], '/blog/*/**'],
  ['/blog/a/**', ['/blog/a/*'], null],
  ['/user/42/orders', ['/user/*/orders'], '/user/*/orders'],
  // Held against /user/:id, the group holds nothing.
  ['/user/42', ['/user/42'], '/user/:id'],
] as const) {
  const meaning = expected === null ? 'may have requests' : `counts as ${expected}`;
  void test(`beside ${patterns.join(' and ')}, ${pattern} ${meaning}`, () => {
    assert.equal(findCountedAs(pattern, { templatesIds: true, patterns }), expected);
  });
}

void test('what is told to be counted otherwise matches the name of no path', (t) => {
  const segment = fc.constantFrom('a', 'b', '42', '7', 'x-1', '%41', '%20', 'é', ':id');
  const starred = fc.oneof({ weight: 3, arbitrary: segment }, fc.constantFrom('*', '**', 'a*', '*2'));
  const pathOf = (of: fc.Arbitrary<string>) =>
    fc.array(of, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(pathOf(starred), { maxLength: 2 }),
      pathOf(starred),
      fc.array(pathOf(segment), { minLength: 20, maxLength: 20 }),
      (templatesIds, patterns, pattern, paths) => {
        if (findCountedAs(pattern, { templatesIds, patterns }) === null) return;
        const matches = compilePathPattern(pattern);
        for (const name of namesOf(paths, { templatesIds, patterns })) {
          const bytes = Buffer.from(name);
          assert.ok(!matches(bytes, 0, bytes.length), `${pattern} matches ${name}`);
        }
      },
    ),
    { seed: takeSeed(t), numRuns: 2000 },
  );
});

function namesOf(paths: readonly string[], grouping: PathGrouping): string[] {
  const table = new PathTable({ ...grouping, pathsMax: 100, seriesMax: 100 }, () => []);
  return paths.map((path) => {
    const bytes = Buffer.from(path);
    const id = table.find({ ...createRecord(), bytes, pathEnd: bytes.length }, 0);
    return table.series.nameOf(table.series.pathIdOf(id));
  });
}
