// Which paths are one: identifiers, percent-encoding, and groups of the user's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { PathNormaliser } from '../../src/aggregate/path-normaliser.ts';
import { compilePathPattern } from '../../src/aggregate/path-patterns.ts';
import { takeSeed } from '../seed.ts';

function normalise(path: string | Buffer, templatesIds = true): string {
  const bytes = Buffer.from(path);
  const normaliser = new PathNormaliser(1024, { templatesIds });
  normaliser.normalise(bytes, 0, bytes.length);
  return normaliser.bytes.toString('utf8', 0, normaliser.length);
}

for (const [path, expected] of [
  ['/', '/'],
  ['/user/42', '/user/:id'],
  ['/user/42/', '/user/:id/'],
  ['/user/42/orders/7', '/user/:id/orders/:id'],
  ['/1/2/3', '/:id/:id/:id'],
  ['/0', '/:id'],
  ['//7//', '//:id//'],
  ['/v1/users', '/v1/users'],
  ['/item-42', '/item-42'],
  ['/42nd-street', '/42nd-street'],
  ['/index.html', '/index.html'],
  ['/my file.pdf', '/my%20file.pdf'],
  ['/my%20file.pdf', '/my%20file.pdf'],
  ['/a"b', '/a%22b'],
  [String.raw`/a\"b\\c`, '/a%22b%5Cc'],
  [String.raw`/a\x22b\x5Cc`, '/a%22b%5Cc'],
  [String.raw`/a\tb\n\r\v`, '/a%09b%0A%0D%0B'],
  [String.raw`/a\qb`, '/a%5Cqb'],
  ['/a\\', '/a%5C'],
  ['/photo/42.jpg', '/photo/42.jpg'],
  ['/f47ac10b-58cc-4372-a567-0e02b2c3d479', '/:id'],
  ['/o/F47AC10B-58CC-4372-A567-0E02B2C3D479/x', '/o/:id/x'],
  ['/f47ac10b-58cc-4372-a567-0e02b2c3d47', '/f47ac10b-58cc-4372-a567-0e02b2c3d47'],
  ['/commit/9fceb02d0ae598e9', '/commit/:id'],
  ['/commit/9fceb02', '/commit/9fceb02'],
  ['/deadbeefdeadbeef', '/deadbeefdeadbeef'],
  ['/t/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/t/:id'],
  ['/t/dQw4w9WgXcQ_dQw4w9WgXcQ', '/t/:id'],
  ['/t/dQw4w9WgXcQ', '/t/dQw4w9WgXcQ'],
  ['/internationalization2/x', '/internationalization2/x'],
  ['/Annual-Report-Of-Our-Club-2026', '/Annual-Report-Of-Our-Club-2026'],
  ['/how-to-build-a-house-in-2026', '/how-to-build-a-house-in-2026'],
  ['/%7euser', '/~user'],
  ['/%41%42', '/AB'],
  ['/a%2fb', '/a%2Fb'],
  ['/a%20b', '/a%20b'],
  ['/caf%c3%a9', '/café'],
  ['/caf%C3%A9', '/café'],
  ['/café', '/café'],
  [String.raw`/caf\xC3\xA9`, '/café'],
  [String.raw`/a\x20b`, '/a%20b'],
  ['/user/%34%32', '/user/:id'],
  ['/100%', '/100%25'],
  ['/%zz', '/%25zz'],
  ['/%4', '/%254'],
  [String.raw`/a\b`, '/a%5Cb'],
  ['*', '*'],
  ['example.org:443', 'example.org:443'],
] as const) {
  void test(`${path} is counted as ${expected}`, () => assert.equal(normalise(path), expected));
}

void test('without templates only the percent-encoding is normalised', () => {
  assert.equal(normalise('/user/42/%7e', false), '/user/42/~');
});

void test('what is normalised stays as it is, and never grows beyond what was promised', (t) => {
  const part = fc.constantFrom(
    '/',
    '1',
    '42',
    'a',
    'Zz',
    '-',
    '_',
    '%41',
    '%2F',
    '%',
    '\\x41',
    'é',
    '9fceb02d0ae598e9',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      const once = normalise(parts.join(''));
      assert.equal(normalise(once), once);
      assert.ok(Buffer.byteLength(once) <= 3 * Buffer.byteLength(parts.join('')));
    }),
    { seed: takeSeed(t), numRuns: 500 },
  );
});

void test('a star is part of one segment, two stars are any number of segments', () => {
  const matches = (pattern: string, path: string): boolean =>
    compilePathPattern(pattern)(Buffer.from(path), 0, Buffer.byteLength(path));
  for (const [pattern, yes, no] of [
    ['/blog/*', ['/blog/x', '/blog/', '/blog/*'], ['/blog', '/blog/x/y', '/Blog/x']],
    ['/blog/**', ['/blog', '/blog/', '/blog/x', '/blog/x/y'], ['/blogs', '/blogs/x']],
    ['/a/*/c', ['/a/b/c', '/a//c'], ['/a/b/b/c', '/a/c']],
    ['/a/**/c', ['/a/b/c', '/a/b/b/c', '/a/c/c'], ['/a/c', '/a/b/c/d']],
    ['/*.jpg', ['/x.jpg', '/.jpg', '/x.jpg.jpg'], ['/x/y.jpg', '/x.jpeg']],
    ['/**.jpg', ['/x/y.jpg'], ['/x/y.png']],
    ['/v*/users/**', ['/v1/users', '/v1/users/', '/v2/users/7/x'], ['/v1/groups/']],
    ['/exact', ['/exact'], ['/exact/', '/exac']],
  ] as const) {
    for (const path of yes) assert.ok(matches(pattern, path), `${pattern} ${path}`);
    for (const path of no) assert.ok(!matches(pattern, path), `${pattern} ${path}`);
  }
});

void test('a pattern matches what a regular expression of the same meaning does', (t) => {
  const piece = fc.constantFrom('/', 'a', 'b', '*', '**');
  const toRegExp = (pattern: string): RegExp => {
    const withoutEnd = pattern.replace(/\/\*\*$/, '');
    const text = withoutEnd.replaceAll(/\*+/g, (stars) => (stars.length === 1 ? '[^/]*' : '.*'));
    return new RegExp(`^${text}${withoutEnd === pattern ? '' : '(?:/.*)?'}$`);
  };
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }),
      fc.array(fc.constantFrom('/', 'a', 'b', 'ab'), { maxLength: 8 }),
      (pieces, parts) => {
        const pattern = `/${pieces.join('')}`;
        const path = Buffer.from(`/${parts.join('')}`);
        assert.equal(
          compilePathPattern(pattern)(path, 0, path.length),
          toRegExp(pattern).test(path.toString()),
          `${pattern} ${path.toString()}`,
        );
      },
    ),
    { seed: takeSeed(t), numRuns: 2000 },
  );
});
