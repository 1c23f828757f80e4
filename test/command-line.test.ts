// The commands as people call them: what is printed where, and the exit codes.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { VERSION } from '../src/version.ts';
import { Run, linesAt, startMonitor, temporaryFolder } from './monitor-process.ts';

interface Called {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function call(
  context: TestContext,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<Called> {
  const run = new Run(context, { folder: temporaryFolder(context), args, settings });
  const { code } = await run.exit;
  return { code, stdout: run.stdout, stderr: run.stderr };
}

void describe('the command line', { concurrency: 4 }, () => {
  void test('version, by every name', async (context) => {
    for (const word of ['version', '-V']) {
      assert.deepEqual(await call(context, [word]), { code: 0, stdout: `${VERSION}\n`, stderr: '' });
    }
  });

  void test('help shows the commands, examples and exit codes', async (context) => {
    const help = await call(context, ['help']);
    assert.deepEqual([help.code, help.stderr], [0, '']);
    assert.match(
      help.stdout,
      /^Usage: fluffy [^]*\n {2}start [^]*\nExamples:\n {2}fluffy start [^]*\nExit codes:\n {2}0 /,
    );
    assert.deepEqual(await call(context, ['--help']), help);
    const ofStatus = await call(context, ['status', '--help']);
    assert.equal(ofStatus.code, 0);
    assert.match(ofStatus.stdout, /^Usage: fluffy status [^]*-c, --config <file>[^]*--json/);
    const codes = `
Exit codes:
  0  healthy
  1  not healthy
  2  wrong use of the command line
  3  no monitor is running
`;
    assert.ok(ofStatus.stdout.endsWith(codes), ofStatus.stdout);
  });

  const WRONG: readonly (readonly [args: string[], message: RegExp])[] = [
    [['strat'], /^error: unknown command 'strat'\n\(Did you mean start\?\)\n\(fluffy --help tells/],
    [
      ['status', '--jsno'],
      /^error: unknown option '--jsno'\n\(Did you mean --json\?\)\n\(fluffy --help tells/,
    ],
    [['start', 'now'], /^error: too many arguments for 'start'[^]*\n\(fluffy --help tells/],
    [['check', '--config'], /^error: option '-c, --config <file>' argument missing\n\(fluffy --help tells/],
    [
      ['suggest', '--alerts-per-week', 'many', 'access.log'],
      /^error: --alerts-per-week must be a number from 0 on, got "many"\n$/,
    ],
    [
      ['silence', '--for', '1h'],
      /^error: --for needs the name of a rule, one at a time: fluffy status lists them\n\(fluffy --help tells/,
    ],
    [['silence', '--reason', 'work'], /^error: --reason needs the name of a rule, one at a time: /],
    [[], /^Usage: fluffy /],
  ];
  for (const [args, message] of WRONG) {
    void test(`"fluffy ${args.join(' ')}" is wrong use: exit code 2 and a hint`, async (context) => {
      const { code, stdout, stderr } = await call(context, args);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
    });
  }

  void test('stop tells that the container is the process', async (context) => {
    const { code, stdout } = await call(context, ['stop']);
    assert.equal(code, 0);
    assert.match(stdout, /docker stop NAME/);
  });

  void test('a configuration that is not there, or not valid, fails every command that needs one', async (context) => {
    for (const command of ['start', 'health']) {
      const missing = await call(context, [command, '--config', 'nowhere.yml']);
      assert.deepEqual([missing.code, missing.stdout], [1, ''], command);
      assert.match(missing.stderr, /nowhere\.yml/);
    }
    const invalid = await call(context, ['check'], { THRESHOLD: 'many' });
    assert.deepEqual([invalid.code, invalid.stdout], [1, '']);
    assert.match(invalid.stderr, /^FLUFFY_THRESHOLD.*\n$/);
  });
});

void describe('check', { concurrency: 2 }, () => {
  void test('shows how the logs are read: exit code 0', async (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, 'access.log'), linesAt('22:14:00', 2));
    const run = new Run(context, { folder, args: ['check'], settings: { FILENAME: 'access.log' } });
    assert.equal((await run.exit).code, 0);
    assert.match(
      run.stdout,
      /^configuration: valid\n[^]*\naccess\.log: format combined, 2 of the last 2 lines fit\n/,
    );
    assert.match(run.stdout, /\n {2}2026-11-23 22:14:00 {2}192\.0\.2\.7 {2}GET [^]*\nok\n$/);
  });

  void test('a log that is not there: exit code 1', async (context) => {
    const { code, stdout } = await call(context, ['check'], { FILENAME: 'access.log' });
    assert.equal(code, 1);
    assert.match(stdout, /access\.log[^]*not ok: see above\n$/);
  });

  void test('looks at any files without a configuration, in a format that is tried', async (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, 'config.yml'), 'not: valid\n');
    writeFileSync(join(folder, 'a.log'), '[23/Nov/2026:22:14:05 +0000] "GET /a HTTP/1.1" 200\n');
    const found = new Run(context, { folder, args: ['check', 'a.log'] });
    assert.equal((await found.exit).code, 1);
    assert.match(found.stdout, /^a\.log: format auto, 0 of the last 1 lines fit\n/);
    const args = ['check', 'a.log', '--log-format', '[$time_local] "$request" $status'];
    const tried = new Run(context, { folder, args });
    assert.equal((await tried.exit).code, 0);
    assert.match(tried.stdout, /^a\.log: format custom, 1 of the last 1 lines fit\n[^]*\nok\n$/);
    const named = new Run(context, { folder, args: ['check', 'a.log', '--config', 'config.yml'] });
    assert.deepEqual([(await named.exit).code, named.stdout], [1, '']);
    assert.match(named.stderr, /^config\.yml:1:1 unknown key "not"/);
    writeFileSync(join(folder, 'config.yml'), 'log-format: \'[$time_local] "$request" $status\'\n');
    const configured = new Run(context, { folder, args: ['check', 'a.log', '-c', 'config.yml'] });
    assert.equal((await configured.exit).code, 0);
    assert.match(configured.stdout, /^a\.log: format custom, 1 of the last 1 lines fit\n/);
    const wrong = await call(context, ['check', 'a.log', '--log-format', '$status']);
    assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
    assert.match(wrong.stderr, /^error: --log-format lacks a time [^]* and a request /);
  });

  void test('variables that say how a line is read count for any files', async (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, 'config.yml'), 'not: valid\n');
    writeFileSync(
      join(folder, 'a.log'),
      '{"when":"2026/11/23 22:14:05","verb":"GET","path":"/a","code":204}\n',
    );
    const settings = {
      JSON_FIELDS: 'time=when,method=verb,status=code',
      TIMEZONE: 'Europe/Berlin',
      THRESHOLD: 'many',
    };
    const run = new Run(context, { folder, args: ['check', 'a.log'], settings });
    assert.equal((await run.exit).code, 0);
    assert.match(run.stdout, /^a\.log: format json, 1 [^]*\n {2}2026-11-23 21:14:05 {2}- +GET +\/a +204 /);
    const grouped = new Run(context, {
      folder,
      args: ['check', 'a.log'],
      settings: { ...settings, PATH_PATTERNS: '/*' },
    });
    await grouped.exit;
    assert.match(grouped.stdout, / METHOD {2}PATH {2}AS LOGGED {2}STATUS [^]* GET +\/\* +\/a +204 /);
    const wrong = await call(context, ['check', 'a.log'], { JSON_FIELDS: 'verb' });
    assert.deepEqual([wrong.code, wrong.stdout], [1, '']);
    assert.match(wrong.stderr, /^FLUFFY_JSON_FIELDS: must be fields such as /);
    const args = ['check', 'a.log', '--log-format', 'json'];
    const named = new Run(context, { folder, args, settings: { ...settings, LOG_FORMAT: 'common' } });
    assert.equal((await named.exit).code, 0);
  });

  void test('looks at what is piped in, packed or not; nothing at all is told: exit code 1', async (context) => {
    const lines = linesAt('22:14:00', 2);
    for (const [bytes, exitCode, told] of [
      [lines, 0, /^standard input: format combined, 2 of the first 2 lines fit\n[^]*\nok\n$/],
      [gzipSync(lines), 0, /^standard input: format combined, 2 of the first 2 lines fit\n/],
      [`${lines}junk`, 0, /\n {2}a line that does not fit, standard input:3:1 \(format-mismatch\):\n/],
      ['', 1, /^standard input is empty\n\nnot ok: see above\n$/],
    ] as const) {
      const run = new Run(context, { folder: temporaryFolder(context), args: ['check', '-'] });
      run.child.stdin.end(bytes);
      assert.equal((await run.exit).code, exitCode);
      assert.match(run.stdout, told);
    }
  });
});

void test('status and health ask the monitor that runs', async (context) => {
  const folder = temporaryFolder(context);
  const run = startMonitor(context, { folder });
  const { port } = new URL(await run.watches());
  const ask = async (...args: string[]): Promise<Called> => call(context, args, { HTTP_PORT: port });

  const [unhealthy, notReady] = await Promise.all([ask('status'), ask('health')]);
  assert.equal(unhealthy.code, 1);
  assert.match(unhealthy.stdout, /: NOT HEALTHY\n {2}! .*access\.log/);
  assert.equal(notReady.code, 1);
  assert.match(notReady.stdout, /^not healthy: .*access\.log/);

  writeFileSync(join(folder, 'access.log'), linesAt('22:14:00', 2));
  await run.logs('log format found');
  const [text, json, health] = await Promise.all([ask('status'), ask('status', '--json'), ask('health')]);
  assert.deepEqual([text.code, text.stderr], [0, '']);
  assert.match(
    text.stdout,
    /: healthy\n[^]*\nlog {7}access\.log: 2 lines, format combined, last line \d+ s ago\n/,
  );
  const status: Record<string, unknown> = JSON.parse(json.stdout);
  assert.deepEqual([json.code, status['version'], status['healthy']], [0, VERSION, true]);
  assert.deepEqual(health, { code: 0, stdout: 'healthy\n', stderr: '' });

  await run.end();
  const [gone, ill] = await Promise.all([ask('status'), ask('health')]);
  const reason = `nothing answers on port ${port}`;
  assert.deepEqual([gone.code, gone.stdout], [3, `fluffy is not running: ${reason}\n`]);
  assert.deepEqual([ill.code, ill.stdout], [1, `not healthy: ${reason}\n`]);
});

void test('a reader that has seen enough is no failure', async (context) => {
  const run = new Run(context, { folder: temporaryFolder(context), args: ['help'] });
  run.child.stdout.destroy();
  const stop = new Run(context, { folder: temporaryFolder(context), args: ['stop'] });
  stop.child.stdout.destroy();
  assert.deepEqual([(await run.exit).code, (await stop.exit).code], [0, 0]);
  assert.deepEqual([run.stderr, stop.stderr], ['', '']);
});
