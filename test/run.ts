// The suite. Tests of the parts run in one process, as the start of one for each file would take longer than most of them;
// beside it, in a process for each file, those that start processes themselves. Options go to both: `npm test -- --test-only`.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FOLDER = import.meta.dirname;
/** Folders of tests that start processes. */
const OF_PROCESSES = ['behaviour'];
const AT_ONCE = 2;

const inFolders = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !OF_PROCESSES.includes(entry.name))
  .flatMap(({ name }) => filesIn(join(FOLDER, name)));
const ofProcesses = [FOLDER, ...OF_PROCESSES.map((name) => join(FOLDER, name))].flatMap(filesIn);

// What the parts say comes when the others have said all: two at once would be unreadable.
const [processes, parts] = await Promise.all([
  run([`--test-concurrency=${AT_ONCE}`, ...ofProcesses], 'inherit'),
  run(['--test-isolation=none', ...inFolders], 'pipe'),
]);
process.stdout.write(parts.output);
process.exitCode = processes.code === 0 && parts.code === 0 ? 0 : 1;

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** What it wrote into its pipe. */
  readonly output: Buffer;
}

function run(args: readonly string[], stdout: 'inherit' | 'pipe'): Promise<Ended> {
  const child = spawn(process.execPath, ['--test', ...process.argv.slice(2), ...args], {
    cwd: resolve(FOLDER, '..'),
    stdio: ['ignore', stdout, 'inherit'],
  });
  const pieces: Buffer[] = [];
  child.stdout?.on('data', (piece: Buffer) => pieces.push(piece));
  return new Promise((done) => child.on('close', (code) => done({ code, output: Buffer.concat(pieces) })));
}
