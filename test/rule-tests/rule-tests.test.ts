// Tests of rules: that the traffic is what they say, that alerts are held against what was expected, and that a test fails
// when it should.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Series } from '../../src/rule-tests/rule-test.ts';
import { renderTraffic, requestsOf } from '../../src/rule-tests/traffic.ts';
import { runTests } from './testing.ts';

const START = Date.UTC(2026, 0, 1) / 1000;
const SERIES: Series = {
  fromSeconds: 0,
  forSeconds: 10,
  rate: 1,
  method: 'GET',
  path: '/a',
  status: 200,
  bytes: 5,
  latencyMs: null,
  client: '192.0.2.1',
  clients: 1,
  agent: '-',
};

/** More than 2 requests a second, averaged over 10 s. */
const RULES =
  'alerts:\n  - { name: busy, metric: request-rate, above: 2, window: 10s, severity: critical }\n';
const SURGE = 'series: [{ for: 1m, rate: 1 }, { from: 20s, for: 10s, rate: 9 }], until: 2m';

function fileOf(...tests: readonly string[]): string {
  return `${RULES}tests:\n${tests.map((each) => `  - { ${each} }\n`).join('')}`;
}

void test('requests are spread evenly over the time of their series, the first at its beginning', () => {
  const timesOf = (given: Partial<Series>): string[] =>
    [...renderTraffic([{ ...SERIES, ...given }], START)]
      .join('')
      .split('\n')
      .flatMap((line) => /:(\d\d:\d\d) \+0000\]/.exec(line)?.[1] ?? []);
  assert.deepEqual(timesOf({ rate: 0.1, forSeconds: 30 }), ['00:00', '00:10', '00:20']);
  assert.deepEqual(timesOf({ rate: 1.5, forSeconds: 4, fromSeconds: 60 }), [
    '01:00',
    '01:00',
    '01:01',
    '01:02',
    '01:02',
    '01:03',
  ]);
  for (const rate of [0.3, 0.7, 1.1, 3.3, 7])
    for (const forSeconds of [1, 9, 10, 61]) {
      assert.equal(timesOf({ rate, forSeconds }).length, requestsOf({ ...SERIES, rate, forSeconds }));
    }
  assert.equal(requestsOf({ ...SERIES, rate: 0.1, forSeconds: 30 }), 3);
  assert.equal(requestsOf({ ...SERIES, rate: 3.3, forSeconds: 10 }), 33);
});

void test('a series is lines of a log, with all that rules look at', () => {
  const line = {
    ...SERIES,
    rate: 1,
    forSeconds: 1,
    method: 'POST',
    path: '/b?c=1',
    status: 503,
    latencyMs: 1234,
  };
  assert.deepEqual(
    [...renderTraffic([{ ...line, agent: 'probe/1', client: '2001:db8::1' }], START)],
    ['2001:db8::1 - - [01/Jan/2026:00:00:00 +0000] "POST /b?c=1 HTTP/1.1" 503 5 "-" "probe/1" 1.234\n'],
  );
  const clients = [...renderTraffic([{ ...SERIES, rate: 4, forSeconds: 1, clients: 3 }], START)].join('');
  assert.deepEqual(
    clients.split('\n').map((each) => each.split(' ')[0]),
    ['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.0', ''],
  );
});

void test('a test is ok when exactly the expected alerts come', (context) => {
  const said = runTests(context, {
    'a.yml': fileOf(
      // 10 seconds hold 10 + 9 × 2 = 28 requests after two seconds of the surge, 19 after one.
      `name: surge, ${SURGE}, expect: [{ rule: busy, state: firing, at: 22s, value: 2.8, severity: critical, reason: above 2 requests }, { rule: busy, state: resolved, between: [38s, 39s], below: 2.1 }]`,
      'name: calm, series: [{ for: 1m, rate: 2 }], expect: []',
      'name: nothing at all, series: [], until: 1h, expect: []',
    ),
  });
  assert.deepEqual(said, {
    exitCode: 0,
    out: [
      'a.yml',
      '  ok      surge',
      '  ok      calm',
      '  ok      nothing at all',
      '3 tests, 3 ok, 0 failed',
    ],
    err: [],
  });
});

void test('a failed test shows what was expected and what came, in order of time', (context) => {
  const said = runTests(context, {
    'a.yml': fileOf(
      `name: surge, ${SURGE}, expect: [{ rule: busy, state: firing, at: 21s, value: 3 }, { rule: busy, state: resolved, between: [30s, 40s] }]`,
    ),
  });
  assert.equal(said.exitCode, 1);
  assert.deepEqual(said.out, [
    'a.yml',
    '  FAILED  surge',
    '          - expected and did not come, + came and was not expected',
    '          - 21s       2026-01-01 00:00:21  busy                        firing    3',
    '          + 22s       2026-01-01 00:00:22  busy                        firing    critical, 2.8 requests/s',
    '              2.8 requests/s over 10s (28 requests), above 2 requests/s; / 100 % of requests; one client, 192.0.2.1, sends 100 %; status 200 100 %; method GET 100 %',
    '            39s       2026-01-01 00:00:39  busy                        resolved  critical, 1.9 requests/s',
    '1 test, 0 ok, 1 failed',
  ]);
});

const MISSES: readonly (readonly [title: string, expected: string])[] = [
  ['the value', 'at: 22s, value: 2.9'],
  ['a bound of the value', 'at: 22s, above: 2.8'],
  ['the other bound', 'at: 22s, below: 2.8'],
  ['the severity', 'at: 22s, severity: warning'],
  ['the reason', 'at: 22s, reason: something else'],
  ['the time', 'at: 23s'],
  ['the end of the time', 'between: [10s, 21s]'],
];
for (const [title, expected] of MISSES) {
  void test(`a test fails when ${title} is another`, (context) => {
    const rest = '{ rule: busy, state: resolved, between: [0s, 2m] }';
    const run = (what: string) =>
      runTests(context, {
        'a.yml': fileOf(`name: surge, ${SURGE}, expect: [{ rule: busy, state: firing, ${what} }, ${rest}]`),
      });
    assert.equal(run('at: 22s').exitCode, 0);
    const said = run(expected);
    assert.deepEqual([said.exitCode, said.err], [1, []]);
    assert.match(said.out.join('\n'), /\n {10}- .* firing.*\n/);
    assert.match(said.out.join('\n'), /\n {10}\+ 22s .*\n[^]*1 failed$/);
  });
}

void test('an alert that nobody expects fails a test, and so does one that comes before another one', (context) => {
  const firing = '{ rule: busy, state: firing, between: [0s, 2m] }';
  const resolved = '{ rule: busy, state: resolved, between: [0s, 2m] }';
  const run = (...expected: readonly string[]): number =>
    runTests(context, { 'a.yml': fileOf(`name: surge, ${SURGE}, expect: [${expected.join(', ')}]`) })
      .exitCode;
  assert.equal(run(firing, resolved), 0);
  assert.equal(run(firing), 1);
  assert.equal(run(), 1);
  assert.equal(run(resolved, firing), 1);
  assert.equal(run(firing, resolved, firing), 1);
});

void test('lines of a log are read as from a log, and their first time is the start', (context) => {
  const lines = Array.from(
    { length: 40 },
    (_, i) =>
      `192.0.2.1 - - [23/Nov/2026:22:14:${String(5 + (i >> 3)).padStart(2, '0')} +0000] "GET / HTTP/1.1" 200 1`,
  );
  const text = (log: readonly string[], expected: string): string =>
    `${RULES}tests:\n  - name: from a log\n    log-format: common\n    until: 1m\n    lines: |\n${log.map((line) => `      ${line}\n`).join('')}    expect: ${expected}\n`;
  const alerts =
    '[{ rule: busy, state: firing, at: 3s, value: 2.4 }, { rule: busy, state: resolved, at: 13s }]';
  assert.deepEqual(runTests(context, { 'a.yml': text(lines, alerts) }).out, [
    'a.yml',
    '  ok      from a log',
    '1 test, 1 ok, 0 failed',
  ]);
  const broken = runTests(context, { 'a.yml': text(['what', 'is this'], '[]') });
  assert.equal(broken.exitCode, 1);
  assert.match(
    broken.out.join('\n'),
    /2 of 2 lines could not be read as common: \S+, such as at column \d+ of: /,
  );
});

void test('a rule that waits for silence or for few requests is tested without any traffic', (context) => {
  const rules =
    'alerts:\n  - { name: gone, metric: silence, above: 5m }\n  - { name: few, metric: request-rate, below: 1, window: 1m }\n';
  const expected =
    '[{ rule: few, state: firing, at: 1m, value: 0 }, { rule: gone, state: firing, at: 5m1s, value: 301 }]';
  const said = runTests(context, {
    'a.yml': `${rules}tests: [{ name: night, series: [], until: 10m, expect: ${expected} }]\n`,
  });
  assert.equal(said.exitCode, 0, said.out.join('\n'));
});

void test('rules may be in a file beside it; the rule traffic takes part if it is said', (context) => {
  const tests = (expected: string): string =>
    `rules: rules.yml\ntests: [{ name: a, series: [{ for: 10s, rate: 50 }], until: 10s, expect: ${expected} }]\n`;
  const without = { 'a.test.yml': tests('[]'), 'rules.yml': 'default-rules: on\n' };
  assert.equal(runTests(context, without).exitCode, 0);
  const alert = '[{ rule: traffic, state: firing, at: 5s }]';
  const given = { 'a.test.yml': tests(alert), 'rules.yml': 'threshold: 20\nalert-window: 10s\n' };
  const said = runTests(context, given);
  assert.equal(said.exitCode, 0, said.out.join('\n'));
});

void test('JSON: a test a line, with what was met, what is missing and what was not expected; then totals', (context) => {
  const said = runTests(
    context,
    {
      'a.yml': fileOf(
        `name: surge, ${SURGE}, expect: [{ rule: busy, state: firing, at: 22s }, { rule: busy, state: resolved, at: 1m }]`,
      ),
    },
    true,
  );
  const [first, total] = said.out.map((line) => JSON.parse(line));
  assert.deepEqual([first.type, first.file, first.name, first.isOk], ['test', 'a.yml', 'surge', false]);
  assert.deepEqual(
    first.findings.map(
      ({
        kind,
        expected,
        got,
      }: Record<'kind' | 'expected' | 'got', { fromSeconds: number; offsetSeconds: number }>) => [
        kind,
        expected?.fromSeconds ?? null,
        got?.offsetSeconds ?? null,
      ],
    ),
    [
      ['met', 22, 22],
      ['unexpected', null, 39],
      ['missing', 60, null],
    ],
  );
  assert.deepEqual(total, { type: 'total', tests: 1, failed: 1, unreadFiles: 0 });
});

void test('every problem of a file of tests is told at its place', (context) => {
  const said = runTests(context, {
    'a.yml': [
      'alerts:',
      '  - { name: busy, metric: request-rate, above: 2 }',
      'thresold: 3',
      'tests:',
      '  - name: one',
      '    series: [{ for: 1m, rate: -1 }, { rate: 1, pth: /a }, { for: 2d, rate: 900 }]',
      '    log-format: common',
      '    expect: [{ rule: bussy, state: firing, at: 1s }, { rule: busy, state: on, between: [5s, 1s] }]',
      '  - { name: two, lines: "", series: [], expect: off, start: 2h }',
      '  - { series: [] }',
      '',
    ].join('\n'),
  });
  assert.equal(said.exitCode, 1);
  assert.deepEqual(said.err, [
    'a.yml:3:1 unknown key "thresold"; did you mean "threshold"?',
    'a.yml:6:31 tests[0].series[0].rate: must be a number of requests a second, above 0 and at most 1000000, got -1',
    'a.yml:6:37 tests[0].series[1]: needs for',
    'a.yml:6:48 unknown key "pth" in tests[0].series[1]; did you mean "path"?',
    'a.yml:6:76 tests[0].series[2].rate: makes more than 5000000 requests over its time',
    'a.yml:7:17 tests[0].log-format: has no meaning for series: it is for lines',
    'a.yml:8:75 tests[0].expect[1].state: must be firing or resolved, got "on"',
    'a.yml:8:88 tests[0].expect[1].between: must begin before it ends, got a list',
    'a.yml:9:25 tests[1].lines: needs either series or lines, the traffic of the test',
    'a.yml:9:61 tests[1].start: must be a time such as 2026-01-01T00:00:00Z, got "2h"',
    'a.yml:10:5 tests[2]: needs name',
    'a.yml:10:5 tests[2]: needs expect',
  ]);
});

void test('a rule that there is none of is refused', (context) => {
  const { err } = runTests(context, {
    'a.yml': fileOf('name: a, series: [], expect: [{ rule: bussy, state: firing, at: 1s }]'),
  });
  assert.deepEqual(err, [
    'a.yml:4:45 tests[0].expect[0].rule: must be the name of a rule (did you mean busy?), got "bussy"',
  ]);
});

void test('a file of tests that is none says so', (context) => {
  const errorsOf = (text: string): readonly string[] => runTests(context, { 'a.yml': text }).err;
  assert.deepEqual(errorsOf('rules: none.yml\ntests: []\n'), [
    'none.yml: cannot be read: there is no such file',
  ]);
  assert.deepEqual(errorsOf('threshold: 3\n'), ['a.yml: has no tests: give a list of them']);
  assert.deepEqual(errorsOf('rules: a.yml\nthreshold: 3\ntests: []\n'), [
    'a.yml:1:1 rules: a file of rules and "threshold" exclude each other',
  ]);
  assert.deepEqual(errorsOf('rules: [a]\ntests: []\n'), [
    'a.yml:1:1 rules: must be the path of a file of rules, from here',
  ]);
});
