import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipSyslogPrefix } from '../../src/parse/syslog.ts';

/** What is left of the text; it stands between bytes that would change the result if they were looked at. */
function rest(text: string): string {
  const bytes = Buffer.from(`<1>${text}: x`, 'latin1');
  const start = skipSyslogPrefix(bytes, 3, 3 + text.length);
  return bytes.toString('latin1', start, 3 + text.length);
}

void test('the prefixes of syslog daemons are passed over', () => {
  for (const prefix of [
    'Feb  6 12:14:14 localhost haproxy[14389]: ',
    '<190>Nov 23 22:14:05 web01 nginx: ',
    '2009-02-06T12:14:14.655+01:00 web01 haproxy[1]: ',
    '2009-02-06T12:14:14Z web01 nginx: ',
    '<134>1 2009-02-06T12:14:14.655Z web01 haproxy 14389 - - ',
    '<134>1 - - haproxy - - - ',
    '<134>1 2009-02-06T12:14:14.655Z web01 haproxy 14389 - [a b="c"] ',
    String.raw`<134>1 - web01 haproxy - x [a@1 b="c] \"d"][e] `,
    '<134>1 2009-02-06T12:14:14.655Z web01 nginx 1 - - \u00ef\u00bb\u00bf',
    '<190>Nov 23 22:14:05 nginx: ',
    'Feb  6 12:14:14 haproxy[14389]: ',
    '<6>',
  ])
    assert.equal(rest(`${prefix}192.0.2.1 - - [23/Nov`), '192.0.2.1 - - [23/Nov', prefix);
});

void test('what only begins like one is left as it is', () => {
  for (const text of [
    '192.0.2.1 - - [23/Nov/2026:22:14:05 +0000] "GET / HTTP/1.1" 200 1',
    'Feb.example - - [23/Nov/2026:22:14:05 +0000] "GET / HTTP/1.1" 200 1',
    'Feb  6 12:14:14 localhost haproxy[14389] 10.0.0.1',
    'Feb  6 12:14:14 localhost',
    'Feb  6 12:14 localhost haproxy: x',
    '2009-02-06T12:14:14.655Z',
    '2009-02-06 12:14:14 web01 nginx: x',
    '1 2009-02-06T12:14:14.655Z web01 haproxy 14389 - - x',
    '<134>1 2009-02-06T12:14:14.655Z web01 haproxy 14389 - [a b="c" x',
    '<134>1 2009-02-06T12:14:14.655Z web01 haproxy 14389 - a b x',
    '<134>',
    '<1345>Feb  6 12:14:14 a b: x',
    '',
  ])
    assert.equal(rest(text), text);
});
