// Who sees every line of a log that is rotated 8 times a second? fluffy beside `tail -F` and mtail, each on the same
// kind of torture; prints the table of docs/OPERATIONS.md. Needs mtail (Debian package) for its column.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../test/free-port.ts';
import { Victim } from '../test/torture/victim.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SECONDS = 10;
const RATE = 5000;
const ROTATE_MS = 125;
/** For the followers to come to an end. */
const SETTLE_MS = 4000;

interface Follower {
  readonly name: string;
  start(folder: string): Promise<Following>;
}

interface Following {
  /** Lines seen so far. */
  lines(): Promise<number>;
  stop(): Promise<void>;
}

const FOLLOWERS: readonly Follower[] = [
  { name: '`tail -F`', start: startTail },
  { name: 'mtail', start: startMtail },
  { name: 'fluffy', start: startFluffy },
];

const TORTURES = [
  { name: 'rename, reopened 60 ms later', rotate: 'rename', delay: '60ms' },
  { name: 'copytruncate', rotate: 'copytruncate', delay: '0s' },
  { name: 'delete and create', rotate: 'delete', delay: '0s' },
  { name: 'all of them at random', rotate: 'random', delay: '60ms' },
];

const rows = [];
for (const { name, rotate, delay } of TORTURES) {
  const cells = [];
  for (const follower of FOLLOWERS) cells.push(await torture(follower, rotate, delay));
  rows.push(`| ${[name, ...cells].join(' | ')} |`);
}
const head = ['', ...FOLLOWERS.map(({ name }) => name)];
const print = (line: string): boolean => process.stdout.write(`${line}\n`);
print(
  `${RATE} lines/s for ${SECONDS} s, a rotation every ${ROTATE_MS} ms; lines seen of ${RATE * SECONDS} written:\n`,
);
print(`| ${head.join(' | ')} |`);
print(`| ${head.map((_, column) => (column === 0 ? '---' : '---:')).join(' | ')} |`);
for (const row of rows) print(row);

async function torture(follower: Follower, rotate: string, delay: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fluffy-bench-'));
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'logs', 'access.log'), '');
  try {
    const following = await follower.start(folder);
    const truth = await generate(folder, rotate, delay);
    await sleep(SETTLE_MS);
    const lines = await following.lines();
    await following.stop();
    return lines === truth ? `**${lines}**` : `${lines}`;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT'
      ? 'not installed'
      : String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function generate(folder: string, rotate: string, delay: string): Promise<number> {
  const truth = join(folder, 'truth.json');
  const generator = spawn(
    process.execPath,
    [
      join(ROOT, 'generator', 'main.ts'),
      '--quiet',
      '--file',
      join(folder, 'logs', 'access.log'),
      '--rate',
      String(RATE),
      '--lines',
      String(RATE * SECONDS),
      '--truth',
      truth,
      '--rotate',
      `${rotate}@${ROTATE_MS}ms`,
      '--reopen-delay',
      delay,
      '--keep',
      '1000',
    ],
    { stdio: 'inherit' },
  );
  await once(generator, 'exit');
  return JSON.parse(readFileSync(truth, 'utf8')).totals.lines;
}

async function startTail(folder: string): Promise<Following> {
  const tail = await launch('tail', ['-n', '+1', '-F', join(folder, 'logs', 'access.log')], folder);
  let lines = 0;
  tail.stdout?.on('data', (chunk: Buffer) => {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
  });
  return { lines: async () => lines, stop: () => end(tail) };
}

async function startMtail(folder: string): Promise<Following> {
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  writeFileSync(join(programs, 'lines.mtail'), 'counter lines\n/$/ {\n  lines++\n}\n');
  const port = await findFreePort();
  const mtail = await launch(
    'mtail',
    [
      '-progs',
      programs,
      '-logs',
      join(folder, 'logs', 'access.log'),
      '-address',
      '127.0.0.1',
      '-port',
      String(port),
      '-poll_interval',
      '250ms',
      '-log_dir',
      folder,
    ],
    folder,
  );
  const lines = async (): Promise<number> => {
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(/^lines\{.*\} (\d+)/m.exec(metrics)?.[1] ?? 0);
  };
  await untilAnswers(lines);
  return { lines, stop: () => end(mtail) };
}

async function startFluffy(folder: string): Promise<Following> {
  const settings = { START_FROM: 'beginning', THRESHOLD: '1000000' };
  const fluffy = new Victim({ folder, port: await findFreePort(), settings });
  fluffy.start();
  await fluffy.ready();
  const stop = async (): Promise<void> => void (await fluffy.end('SIGTERM'));
  return { lines: async () => (await fluffy.status())?.totals['lines'] ?? 0, stop };
}

async function launch(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ChildProcess> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child, 'spawn');
  return child;
}

async function untilAnswers(ask: () => Promise<number>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await ask().catch(() => null)) !== null) return;
    await sleep(50);
  }
  throw new Error('it does not answer');
}

async function end(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
