import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { loadConfig, type LoadOptions } from '../../src/config/load.ts';
import { isEndless } from '../../src/reports/boundaries.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { DEFAULT_CONFIG } from './default-config.ts';

interface Place {
  /** Writes `text` to a path in the place and gives the whole path. */
  readonly write: (path: string, text: string | Buffer) => string;
  readonly load: (options?: Partial<LoadOptions>) => ReturnType<typeof loadConfig>;
  readonly root: string;
}

/** A temporary folder with a working directory `work`, a home `home` and a system folder `etc`. */
function place(context: TestContext): Place {
  const root = mkdtempSync(join(tmpdir(), 'fluffy-config-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ['work', 'home', 'etc']) mkdirSync(join(root, folder));
  return {
    root,
    write: (path, text) => {
      const full = join(root, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, text);
      return full;
    },
    load: ({ env, ...options } = {}) =>
      loadConfig({
        cwd: join(root, 'work'),
        systemPath: join(root, 'etc', 'config.yml'),
        ...options,
        env: { HOME: join(root, 'home'), ...env },
      }),
  };
}

function messagesOf(loaded: ReturnType<typeof loadConfig>): string[] {
  assert.ok(!loaded.ok, JSON.stringify(loaded));
  return loaded.problems.map(formatProblem);
}

function thresholdAndFile(loaded: ReturnType<typeof loadConfig>): [number, string | null] {
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return [loaded.config.threshold, loaded.file];
}

void test('without any file the defaults apply', (context) => {
  assert.deepEqual(place(context).load(), { ok: true, config: DEFAULT_CONFIG, file: null, warnings: [] });
});

void test('a file is looked for in five places, and the first one found is the only one', (context) => {
  const { write, load, root } = place(context);
  write('work/by-option.yml', 'threshold: 1');
  write('work/by-variable.yml', 'threshold: 2');
  write('work/config.yml', 'threshold: 3');
  const inHome = write('home/.fluffy.yaml', 'threshold: 4');
  const inEtc = write('etc/config.yml', 'threshold: 5');
  const env = { FLUFFY_CONFIG: 'by-variable.yml' };

  assert.deepEqual(thresholdAndFile(load({ configPath: 'by-option.yml', env })), [1, 'by-option.yml']);
  assert.deepEqual(thresholdAndFile(load({ env })), [2, 'by-variable.yml']);
  assert.deepEqual(thresholdAndFile(load()), [3, 'config.yml']);
  rmSync(join(root, 'work', 'config.yml'));
  assert.deepEqual(thresholdAndFile(load()), [4, inHome]);
  rmSync(inHome);
  assert.deepEqual(thresholdAndFile(load()), [5, inEtc]);
  rmSync(inEtc);
  assert.deepEqual(thresholdAndFile(load()), [10, null]);
});

void test('without HOME its file is not looked for', (context) => {
  const { load } = place(context);
  assert.deepEqual(thresholdAndFile(load({ env: { HOME: '' } })), [10, null]);
});

void test('a file that is named must exist', (context) => {
  const { load } = place(context);
  assert.deepEqual(messagesOf(load({ configPath: '/nowhere/at/all.yml' })), [
    '/nowhere/at/all.yml: cannot be read: there is no such file',
  ]);
  assert.deepEqual(messagesOf(load({ env: { FLUFFY_CONFIG: 'none.yml' } })), [
    'none.yml: cannot be read: there is no such file',
  ]);
  assert.deepEqual(messagesOf(load({ configPath: '' })), ['--config: needs the path of a file']);
});

void test('a bad file does not make fluffy go on to the next place', (context) => {
  const { write, load } = place(context);
  write('work/config.yml', 'treshold: 3');
  write('home/.fluffy.yaml', 'threshold: 4');
  assert.deepEqual(messagesOf(load()), ['config.yml:1:1 unknown key "treshold"; did you mean "threshold"?']);
});

void test('a directory, a link to nowhere and a circle of links are told apart', (context) => {
  const { load, root } = place(context);
  const path = join(root, 'work', 'config.yml');
  mkdirSync(path);
  assert.deepEqual(messagesOf(load()), ['config.yml: is a directory: name the file in it']);
  rmSync(path, { recursive: true });
  symlinkSync('nowhere.yml', path);
  assert.deepEqual(messagesOf(load()), ['config.yml: cannot be read: there is no such file']);
  rmSync(path);
  symlinkSync('config.yml', path);
  assert.deepEqual(messagesOf(load()), ['config.yml: cannot be read: its links lead in a circle']);
});

void test('permission denied is a problem for the file, and a warning for a closed home', (context) => {
  const { write, load, root } = place(context);
  chmodSync(root, 0o755);
  chmodSync(write('work/config.yml', 'threshold: 3'), 0o000);
  chmodSync(join(root, 'home'), 0o000);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    assert.deepEqual(messagesOf(load()), [
      'config.yml: cannot be read: permission denied to the user that fluffy runs as',
    ]);
    const elsewhere = load({ cwd: join(root, 'etc') });
    assert.ok(elsewhere.ok, JSON.stringify(elsewhere));
    assert.equal(elsewhere.file, null);
    assert.deepEqual(elsewhere.warnings.map(formatProblem), [
      `${join(root, 'home', '.fluffy.yaml')}: cannot be looked for: permission denied`,
    ]);
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(join(root, 'home'), 0o700);
  }
});

void test('a file over 1 MiB is refused, one of exactly 1 MiB is read', (context) => {
  const { write, load } = place(context);
  const line = Buffer.from('threshold: 3 #');
  write('work/config.yml', Buffer.concat([line, Buffer.alloc(1_048_576 - line.length, 'x')]));
  assert.deepEqual(thresholdAndFile(load()), [3, 'config.yml']);
  write('work/config.yml', Buffer.concat([line, Buffer.alloc(1_048_577 - line.length, 'x')]));
  assert.deepEqual(messagesOf(load()), ['config.yml: is larger than 1 MiB: this cannot be a configuration']);
});

void test('a file without an end is read only as far as the limit', (context) => {
  const { load } = place(context);
  assert.deepEqual(messagesOf(load({ configPath: '/dev/zero' })), [
    '/dev/zero: is larger than 1 MiB: this cannot be a configuration',
  ]);
});

void test('hundreds of problems are cut to the first hundred, with the number of the others', (context) => {
  const { write, load } = place(context);
  write('work/config.yml', Array.from({ length: 250 }, (_, index) => `sheep-${index}: 1\n`).join(''));
  const messages = messagesOf(load());
  assert.equal(messages.length, 101);
  assert.equal(messages[99], 'config.yml:100:1 unknown key "sheep-99"');
  assert.equal(messages[100], 'and 150 further problems');
});

void test('aliases cost no more than they take to write', { timeout: 20_000 }, (context) => {
  const { write, load } = place(context);
  const nested = Array.from({ length: 40 }, (_, index) => {
    const inner = index === 0 ? 'x' : Array.from({ length: 9 }, () => `*a${index - 1}`).join(', ');
    return `sheep-${index}: &a${index} [${inner}]\n`;
  });
  write('work/config.yml', nested.join(''));
  assert.equal(messagesOf(load()).length, 40);

  const uses = Array.from({ length: 5000 }, (_, index) => `sheep-${index}: *wide\n`);
  write('work/config.yml', `filename: &wide [${'a, '.repeat(5000)}]\n${uses.join('')}`);
  assert.equal(messagesOf(load()).at(-1), 'and 9899 further problems');
});

void test('maintenance that is never over is a mistake', (context) => {
  const { write, load } = place(context);
  write(
    'work/config.yml',
    'maintenance:\n  - {cron: "0 3 * * *", duration: 1d}\n  - {cron: "0 3 * * *", duration: 23h}\n',
  );
  assert.deepEqual(messagesOf(load({ isEndless })), [
    'config.yml:2:35 maintenance[0].duration: must be shorter than the time from one beginning to the next, or it is never over',
  ]);
  assert.ok(load().ok, 'nobody is asked');
});

void test('a cron expression is judged by the function that knows cron', (context) => {
  const { write, load } = place(context);
  const asked: string[] = [];
  const isCronExpression = (text: string): boolean => {
    asked.push(text);
    return !text.startsWith('99');
  };
  write('work/config.yml', 'report-time: 99  * * * *');
  assert.deepEqual(messagesOf(load({ isCronExpression })), [
    'config.yml:1:14 report-time: must be a valid cron expression such as "0 8 * * *", "*/5 * * * *" or "0 9-17 * * mon-fri": its minute "99" is not from 0 to 59, got "99 * * * *"',
  ]);
  const [whole, ...fields] = asked.splice(0);
  assert.deepEqual([whole, fields.length], ['99 * * * *', 5]);
  write('work/config.yml', 'report-time: 0 8 * * *');
  const loaded = load({ isCronExpression });
  assert.ok(loaded.ok);
  assert.deepEqual(loaded.config.reportTime, { kind: 'cron', expression: '0 8 * * *' });
  assert.deepEqual(asked, ['0 8 * * *']);
});
