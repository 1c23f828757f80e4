import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from '../../src/parse/detect.ts';
import { formatsOf, read } from './reading.ts';

const COMMON = '192.0.2.1 - - [23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 200 12';
const COMBINED = `${COMMON} "-" "curl/8.5"`;
const MAIN = `${COMBINED} "-"`;
const VHOST = `example.org:80 ${COMBINED}`;
const LOOSE = `${COMBINED} 0.013`;
const JSON_LINE = '{"ts":1764022445,"method":"GET","uri":"/a","status":200,"size":12}';

void test('before any line has told it, the format is auto', () => {
  assert.equal(createParser('auto').name, 'auto');
  assert.deepEqual(formatsOf(['junk', '']), ['auto', 'auto']);
});

void test('a log that changes format is read on, every line of it', () => {
  assert.deepEqual(formatsOf([COMBINED, COMBINED, MAIN, MAIN, VHOST, COMMON, JSON_LINE, COMBINED]), [
    'combined',
    'combined',
    'main',
    'main',
    'vhost_combined',
    'common',
    'json',
    'combined',
  ]);
});

void test('two formats mixed line by line lose nothing', () => {
  const parser = createParser('auto');
  for (let i = 0; i < 50; i++) {
    for (const line of [VHOST, COMMON, JSON_LINE]) assert.notEqual(typeof read(parser, line), 'string', line);
  }
});

void test('a broken first line that fits a loose format only is forgotten at the first good line', () => {
  assert.deepEqual(formatsOf([COMBINED.slice(0, -3), COMBINED]), ['auto', 'combined']);
  assert.deepEqual(formatsOf([`${COMMON} "-"`, COMBINED]), ['common+', 'combined']);
  assert.deepEqual(formatsOf([`${COMBINED} x`, COMBINED]), ['combined+', 'combined']);
});

void test('cut lines, wherever they are cut, never turn an exact format into a loose one', () => {
  const lines: string[] = [];
  for (let length = 0; length < MAIN.length; length++) lines.push(MAIN.slice(0, length), MAIN);
  const formats = new Set(formatsOf([MAIN, ...lines]));
  // A line of main that is cut behind a field of combined is a line of combined, and the same with common.
  assert.deepEqual([...formats].toSorted(), ['combined', 'common', 'main']);
});

void test('additions to the format are taken after twenty lines in a row that fit no exact format', () => {
  const formats = formatsOf([COMBINED, ...Array.from({ length: 22 }, () => LOOSE)]);
  assert.deepEqual(
    formats.slice(0, 21),
    Array.from({ length: 21 }, () => 'combined'),
  );
  assert.deepEqual(formats.slice(21), ['combined+', 'combined+']);
});

void test('a loose format that has proved itself is kept, and takes exact lines along', () => {
  const formats = formatsOf([...Array.from({ length: 102 }, () => LOOSE), COMBINED, LOOSE]);
  assert.deepEqual(new Set(formats), new Set(['combined+']));
});

void test('the known format explains a failure; before, the one that came farthest, or JSON for what begins so', () => {
  const parser = createParser('auto');
  assert.equal(read(parser, COMMON.replace('200', 'abc')), 'bad-status at 61');
  assert.equal(read(parser, '{"ts":1 "x'), 'bad-json at 0');
  assert.equal(read(parser, ' {"ts":1 "x'), 'bad-json at 0');
  assert.equal(read(parser, '{"ts":1,"msg":"a b c [d"}'), 'missing-field at 0');
  assert.equal(read(parser, 'nonsense'), 'format-mismatch at 0');
  read(parser, COMBINED);
  assert.equal(read(parser, `${COMBINED} `), `format-mismatch at ${COMBINED.length}`);
  assert.equal(read(parser, '{"ts":1,"x'), 'format-mismatch at 0');
});

void test('IPv6 clients are not taken for a host and a port', () => {
  const line = COMBINED.replace('192.0.2.1', '2001:db8::80');
  assert.deepEqual(formatsOf([line]), ['combined']);
  assert.deepEqual(formatsOf([`example.org:443 ${line}`]), ['vhost_combined']);
});

void test('a parser of a later process goes on with the format that the earlier one had come to', () => {
  const earlier = createParser('auto');
  read(earlier, MAIN);
  const later = createParser('auto', earlier.name);
  assert.equal(later.name, 'main');
  // Before a format is known, a cut line would be taken for common with additions.
  assert.equal(read(later, `${COMMON} "-" "curl`), `format-mismatch at ${COMMON.length + 6}`);
  assert.equal(later.name, 'main');
  assert.deepEqual(read(later, COMBINED), read(createParser('auto'), COMBINED));
  assert.equal(later.name, 'combined');
});

void test('a loose format of an earlier process is on trial again', () => {
  const parser = createParser('auto', 'combined+');
  assert.equal(parser.name, 'combined+');
  assert.notEqual(typeof read(parser, LOOSE), 'string');
  assert.equal(parser.name, 'combined+');
  read(parser, COMBINED);
  assert.equal(parser.name, 'combined');
});

void test('an earlier process that knew no format, or one that this version does not, leaves auto undecided', () => {
  for (const chosen of [null, 'auto', 'combined++', '']) {
    const parser = createParser('auto', chosen);
    assert.equal(parser.name, 'auto');
    read(parser, COMBINED);
    assert.equal(parser.name, 'combined');
  }
});

void test('a format that the configuration names stands, whatever an earlier process had come to', () => {
  const parser = createParser('common', 'combined');
  assert.equal(parser.name, 'common');
  assert.equal(read(parser, COMBINED), `bad-size at ${COMMON.length - 2}`);
});

void test('how sure the choice is: the share of the lines that the format has taken', () => {
  const parser = createParser('auto');
  assert.deepEqual(parser.fit, { looked: 0, fitted: 0 });
  for (const line of [COMBINED, COMBINED, 'junk', COMBINED, MAIN]) read(parser, line);
  assert.deepEqual([parser.name, parser.fit], ['main', { looked: 5, fitted: 1 }]);
  read(parser, COMBINED);
  assert.deepEqual([parser.name, parser.fit], ['combined', { looked: 6, fitted: 4 }]);
  assert.deepEqual(createParser('auto', parser.saved).fit, { looked: 6, fitted: 4 });
  assert.equal(createParser('combined').fit, undefined);
});

void test('a log that has changed its format long ago is told of as it is now', () => {
  const parser = createParser('auto');
  for (let i = 0; i < 9000; i++) read(parser, COMBINED);
  for (let i = 0; i < 60_000; i++) read(parser, MAIN);
  const { looked = 0, fitted = 0 } = parser.fit ?? {};
  assert.ok(looked >= 5000 && looked < 10_000 && fitted / looked > 0.98, `${fitted} of ${looked}`);
});
