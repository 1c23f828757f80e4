import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { missing, singleFileMount, unreadable } from '../../src/source/problem.ts';
import type { AccessFacts } from '../../src/source/problem.ts';

const debian: AccessFacts = {
  path: '/logs/access.log',
  refusing: '/logs/access.log',
  isDirectory: false,
  ownerUid: 33,
  ownerGid: 4,
  mode: 0o100640,
  uid: 1000,
  gids: [1000],
};

void test('a group that may read is to be added', () => {
  assert.equal(
    unreadable(debian).message,
    'cannot read /logs/access.log: it belongs to 33:4 with mode 0640 and fluffy runs as uid 1000 with groups 1000; ' +
      'give fluffy\'s service group_add: ["4"] in the compose file',
  );
});

void test('the group of root is not one to be added', () => {
  assert.match(
    unreadable({ ...debian, ownerUid: 0, ownerGid: 0 }).message,
    /; give it a group of its own, chgrp adm \/logs\/access\.log, and fluffy's service group_add: \["4"\], that of adm on Debian$/,
  );
  assert.match(
    unreadable({ ...debian, ownerUid: 0, ownerGid: 0, mode: 0o600 }).message,
    /; nobody else may: chgrp adm \/logs\/access\.log && chmod g\+r \/logs\/access\.log, and give fluffy's service group_add: \["4"\], that of adm on Debian$/,
  );
});

void test('a log that is named from where fluffy runs is no link', () => {
  const facts = { ...debian, path: 'logs/access.log', refusing: resolve('logs/access.log') };
  assert.match(unreadable(facts).message, /^cannot read logs\/access\.log: it belongs to/);
});

void test('a group that may not read either is said so', () => {
  assert.match(
    unreadable({ ...debian, mode: 0o100600 }).message,
    /chmod g\+r \/logs\/access\.log \(and let log rotation create it with mode 0640\) and give fluffy's service group_add: \["4"\]$/,
  );
  assert.match(unreadable({ ...debian, mode: 0o100600, gids: [4] }).message, /mode 0640\)$/);
});

void test('a directory that may not be entered is named', () => {
  const facts = { ...debian, refusing: '/logs', isDirectory: true, mode: 0o40700 };
  assert.match(
    unreadable(facts).message,
    /: the directory \/logs belongs to 33:4 with mode 0700 .*chmod g\+rx \/logs and/,
  );
});

void test('a mode that would allow it points beyond modes', () => {
  assert.match(unreadable({ ...debian, gids: [1000, 4] }).message, /SELinux/);
});

void test('a missing log and a single mounted file are said with what to do', () => {
  assert.match(
    missing('/logs/a/b.log', '/logs').message,
    /nearest existing directory is \/logs\): waiting for it/,
  );
  assert.match(
    singleFileMount('/logs/a.log').message,
    /^\/logs\/a\.log is mounted as a single file.*mount its directory instead$/,
  );
});
