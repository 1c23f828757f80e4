import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isReadBy } from '../../src/config/checks.ts';

void test('a file is read by its own name, however it is written', () => {
  assert.equal(isReadBy('logs/a.log', './logs/a.log', '/srv'), true);
  assert.equal(isReadBy('/srv/logs/a.log', 'logs/x/../a.log', '/srv'), true);
  assert.equal(isReadBy('logs/a.log', 'data/a.log', '/srv'), false);
  assert.equal(isReadBy('logs/a.log', 'logs/a.log.1', '/srv'), false);
});

void test('a file is read by a glob that matches it, relative or absolute', () => {
  assert.equal(isReadBy('logs/*.log', 'logs/a.log', '/srv'), true);
  assert.equal(isReadBy('./logs/*', '/srv/logs/a.log', '/srv'), true);
  assert.equal(isReadBy('/srv/**/*.log', 'logs/a.log', '/srv'), true);
  assert.equal(isReadBy('{logs,data}/[a-c]?.log', 'data/bx.log', '/srv'), true);
  assert.equal(isReadBy('../*/a.log', '../other/a.log', '/srv'), true);
  assert.equal(isReadBy('logs/*.log', 'logs/x/a.log', '/srv'), false);
  assert.equal(isReadBy('logs/*.log', 'logs/a.txt', '/srv'), false);
});

void test('a name with the characters of a glob is still a name', () => {
  assert.equal(isReadBy('logs/[a].log', './logs/[a].log', '/srv'), true);
});

void test('characters of the working directory mean nothing in a relative glob', () => {
  assert.equal(isReadBy('logs/*.log', 'logs/a.log', '/srv/[x]{y}*'), true);
  assert.equal(isReadBy('logs/*.log', '/srv/z/logs/a.log', '/srv/*'), false);
});
