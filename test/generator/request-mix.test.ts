import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventPaths } from '../../generator/catalog.ts';
import { createRequestMix, type Request } from '../../generator/request-mix.ts';

const DRAWS = 40_000;

function drawn(changes: { errorShare?: number; zipf?: number; pathCount?: number }): Request[] {
  const mix = createRequestMix({
    seed: 'mix test',
    paths: inventPaths(changes.pathCount ?? 20),
    zipf: changes.zipf ?? 1,
    errorShare: changes.errorShare ?? 0.05,
    clientCount: 100,
  });
  return Array.from({ length: DRAWS }, () => ({ ...mix.draw() }));
}

function countBy<K>(requests: readonly Request[], key: (request: Request) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const request of requests) counts.set(key(request), (counts.get(key(request)) ?? 0) + 1);
  return counts;
}

void test('paths are popular in their order and in the proportions of Zipf', () => {
  const counts = countBy(drawn({ pathCount: 5, zipf: 1 }), (request) => request.pathIndex);
  const shares = [0, 1, 2, 3, 4].map((rank) => (counts.get(rank) ?? 0) / DRAWS);
  // 1, 1/2, 1/3, 1/4, 1/5 over their sum of 137/60.
  const expected = [0.438, 0.219, 0.146, 0.1095, 0.0876];
  for (const [rank, share] of expected.entries()) {
    assert.ok(Math.abs((shares[rank] ?? 0) - share) < 0.01, `rank ${rank}: ${shares[rank]}, not ${share}`);
  }
});

void test('exponent 0 makes all paths equally popular', () => {
  const counts = countBy(drawn({ pathCount: 4, zipf: 0 }), (request) => request.pathIndex);
  for (const rank of [0, 1, 2, 3]) assert.ok(Math.abs((counts.get(rank) ?? 0) / DRAWS - 0.25) < 0.01);
});

function errorShareOf(errorShare: number): number {
  return drawn({ errorShare }).filter((request) => request.status >= 400).length / DRAWS;
}

void test('the share of status 4xx and 5xx is the one asked for', () => {
  assert.equal(errorShareOf(0), 0);
  assert.equal(errorShareOf(1), 1);
  const share = errorShareOf(0.1);
  assert.ok(share > 0.095 && share < 0.105, `got ${share}`);
});

void test('requests are of many kinds: addresses, methods, protocols, users, query strings', () => {
  const requests = drawn({});
  const ipv6Share = requests.filter((request) => request.client.includes(':')).length / DRAWS;
  assert.ok(ipv6Share > 0.05 && ipv6Share < 0.6, `got ${ipv6Share}`);
  assert.deepEqual([...countBy(requests, (request) => request.method).keys()].toSorted(), [
    'DELETE',
    'GET',
    'HEAD',
    'POST',
    'PUT',
  ]);
  assert.deepEqual([...countBy(requests, (request) => request.protocol).keys()].toSorted(), [
    'HTTP/1.1',
    'HTTP/2.0',
    'HTTP/3.0',
  ]);
  assert.ok(requests.some((request) => request.user !== '-'));
  assert.ok(requests.some((request) => request.target === '/login/user?next=%2Fhome'));
  assert.ok(requests.every((request) => request.status !== 304 || request.sizeBytes === 0));
  assert.equal(countBy(requests, (request) => request.client).size, 100);
});

void test('invented paths are distinct however many there are', () => {
  const paths = inventPaths(5000);
  assert.equal(new Set(paths).size, 5000);
  assert.deepEqual(paths.slice(0, 3), ['/report/user', '/login/user', '/static/app.js']);
  assert.deepEqual(inventPaths(1), ['/report/user']);
});
