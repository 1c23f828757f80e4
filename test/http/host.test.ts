// The names by which fluffy may be asked without a token, and the pages that may give orders.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isExpectedHost, isOwnOrigin } from '../../src/http/host.ts';

const ALLOWED = ['fluffy.example.org', '*.lan'];

void test('addresses, localhost, names without a dot and names that were allowed are expected', () => {
  for (const host of [
    undefined,
    '',
    '127.0.0.1',
    '127.0.0.1:9180',
    '192.0.2.7:80',
    '[::1]',
    '[::1]:9180',
    '[2001:DB8::7]:1',
    'localhost',
    'LOCALHOST:9180',
    'localhost.:9180',
    'my.localhost:9180',
    'fluffy',
    'fluffy:9180',
    'web_1-fluffy',
    'host.docker.internal:9180',
    'fluffy.example.org',
    'Fluffy.Example.ORG.:443',
    'a.lan',
    'a.b.lan:9180',
  ])
    assert.equal(isExpectedHost(host, ALLOWED), true, host);
});

void test('any other name may be that of a page elsewhere, and what is no host is none', () => {
  for (const host of [
    'example.org',
    'evil.example:9180',
    'a.fluffy.example.org',
    'fluffy.example.org.evil.example',
    'xfluffy.example.org',
    'xlan.evil',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io:9180',
    '127.1.2',
    '1.2.3.4.5',
    '[fluffy.example.org]',
    '[::1].evil.example',
    '[1.2.3',
    'a b',
    'user@localhost',
    'localhost/evil',
    '::1',
    '.',
  ])
    assert.equal(isExpectedHost(host, ALLOWED), false, host);
  assert.equal(isExpectedHost('fluffy.example.org', []), false);
});

void test('a page is of the own origin when its name and port are those that it asks', () => {
  for (const [origin, host] of [
    [undefined, 'fluffy:9180'],
    ['http://127.0.0.1:9180', '127.0.0.1:9180'],
    ['http://[::1]:9180', '[::1]:9180'],
    ['http://localhost', 'LocalHost'],
    // A proxy in front that speaks https, and one that changes the name too.
    ['https://elsewhere.example', 'elsewhere.example'],
    ['https://fluffy.example.org', '127.0.0.1:9180'],
    ['https://a.lan', 'fluffy:9180'],
  ] as const)
    assert.equal(isOwnOrigin(origin, host, ALLOWED), true, origin);
  for (const [origin, host] of [
    ['http://evil.example', '127.0.0.1:9180'],
    ['http://127.0.0.1:8080', '127.0.0.1:9180'],
    ['http://localhost:9180', '127.0.0.1:9180'],
    ['https://other.lan', 'a.lan'],
    ['http://fluffy.example.org:8080', 'fluffy.example.org'],
    ['http://evil.example', undefined],
    ['null', 'null'],
    ['file://', ''],
    ['', ''],
    ['chrome-extension://abc', 'abc'],
  ] as const)
    assert.equal(isOwnOrigin(origin, host, ALLOWED), false, `${origin} ${host}`);
});
