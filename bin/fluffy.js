#!/usr/bin/env node
// Runs fluffy in a checkout or in an installed package. Plain JavaScript that an old Node.js understands, so that
// it can say what is missing instead of failing on the first line of TypeScript.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const source = join(root, 'src', 'main.ts');
const entry = existsSync(source) ? source : join(root, 'dist', 'src', 'main.js');
const child = join(root, 'bin', 'child.js');
const packaged = join(root, 'node_modules', '.bin', 'node');

if (isRecent()) {
  await import(pathToFileURL(entry).href);
} else if (existsSync(packaged)) {
  runWith(packaged);
} else {
  process.stderr.write(
    `fluffy needs Node.js 24.15 or later; this is ${process.version}.\n` +
      'On Linux and on Apple silicon `npm ci` brings one along, unless optional packages were left out.\n',
  );
  process.exitCode = 1;
}

function isRecent() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 15);
}

function runWith(node) {
  let running = null;
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => running?.kill(signal));
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  running = spawn(node, [child, entry, ...process.argv.slice(2)], { stdio });
  running.on('error', (error) => {
    process.stderr.write(`fluffy cannot run ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  running.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
