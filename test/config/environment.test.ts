import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { CONFIG_KEYS, type Config } from '../../src/config/schema.ts';
import { DEFAULT_CONFIG, DEFAULT_HTTP } from './default-config.ts';

const GOOD = join(import.meta.dirname, 'good');

/** Loads a file that sets `threshold: 20` and `report-top: 5`, overridden by `env`. */
function load(env: NodeJS.ProcessEnv) {
  return loadConfig({ configPath: 'crlf-and-bom.yml', env, cwd: GOOD });
}

function configOf(env: NodeJS.ProcessEnv): Config {
  const loaded = load(env);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.config;
}

function messagesOf(env: NodeJS.ProcessEnv): string[] {
  const loaded = load(env);
  assert.ok(!loaded.ok, JSON.stringify(loaded));
  return loaded.problems.map(formatProblem);
}

void test('a variable overrides the file, the other keys stay', () => {
  assert.deepEqual(configOf({ FLUFFY_THRESHOLD: '50' }), { ...DEFAULT_CONFIG, threshold: 50, reportTop: 5 });
});

void test('every key can be set by its variable', () => {
  const env = {
    FLUFFY_FILENAME: 'a.log, /var/log/{b,c}.log,d.log,',
    FLUFFY_START_FROM: 'beginning',
    FLUFFY_LOG_FORMAT: 'json',
    FLUFFY_JSON_FIELDS: 'time=when, status=res.code,latency-unit=us',
    FLUFFY_TIMEZONE: 'Asia/Tokyo',
    FLUFFY_REAL_CLIENT_FROM: 'x-forwarded-for',
    FLUFFY_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    FLUFFY_ANONYMISE_IP: 'true',
    FLUFFY_LATENESS: '1m',
    FLUFFY_LINE_BYTES_MAX: '2KiB',
    FLUFFY_TEMPLATE_PATHS: 'no',
    FLUFFY_PATH_PATTERNS: '/a/*, /b/{c,d}',
    FLUFFY_THRESHOLD: '.5',
    FLUFFY_ALERT_WINDOW: '60',
    FLUFFY_DEFAULT_RULES: 'yes',
    FLUFFY_OBJECTIVE: '99.9',
    FLUFFY_ALERTS: 'off',
    FLUFFY_EXPLAIN: 'no',
    FLUFFY_EXPLAIN_LINES: 'no',
    FLUFFY_REPEAT_INTERVAL: '1h',
    FLUFFY_CHANNELS: 'off',
    FLUFFY_MAINTENANCE: 'off',
    FLUFFY_ALERT_PATH: 'off',
    FLUFFY_REPORT_TIME: '0 8 * * *',
    FLUFFY_REPORT_PATH: 'r.log',
    FLUFFY_REPORT_TOP: '3',
    FLUFFY_REPORT_STDOUT: 'yes',
    FLUFFY_STATE_PATH: 's.db',
    FLUFFY_HISTORY: 'off',
    FLUFFY_HISTORY_10S: '2h',
    FLUFFY_HISTORY_1M: '3d',
    FLUFFY_HISTORY_1H: '100d',
    FLUFFY_HISTORY_MAX_SIZE: '20MiB',
    FLUFFY_OUTPUT: 'json',
    FLUFFY_MAX_FILE_SIZE: '1MiB',
    FLUFFY_MAX_FILES: '2',
    FLUFFY_HTTP_ADDRESS: '0.0.0.0',
    FLUFFY_HTTP_PORT: '0',
    FLUFFY_HTTP_TOKEN_FILE: '/run/secrets/fluffy',
    FLUFFY_HTTP_ALLOWED_HOSTS: 'Fluffy.example.org, *.example.net',
    FLUFFY_HTTP: '[::1]:1',
    FLUFFY_LOG_LEVEL: 'debug',
    FLUFFY_LOG_PATH: 'f.log',
    FLUFFY_WATCH_CONFIG: '1',
    FLUFFY_PID: 'x.pid',
  };
  assert.deepEqual(Object.keys(env).toSorted(), CONFIG_KEYS.map((known) => known.env).toSorted());
  assert.deepEqual(configOf(env), {
    filename: ['a.log', '/var/log/{b,c}.log', 'd.log'],
    startFrom: 'beginning',
    logFormat: 'json',
    jsonFields: { time: ['when'], status: ['res', 'code'], 'latency-unit': 'us' },
    timezone: 'Asia/Tokyo',
    realClientFrom: 'x-forwarded-for',
    trustedProxies: [
      { address: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 0), prefixBits: 104 },
      { address: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), prefixBits: 128 },
    ],
    anonymiseIp: true,
    latenessSeconds: 60,
    lineBytesMax: 2048,
    templatePaths: false,
    pathPatterns: ['/a/*', '/b/{c,d}'],
    threshold: 0.5,
    alertWindowSeconds: 60,
    hasDefaultRules: true,
    objective: 99.9,
    alerts: [],
    isExplained: false,
    hasLines: false,
    repeatSeconds: 3600,
    channels: [],
    maintenance: [],
    alertPath: null,
    reportTime: { kind: 'cron', expression: '0 8 * * *' },
    reportPath: 'r.log',
    reportTop: 3,
    reportStdout: true,
    statePath: 's.db',
    hasHistory: false,
    historySeconds: [7200, 259_200, 8_640_000],
    historyBytesMax: 20_971_520,
    output: 'json',
    fileBytesMax: 1_048_576,
    fileCountMax: 2,
    http: {
      address: '0.0.0.0',
      port: 0,
      tokenPath: '/run/secrets/fluffy',
      allowedHosts: ['fluffy.example.org', '*.example.net'],
    },
    logLevel: 'debug',
    logPath: 'f.log',
    isConfigWatched: true,
  } satisfies Config);
});

void test('FLUFFY_HTTP sets address and port, or the port alone', () => {
  assert.deepEqual(configOf({ FLUFFY_HTTP: '[::1]:8080' }).http, {
    ...DEFAULT_HTTP,
    address: '::1',
    port: 8080,
  });
  assert.deepEqual(configOf({ FLUFFY_HTTP: '8080' }).http, { ...DEFAULT_HTTP, port: 8080 });
  assert.deepEqual(configOf({ FLUFFY_HTTP: '0.0.0.0:1', FLUFFY_HTTP_PORT: '2' }).http, {
    ...DEFAULT_HTTP,
    address: '0.0.0.0',
    port: 2,
  });
});

void test('FLUFFY_JSON_FIELDS names fields, in place of all those of the file, or turns them off', () => {
  const withFields = (text: string): unknown => {
    const env = { FLUFFY_JSON_FIELDS: text };
    const loaded = loadConfig({ configPath: 'json-fields-in-braces.yml', env, cwd: GOOD });
    return loaded.ok ? loaded.config.jsonFields : loaded.problems.map(formatProblem);
  };
  assert.deepEqual(withFields(''), { time: ['@time'], 'latency-unit': 'ms' });
  assert.deepEqual(withFields('status=a=b.c, bytes = x'), { status: ['a=b', 'c'], bytes: ['x'] });
  assert.deepEqual(withFields('off'), {});
  assert.deepEqual(withFields('time=,latency-unit=min'), [
    'FLUFFY_JSON_FIELDS latency-unit: must be s, ms, us or ns, got "min"',
    'FLUFFY_JSON_FIELDS time: must be a key of the log such as code, or res.code for one in an object, got ""',
  ]);
  assert.deepEqual(withFields('stauts=code,time=a,time=b,x,'), [
    'FLUFFY_JSON_FIELDS: unknown field "stauts"; did you mean "status"?',
    'FLUFFY_JSON_FIELDS: names the field "time" twice',
    'FLUFFY_JSON_FIELDS: must be fields such as time=when,status=res.code, or off, got "x"',
    'FLUFFY_JSON_FIELDS: must be fields such as time=when,status=res.code, or off, got ""',
  ]);
});

void test('fields of JSON for a log that is none are a conflict, wherever the two were given', () => {
  const rest =
    'is for JSON logs: it needs log-format auto, json, caddy, traefik-json or nginx-json, not "combined"';
  assert.deepEqual(messagesOf({ FLUFFY_JSON_FIELDS: 'time=when', FLUFFY_LOG_FORMAT: 'combined' }), [
    `FLUFFY_JSON_FIELDS: ${rest}`,
  ]);
  const env = { FLUFFY_LOG_FORMAT: 'combined' };
  const loaded = loadConfig({ configPath: 'json-fields-in-braces.yml', env, cwd: GOOD });
  assert.ok(!loaded.ok);
  assert.deepEqual(loaded.problems.map(formatProblem), [
    `json-fields-in-braces.yml:1:14 json-fields: ${rest}`,
  ]);
  const off = { FLUFFY_LOG_FORMAT: 'combined', FLUFFY_JSON_FIELDS: 'off' };
  assert.ok(loadConfig({ configPath: 'json-fields-in-braces.yml', env: off, cwd: GOOD }).ok);
});

void test('booleans have eight words, in any letter case', () => {
  for (const word of ['true', 'TRUE', '1', 'yes', 'on']) {
    assert.equal(configOf({ FLUFFY_REPORT_STDOUT: word }).reportStdout, true, word);
  }
  for (const word of ['false', 'False', '0', 'no', 'off']) {
    assert.equal(configOf({ FLUFFY_REPORT_STDOUT: word }).reportStdout, false, word);
  }
});

void test('an empty variable counts as unset, also an unknown one', () => {
  assert.equal(
    configOf({ FLUFFY_THRESHOLD: '', FLUFFY_REPORT_TOP: ' ', FLUFFY_TRESHOLD: '', FLUFFY_CONFIG: '' })
      .threshold,
    20,
  );
});

void test('a bad value names its variable, and all of them are shown', () => {
  const env = {
    FLUFFY_THRESHOLD: 'fast',
    FLUFFY_REPORT_TOP: '2.5',
    FLUFFY_REPORT_STDOUT: 'maybe',
    FLUFFY_FILENAME: ' , ',
    FLUFFY_HTTP: 'localhost',
    FLUFFY_MAX_FILES: '0x10',
    FLUFFY_ALERT_PATH: 'logs/all.log',
    FLUFFY_REPORT_PATH: 'logs/all.log',
  };
  assert.deepEqual(messagesOf(env), [
    'FLUFFY_FILENAME: must name at least one path, got an empty list',
    'FLUFFY_HTTP: must be a port, or an address and a port such as 0.0.0.0:9180 or [::1]:9180, got "localhost"',
    'FLUFFY_MAX_FILES: must be a whole number from 2 to 1000, got "0x10"',
    'FLUFFY_REPORT_PATH: must differ from alert-path, both are "logs/all.log"',
    'FLUFFY_REPORT_STDOUT: must be true or false, got "maybe"',
    'FLUFFY_REPORT_TOP: must be a whole number from 1 to 10000, got 2.5',
    'FLUFFY_THRESHOLD: must be a number above 0, got "fast"',
  ]);
});

void test('lists of blocks are for the file: a variable can only turn them off, and is not shown', () => {
  const message = 'must be off: blocks of keys are for the configuration file';
  assert.deepEqual(
    messagesOf({ FLUFFY_ALERTS: '[]', FLUFFY_CHANNELS: 'https://a.example/s3cret', FLUFFY_MAINTENANCE: 'x' }),
    [`FLUFFY_ALERTS: ${message}`, `FLUFFY_CHANNELS: ${message}`, `FLUFFY_MAINTENANCE: ${message}`],
  );
});

void test('what names a channel or a rule is left alone when a variable turns the list off', () => {
  const loadOff = (file: string, env: NodeJS.ProcessEnv) => {
    const loaded = loadConfig({ configPath: file, env, cwd: GOOD });
    assert.ok(loaded.ok, JSON.stringify(loaded));
    return loaded.config;
  };
  const withoutChannels = loadOff('alerts.yml', { FLUFFY_CHANNELS: 'off' });
  assert.deepEqual(withoutChannels.channels, []);
  assert.deepEqual(withoutChannels.alerts[1]?.notify, ['ops', 'desk']);
  const withoutAlerts = loadOff('maintenance.yml', { FLUFFY_ALERTS: 'off' });
  assert.deepEqual(withoutAlerts.alerts, []);
  assert.deepEqual(withoutAlerts.maintenance[1]?.rules, ['traffic', 'silence', 'mine']);
});

void test('an unknown variable is a problem with the nearest known one', () => {
  assert.deepEqual(
    messagesOf({ FLUFFY_TRESHOLD: '5', FLUFFY_PORT: '8080', FLUFFY_CONFIGURATION_OF_SHEEP: 'x' }),
    [
      'FLUFFY_CONFIGURATION_OF_SHEEP: is not a known variable',
      'FLUFFY_PORT: is not a known variable; did you mean FLUFFY_HTTP_PORT?',
      'FLUFFY_TRESHOLD: is not a known variable; did you mean FLUFFY_THRESHOLD?',
    ],
  );
});

void test('problems of the file come before those of the environment', () => {
  const cwd = join(import.meta.dirname, 'bad');
  const loaded = loadConfig({ configPath: 'quote-is-open.yml', env: { FLUFFY_OUTPUT: 'xml' }, cwd });
  assert.ok(!loaded.ok);
  assert.deepEqual(loaded.problems.map(formatProblem), [
    'quote-is-open.yml:2:13 this value has an opening quote, but no closing one',
    'FLUFFY_OUTPUT: must be text or json, got "xml"',
  ]);
});

void test('what Kubernetes sets for a Service called fluffy is left alone', () => {
  const env = {
    FLUFFY_SERVICE_HOST: '10.0.0.1',
    FLUFFY_SERVICE_PORT: '9180',
    FLUFFY_SERVICE_PORT_HTTP: '9180',
    FLUFFY_PORT: 'tcp://10.0.0.1:9180',
    FLUFFY_PORT_9180_TCP: 'tcp://10.0.0.1:9180',
    FLUFFY_PORT_9180_TCP_PROTO: 'tcp',
    FLUFFY_PORT_9180_TCP_PORT: '9180',
    FLUFFY_PORT_9180_TCP_ADDR: '10.0.0.1',
  };
  assert.equal(configOf(env).threshold, 20);
  assert.deepEqual(messagesOf({ FLUFFY_PORT_9180_TCP_SHEEP: '1' }), [
    'FLUFFY_PORT_9180_TCP_SHEEP: is not a known variable',
  ]);
});

void test('FLUFFY_PID is ignored with a warning', () => {
  const loaded = load({ FLUFFY_PID: '/run/fluffy.pid' });
  assert.ok(loaded.ok);
  assert.deepEqual(loaded.warnings.map(formatProblem), [
    'FLUFFY_PID: has no effect and can be removed: the container is the process',
  ]);
});
