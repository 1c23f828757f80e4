// Who the client of a record is, behind proxies and without the last part of its address.
import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import { test } from 'node:test';
import { createAddress, isInside, readAddress, readNetwork } from '../../src/parse/address.ts';
import type { Network } from '../../src/parse/address.ts';
import { withClient } from '../../src/parse/client.ts';
import { createParser } from '../../src/parse/detect.ts';
import { createRandom, takeSeed } from '../seed.ts';
import { read } from './reading.ts';

function networks(...texts: readonly string[]): Network[] {
  return texts.map((text) => {
    const network = readNetwork(text);
    assert.ok(network !== null, text);
    return network;
  });
}

const TRUSTED = networks('10.0.0.0/8', '192.0.2.1', '2001:db8:1::/48', '::1');
const REAL = { realClientFrom: 'x-forwarded-for', trustedProxies: TRUSTED, anonymiseIp: false } as const;
const ANONYMOUS = { realClientFrom: 'off', trustedProxies: [], anonymiseIp: true } as const;

function line(peer: string, forwarded: string): string {
  return `${peer} - - [23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 200 12 "-" "curl" "${forwarded}"`;
}

function clientOf(peer: string, forwarded: string, options: typeof REAL | typeof ANONYMOUS = REAL): unknown {
  const reading = read(withClient(createParser('main'), options), line(peer, forwarded));
  return typeof reading === 'string' ? reading : reading.client;
}

void test('the rightmost address that is not trusted is the client', () => {
  assert.equal(clientOf('10.0.0.1', '203.0.113.7'), '203.0.113.7');
  assert.equal(clientOf('10.0.0.1', '198.51.100.1, 203.0.113.7, 10.9.9.9'), '203.0.113.7');
  assert.equal(clientOf('192.0.2.1', '203.0.113.7,10.1.2.3 , 2001:db8:1::5'), '203.0.113.7');
  assert.equal(clientOf('2001:db8:1:ffff::9', '2001:db8:2::7'), '2001:db8:2::7');
  assert.equal(clientOf('::ffff:10.0.0.1', '203.0.113.7'), '203.0.113.7');
  assert.equal(clientOf('unix:', '203.0.113.7'), '203.0.113.7');
});

void test('a peer that is not trusted is the client, whatever it claims', () => {
  assert.equal(clientOf('198.51.100.9', '10.0.0.1, 203.0.113.7'), '198.51.100.9');
  assert.equal(clientOf('2001:db8:2::1', '203.0.113.7'), '2001:db8:2::1');
  assert.equal(clientOf('host.example', '203.0.113.7'), 'host.example');
});

void test('of trusted addresses only, the farthest is the client; without any, the peer', () => {
  assert.equal(clientOf('10.0.0.1', '10.0.0.3, 10.0.0.2'), '10.0.0.3');
  assert.equal(clientOf('10.0.0.1', '-'), '10.0.0.1');
  assert.equal(clientOf('10.0.0.1', ''), '10.0.0.1');
});

void test('what is no address ends the chain at the one that passed it on', () => {
  assert.equal(clientOf('10.0.0.1', '203.0.113.7, unknown, 10.0.0.2'), '10.0.0.2');
  assert.equal(clientOf('10.0.0.1', 'evil" x'.replace('"', '')), '10.0.0.1');
  assert.equal(clientOf('10.0.0.1', '203.0.113.7, '), '10.0.0.1');
});

void test('ports and brackets are cut', () => {
  assert.equal(clientOf('10.0.0.1', '203.0.113.7:51234'), '203.0.113.7');
  assert.equal(clientOf('10.0.0.1', '[2001:db8:2::7]:51234'), '2001:db8:2::7');
  assert.equal(clientOf('10.0.0.1', '[2001:db8:2::7]'), '2001:db8:2::7');
  assert.equal(clientOf('10.0.0.1', '[2001:db8:2::7'), '10.0.0.1');
});

void test('a log without the peer, such as that of Envoy, has its client from the header', () => {
  const envoy =
    '[2016-04-15T20:17:00.310Z] "POST /a HTTP/2" 204 - 154 0 226 100 "203.0.113.7, 10.0.35.28" "a" "b" "c" "d"';
  const reading = read(withClient(createParser('envoy'), REAL), envoy);
  assert.equal(typeof reading === 'string' ? reading : reading.client, '203.0.113.7');
});

void test('an anonymous client has no last octet, and 48 bits of IPv6', () => {
  const examples = [
    ['203.0.113.255', '203.0.113.0'],
    ['1.2.3.4', '1.2.3.0'],
    ['::ffff:192.0.2.77', '::ffff:192.0.2.0'],
    ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::'],
    ['2001:DB8:0085:8d3::1', '2001:db8:85::'],
    ['2001:db8::1', '2001:db8::'],
    ['2001:0:1:2::3', '2001:0:1::'],
    ['::1', '::'],
    ['fe80::1%eth0', 'fe80::'],
    ['64:ff9b::192.0.2.33', '64:ff9b::'],
    ['host.example', ''],
    ['unix:', ''],
  ] as const;
  for (const [client, expected] of examples) {
    const reading = read(withClient(createParser('main'), ANONYMOUS), line(client, '203.0.113.7'));
    assert.ok(typeof reading !== 'string', client);
    assert.equal(reading.client, expected);
    assert.equal(reading.forwarded, undefined);
    assert.equal(reading.path, '/a');
  }
});

void test('the real client is found first and then made anonymous', () => {
  const parser = withClient(createParser('main'), { ...REAL, anonymiseIp: true });
  const reading = read(parser, line('10.0.0.1', '203.0.113.77'));
  assert.equal(typeof reading === 'string' ? reading : reading.client, '203.0.113.0');
});

void test('an anonymous sample of a line shows no whole address, wherever it stands', () => {
  const { mask } = withClient(createParser('auto'), ANONYMOUS);
  assert.ok(mask !== undefined);
  const masked = (text: string): string => mask(Buffer.from(text, 'latin1')).toString('latin1');
  assert.equal(
    masked('203.0.113.7 - - [23/Nov/2026:22:14:05 +0000] "GET /?ip=2001:db8:1:2:3:4:5:6&v=1.2 HTTP/1.1"'),
    '203.0.113.0 - - [23/Nov/2026:22:14:05 +0000] "GET /?ip=2001:db8:1::&v=1.2 HTTP/1.1"',
  );
  assert.equal(
    masked('{"ip":"2001:db8::1","x":"198.51.100.20:443"}'),
    '{"ip":"2001:db8::","x":"198.51.100.0:443"}',
  );
  assert.equal(
    masked('[2001:db8:85a3:1::9]:80 ::ffff:192.0.2.9, 999.1.1.1'),
    '[2001:db8:85a3::]:80 ::ffff:192.0.2.0, 999.1.1.1',
  );
  const line64 = Buffer.from('203.0.113.7');
  mask(line64);
  assert.equal(line64.toString(), '203.0.113.7');
});

void test('off is the parser itself', () => {
  const parser = createParser('main');
  assert.equal(
    withClient(parser, { realClientFrom: 'off', trustedProxies: TRUSTED, anonymiseIp: false }),
    parser,
  );
});

void test('what a wrapped parser saves and is called is its own', () => {
  const parser = createParser('auto');
  const wrapped = withClient(parser, REAL);
  read(wrapped, line('10.0.0.1', '-'));
  assert.deepEqual(
    [wrapped.name, wrapped.saved, wrapped.fit],
    ['main', parser.saved, { looked: 1, fitted: 1 }],
  );
});

void test('networks of both families hold what they should', () => {
  const holds = (network: string, address: string): boolean => {
    const bytes = Buffer.from(address);
    const read16 = createAddress();
    assert.ok(readAddress(bytes, 0, bytes.length, read16), address);
    const [one] = networks(network);
    return one !== undefined && isInside(read16, one);
  };
  assert.equal(holds('10.0.0.0/8', '10.255.255.255'), true);
  assert.equal(holds('10.0.0.0/8', '11.0.0.0'), false);
  assert.equal(holds('172.16.0.0/12', '172.31.0.1'), true);
  assert.equal(holds('172.16.0.0/12', '172.32.0.1'), false);
  assert.equal(holds('0.0.0.0/0', '8.8.8.8'), true);
  assert.equal(holds('0.0.0.0/0', '2001:db8::1'), false);
  assert.equal(holds('::/0', '8.8.8.8'), true);
  assert.equal(holds('2001:db8::/33', '2001:db8:7fff::1'), true);
  assert.equal(holds('2001:db8::/33', '2001:db8:8000::1'), false);
  for (const bad of [
    '',
    '10.0.0.0/33',
    '10.0.0/8',
    '2001:db8::/129',
    'a',
    '10.0.0.0/',
    '/8',
    'fe80::1%eth0',
    '1::2::3',
  ])
    assert.equal(readNetwork(bad), null, bad);
});

void test('an address is read when node:net takes it for one, and only then', (t) => {
  const random = createRandom(takeSeed(t));
  const pieces = ['0', '1', 'ff', 'ffff', '12345', ':', ':', ':', '::', '.', '192.0.2.1', 'g', '256'];
  let good = 0;
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: 1 + random(16) }, (_, at) =>
      random(4) > 0 && at % 2 === 1 ? ':' : (pieces[random(pieces.length)] ?? ''),
    ).join('');
    if (!text.includes(':')) continue;
    const bytes = Buffer.from(`f${text}f`);
    const isAddress = readAddress(bytes, 1, bytes.length - 1, createAddress());
    assert.equal(isAddress, isIPv6(text), text);
    if (isAddress) good++;
  }
  assert.ok(good > 100, `${good} addresses`);
});
