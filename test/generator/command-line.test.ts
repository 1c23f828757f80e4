import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCommandLine } from '../../generator/command-line.ts';
import { optionsOf, problemsOf } from './runs.ts';

void test('a file is enough: everything else has a default', () => {
  const options = optionsOf(['--file', 'logs/access.log']);
  assert.deepEqual(options.plan, { rate: 20, bursts: [] });
  assert.equal(options.durationMs, 60_000);
  assert.equal(options.linesMax, Number.POSITIVE_INFINITY);
  assert.equal(options.mix.paths.length, 50);
  assert.equal(options.target.kind === 'file' && options.target.format, 'combined');
});

void test('every problem is told at once', () => {
  const argv = [
    '--rate',
    '-5',
    '--duration',
    '1y',
    '--zipf=x',
    '--format',
    'nginx',
    '--seed',
    '--keep',
    '1.5',
  ];
  assert.deepEqual(problemsOf([...argv, '--burts', '5@1+1']), [
    'unknown option --burts, did you mean --burst?',
    'say where the traffic goes: --file PATH or --url URL',
    '--format: must be one of common, combined, main, vhost_combined, caddy-json, traefik-clf, not "nginx"',
    '--keep: must be a whole number from 0 to 1000000, not "1.5"',
    '--rate: must be 0 or a number of requests a second from 0.001 to 1000000, not "-5"',
    '--seed: needs a value',
    '--zipf: must be a number from 0 to 10, not "x"',
    '--duration: must be like 90, 90s, 2m, 1h or forever, not "1y"',
  ]);
});

const BAD: readonly (readonly [argv: string, problem: string])[] = [
  ['--file a --url http://h', '--file and --url: choose one of them'],
  ['--file a --truth a', '--truth: must be another file than the log'],
  ['--file a b', 'unexpected argument "b"'],
  ['--file a --concurrency 3', '--concurrency: works only with --url'],
  ['--url http://h --rotate rename@5s', '--rotate: works only with --file'],
  [
    '--url https://h',
    '--url: must be an http address like http://127.0.0.1:8080, without a path, not "https://h"',
  ],
  [
    '--url http://h/p',
    '--url: must be an http address like http://127.0.0.1:8080, without a path, not "http://h/p"',
  ],
  ['--file - --rotate rename@5s', '--rotate: standard output cannot be rotated'],
  ['--file a --error-share 5', '--error-share: must be a share from 0 to 1, like 0.05 or 5%, not "5"'],
  [
    '--file a --start 2026-02-30T00:00:00Z',
    '--start: must be a time with its zone, like 2026-11-23T22:14:00Z, not "2026-02-30T00:00:00Z"',
  ],
  [
    '--file a --start 2026-11-23T22:14:00',
    '--start: must be a time with its zone, like 2026-11-23T22:14:00Z, not "2026-11-23T22:14:00"',
  ],
  ['--file a --utc-offset +0260', '--utc-offset: must be like +0200 or -03:30, not "+0260"'],
  ['--file a --lines 0', '--lines: must be a whole number from 1 to 1000000000000, not "0"'],
  ['--file a --duration 0', '--duration: must be like 90, 90s, 2m, 1h or forever, not "0"'],
  ['--file a --path cart', '--path: must be like /shop/cart: no spaces, quotes or ?, not "cart"'],
  ['--file a --path /a --paths 3', '--paths: does not go with --path'],
  ['--file a --fast --duration forever', '--fast: needs a --duration or --lines'],
  ['--file a --rate 0 --lines 5', '--rate: without requests the run needs a --duration'],
  [
    '--file a --rotate rename@2s --reopen-delay 2s',
    '--reopen-delay: must be shorter than the time between two rotations',
  ],
  [
    '--file a --format caddy-json --odd-share 1%',
    '--odd-share: a server that writes caddy-json does not log such requests',
  ],
];

for (const [argv, problem] of BAD) {
  void test(`${argv} is refused`, () => {
    assert.deepEqual(problemsOf(argv.split(' ')), [problem]);
  });
}

for (const burst of [
  '200',
  '200@30s',
  '200@30s+0s',
  '200@1.5s+2s',
  '200@1s+20s/10s',
  '@1+1',
  '5@1+1/',
  'x@1+1',
]) {
  void test(`the burst ${burst} is refused`, () => {
    assert.deepEqual(problemsOf(['--file', 'a', '--burst', burst]), [
      '--burst: must be RATE@FROM+LENGTH or RATE@FROM+LENGTH/PERIOD in whole seconds, like 200@30s+20s/60s, ' +
        `not "${burst}"`,
    ]);
  });
}

for (const rotation of [
  'rename',
  'move@5s',
  'rename@',
  'rename@0',
  'rename@0lines',
  'rename@lines',
  'delete@5s@5s',
]) {
  void test(`the rotation ${rotation} is refused`, () => {
    assert.equal(problemsOf(['--file', 'a', '--rotate', rotation]).length, 1);
  });
}

void test('bursts add up, durations have units, shares may be per cent', () => {
  const options = optionsOf(
    '--file a --burst 200@30s+20s --burst 9.5@1m+10/2m --duration 1h --error-share 12.5% --rotate random@90'.split(
      ' ',
    ),
  );
  assert.deepEqual(options.plan.bursts, [
    { rate: 200, fromSecond: 30, lengthSeconds: 20, periodSeconds: null },
    { rate: 9.5, fromSecond: 60, lengthSeconds: 10, periodSeconds: 120 },
  ]);
  assert.equal(options.durationMs, 3_600_000);
  assert.equal(options.mix.errorShare, 0.125);
  assert.deepEqual(options.target.kind === 'file' && options.target.rotation, {
    modes: ['rename', 'copytruncate', 'delete'],
    every: { unit: 'time', intervalMs: 90_000 },
  });
});

void test('a rotation may choose among some of the modes', () => {
  const { target } = optionsOf(['--file', 'a', '--rotate', 'rename+delete@10lines']);
  assert.deepEqual(target.kind === 'file' && target.rotation, {
    modes: ['rename', 'delete'],
    every: { unit: 'lines', lines: 10 },
  });
  for (const mode of ['rename+', 'rename+random', 'rename+rename', '+', 'chop+rename'])
    assert.equal(readCommandLine(['--file', 'a', '--rotate', `${mode}@1s`]).kind, 'problems', mode);
});

void test('a run to a number of lines has no other end, and one that is stopped by hand has none', () => {
  assert.equal(optionsOf(['--file', 'a', '--lines', '10']).durationMs, Number.POSITIVE_INFINITY);
  assert.equal(optionsOf(['--file', 'a', '--duration', 'forever']).durationMs, Number.POSITIVE_INFINITY);
});

void test('over HTTP only paths that any server has are asked for, unless told otherwise', () => {
  assert.deepEqual(optionsOf(['--url', 'http://h']).mix.paths, ['/', '/index.html']);
  assert.deepEqual(optionsOf(['--url', 'http://h', '--path', '/b', '--path', '/a']).mix.paths, ['/b', '/a']);
  assert.equal(optionsOf(['--url', 'http://h', '--paths', '7']).mix.paths.length, 7);
});

void test('the help shows every option with examples', () => {
  const commandLine = readCommandLine(['--help', '--nonsense']);
  assert.equal(commandLine.kind, 'help');
  const text = commandLine.kind === 'help' ? commandLine.text : '';
  assert.match(text, /--burst <burst> {2,}200@30s\+20s/);
  assert.match(text, /\nExamples:\n {2}node generator\/main\.ts --file/);
});
