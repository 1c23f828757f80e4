// The folders of good and bad files: what each good one means, and the exact messages of each bad one.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import type { Config } from '../../src/config/schema.ts';
import { DEFAULT_CONFIG, DEFAULT_HTTP } from './default-config.ts';
import { LIST_MEANINGS } from './good-lists.ts';

const BAD = join(import.meta.dirname, 'bad');
const GOOD = join(import.meta.dirname, 'good');

/** How each good file differs from the defaults. */
const MEANINGS: Record<string, Partial<Config>> = {
  ...LIST_MEANINGS,
  'anchors-of-blocks.yml': {
    http: { ...DEFAULT_HTTP, address: '0.0.0.0', port: 8080 },
    filename: ['logs/a.log', 'logs/b.log'],
  },
  'anchors.yml': { alertWindowSeconds: 90, reportTime: { kind: 'interval', seconds: 90 } },
  'comments-only.yml': {},
  'crlf-and-bom.yml': { threshold: 20, reportTop: 5 },
  'empty-mapping.yml': {},
  'empty-path-is-off.yml': { alertPath: null, reportPath: null },
  'everything.yml': {
    filename: ['logs/access.log', '/var/log/nginx/*.log'],
    startFrom: 'beginning',
    logFormat: 'vhost_combined',
    timezone: 'Europe/Berlin',
    realClientFrom: 'x-forwarded-for',
    trustedProxies: [
      { address: Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), prefixBits: 32 },
    ],
    anonymiseIp: true,
    latenessSeconds: 0,
    lineBytesMax: 1024,
    templatePaths: false,
    pathPatterns: ['/blog/*', '/api/**/items'],
    threshold: 0.5,
    alertWindowSeconds: 5400,
    hasDefaultRules: true,
    objective: 99.9,
    isExplained: false,
    hasLines: false,
    repeatSeconds: 3600,
    isConfigWatched: true,
    alertPath: null,
    reportTime: { kind: 'cron', expression: '*/5 9-17 * * mon-fri' },
    reportPath: '/data/reports.log',
    reportTop: 10_000,
    reportStdout: true,
    statePath: null,
    hasHistory: false,
    historySeconds: [3600, 3600, 630_720_000],
    historyBytesMax: 16_777_216,
    output: 'json',
    fileBytesMax: 10_000_000,
    fileCountMax: 1000,
    http: { address: '::', port: 0, tokenPath: 'token', allowedHosts: ['fluffy.example.org'] },
    logLevel: 'silent',
    logPath: 'data/fluffy.log',
  },
  'glob-that-matches-no-output.yml': { filename: ['logs/**/*.log'] },
  'http-address-and-port.yml': { http: { ...DEFAULT_HTTP, address: '0.0.0.0', port: 8080 } },
  'http-access.yml': {
    http: {
      ...DEFAULT_HTTP,
      tokenPath: '/run/secrets/fluffy',
      allowedHosts: ['fluffy.example.org', '*.lan'],
    },
  },
  'http-block-in-braces.yml': { http: { ...DEFAULT_HTTP, address: '::1', port: 9180 } },
  'http-ipv6.yml': { http: { ...DEFAULT_HTTP, address: '::1', port: 8080 } },
  'http-port.yml': { http: { ...DEFAULT_HTTP, address: '127.0.0.1', port: 8080 } },
  'json-fields-in-braces.yml': {
    logFormat: 'caddy',
    jsonFields: { time: ['@time'], 'latency-unit': 'ms' },
  },
  'json-fields.yml': {
    logFormat: 'json',
    jsonFields: {
      time: ['when'],
      client: ['ip'],
      method: ['req', 'method'],
      target: ['req', 'url'],
      request: ['line'],
      status: ['http.response', String.raw`status\code`],
      bytes: ['size'],
      latency: ['took'],
      'user-agent': ['ua'],
      'forwarded-for': ['xff'],
      'latency-unit': 'ms',
    },
  },
  'log-format-of-apache.yml': {
    logFormat: String.raw`LogFormat "%h %l %u %t \"%r\" %>s %b" common`,
  },
  'log-format-of-nginx.yml': {
    logFormat: `log_format timed '$remote_addr [$time_local] '\n                 '"$request" $status $request_time';\n`,
  },
  'pid.yml': { threshold: 20 },
  'quoted-durations.yml': {
    alertWindowSeconds: 90,
    latenessSeconds: 5,
    reportTime: { kind: 'interval', seconds: 7 },
  },
  'six-cron-fields.yml': { reportTime: { kind: 'cron', expression: '30 0 8 * * *' } },
};

function filesOf(folder: string, ending: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(ending));
}

function load(folder: string, file: string) {
  return loadConfig({ configPath: file, env: {}, cwd: folder });
}

void test('every good file has a meaning written down, and every bad file its messages', () => {
  assert.deepEqual(filesOf(GOOD, '').toSorted(), Object.keys(MEANINGS).toSorted());
  const names = filesOf(BAD, '.yml').map((name) => name.slice(0, -'.yml'.length));
  assert.deepEqual(filesOf(BAD, '.txt').toSorted(), names.map((name) => `${name}.txt`).toSorted());
  assert.ok(names.length >= 25, `${names.length} bad files`);
});

for (const [file, meaning] of Object.entries(MEANINGS)) {
  void test(`good/${file} is the defaults with its own values`, () => {
    const loaded = load(GOOD, file);
    assert.ok(loaded.ok, JSON.stringify(loaded));
    assert.deepEqual(loaded.config, { ...DEFAULT_CONFIG, ...meaning });
    assert.equal(loaded.file, file);
  });
}

for (const file of filesOf(BAD, '.yml')) {
  void test(`bad/${file} gives exactly the messages beside it`, () => {
    const expected = readFileSync(join(BAD, file.replace('.yml', '.txt')), 'utf8');
    const loaded = load(BAD, file);
    assert.ok(!loaded.ok, 'accepted');
    assert.equal(loaded.problems.map((problem) => `${formatProblem(problem)}\n`).join(''), expected);
    assert.ok(expected.trim().length > 0);
  });
}

void test('pid is ignored with one warning at its line', () => {
  const loaded = load(GOOD, 'pid.yml');
  assert.ok(loaded.ok);
  assert.deepEqual(loaded.warnings.map(formatProblem), [
    'pid.yml:1:1 pid: has no effect and can be removed: the container is the process',
  ]);
});
