// W3C extended logs of other servers than IIS, as Tomcat's ExtendedAccessLogValve writes them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from '../../src/parse/detect.ts';
import type { LineParser } from '../../src/parse/record.ts';
import { BASE, read } from './reading.ts';

const FIELDS = '#Fields: date time c-ip cs-method cs-uri sc-status bytes time-taken cs(User-Agent)';
const TOMCAT = '#Software: Apache Tomcat/10.1.60 (Debian)';
const IIS = '#Software: Microsoft Internet Information Services 10.0';

function latencyOf(parser: LineParser, taken: string): unknown {
  const reading = read(parser, `2026-11-23 22:14:05 192.0.2.1 GET /a?b 200 12 ${taken} "curl/8.0"`);
  return typeof reading === 'string' ? reading : reading.latencyMs;
}

function announced(format: string, ...directives: readonly string[]): LineParser {
  const parser = createParser(format);
  for (const directive of directives) read(parser, directive);
  return parser;
}

void test('whole numbers of a time taken are seconds where the log names another server than IIS', () => {
  for (const format of ['auto', 'w3c']) {
    for (const directives of [
      [FIELDS, '#Version: 2.0', TOMCAT],
      [TOMCAT, FIELDS],
    ]) {
      const parser = announced(format, ...directives);
      assert.equal(latencyOf(parser, '2'), 2000, format);
      assert.equal(latencyOf(parser, '0.015'), 15, format);
    }
  }
});

void test('they are milliseconds where it is IIS, where nothing names a server, and where the format does', () => {
  for (const format of ['auto', 'w3c', 'iis']) {
    assert.equal(latencyOf(announced(format, FIELDS), '15'), 15, format);
    assert.equal(latencyOf(announced(format, IIS, FIELDS), '15'), 15, format);
    assert.equal(latencyOf(announced(format, TOMCAT, FIELDS, IIS), '15'), 15, format);
  }
  assert.equal(latencyOf(announced('iis', TOMCAT, FIELDS), '15'), 15);
  assert.doesNotMatch(announced('iis', TOMCAT).saved, /\t/);
});

void test('a parser goes on with the server that was saved, and with what was saved without one', () => {
  for (const format of ['auto', 'w3c']) {
    const saved = announced(format, FIELDS, TOMCAT);
    latencyOf(saved, '1');
    const parser = createParser(format, saved.saved);
    assert.equal(latencyOf(parser, '2'), 2000, format);
    read(parser, IIS);
    assert.equal(latencyOf(createParser(format, parser.saved), '2'), 2, format);
  }
  const fields = FIELDS.slice('#Fields: '.length);
  assert.equal(latencyOf(createParser('w3c', `w3c ${fields}`), '2'), 2);
  assert.equal(latencyOf(createParser('w3c', `w3c ${fields}\t1795392000`), '2'), 2);
  const dated = announced('w3c', TOMCAT, '#Date: 2026-11-23', '#Fields: time cs-method cs-uri time-taken');
  const reading = read(createParser('w3c', dated.saved), '22:14:05 GET /a 2');
  assert.deepEqual(reading, {
    ...BASE,
    client: '',
    status: 0,
    bytesSent: 0,
    latencyMs: 2000,
  });
});

void test('bytes are the size of the response, unless another column tells it', () => {
  const line = '2026-11-23 22:14:05 GET /a 7 5';
  const sizeOf = (fields: string): unknown => {
    const reading = read(announced('w3c', `#Fields: date time cs-method cs-uri ${fields}`), line);
    return typeof reading === 'string' ? reading : reading.bytesSent;
  };
  assert.equal(sizeOf('bytes cs-bytes'), 7);
  assert.equal(sizeOf('bytes sc-bytes'), 5);
  assert.equal(sizeOf('SC-Bytes bytes'), 7);
});

void test('what was no request of HTTP has null for a method', () => {
  const parser = announced('auto', FIELDS, TOMCAT);
  assert.deepEqual(read(parser, '2026-11-23 22:14:05 192.0.2.1 null - 400 1973 0 -'), {
    ...BASE,
    method: '',
    path: '',
    status: 400,
    bytesSent: 1973,
    latencyMs: 0,
  });
});
