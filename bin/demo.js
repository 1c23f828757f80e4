#!/usr/bin/env node
// `npm run demo`: fluffy beside generated traffic with a burst in it, in a temporary folder, so that a person sees an
// alert and its recovery within a minute. Plain JavaScript, for the same reason as fluffy.js.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** All times in seconds. */
const LONG = { window: 10, report: 10, lateness: 2, burstAt: 10, burst: 15, duration: 45 };
/** For trying the demo itself out. Its one report has all of it: one of a second would be of the time after the traffic. */
const QUICK = { window: 1, report: 3600, lateness: 0, burstAt: 1, burst: 1, duration: 4 };
const THRESHOLD = 20;
const RATE = 5;
const BURST_RATE = 200;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packaged = join(root, 'node_modules', '.bin', 'node');
const node = existsSync(packaged) ? packaged : process.execPath;
const isQuick = process.argv.includes('--quick');
const times = isQuick ? QUICK : LONG;
const folder = mkdtempSync(join(tmpdir(), 'fluffy-demo-'));
let startedMs = Date.now();
const children = new Set();
let isStopped = false;

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isStopped = true;
    for (const child of children) child.kill(signal);
  });
}

try {
  process.exitCode = await demo();
} catch (error) {
  for (const child of children) child.kill('SIGTERM');
  if (!isStopped) print(`The demo failed: ${error.message}`);
  process.exitCode = isStopped ? 130 : 1;
}
print(`\nEverything is in ${folder}: logs/access.log, data/alerts.log, data/reports.log`);

async function demo() {
  mkdirSync(join(folder, 'logs'));
  print(`${times.duration} seconds of generated traffic with a burst in it; Ctrl-C ends it.\n`);
  const fluffy = startFluffy();
  const port = await fluffy.port;
  print(`  log     ${join(folder, 'logs', 'access.log')}`);
  print(`  alert   above ${THRESHOLD} requests/s, on average over ${times.window} s`);
  print(`  status  http://127.0.0.1:${port}/status\n`);
  await traffic();
  if (!isStopped) await showStatus(port);
  if (!isStopped) tell('SIGTERM to fluffy: it writes the report that is running, and ends');
  // After Ctrl-C it has its signal already, and a second one would cut the orderly end short.
  if (!isStopped) fluffy.child.kill('SIGTERM');
  const code = await fluffy.ended;
  if (isStopped) return 130;
  print(`\n${lastReport()}`);
  const hasSeenAll = ['Monitor on alert', 'Monitor out of alert'].every((text) =>
    fluffy.said().includes(text),
  );
  if (code === 0 && hasSeenAll) return 0;
  print(`That is not what should be seen: fluffy ended with ${code}.\n${fluffy.complaints()}`);
  return 1;
}

function startFluffy() {
  const settings = {
    FLUFFY_CONFIG: join(root, 'config.yml'),
    FLUFFY_THRESHOLD: String(THRESHOLD),
    FLUFFY_ALERT_WINDOW: `${times.window}s`,
    FLUFFY_REPORT_TIME: `${times.report}s`,
    FLUFFY_REPORT_TOP: '8',
    FLUFFY_LATENESS: `${times.lateness}s`,
    FLUFFY_HTTP_PORT: '0',
  };
  const { child, ended } = run([join(root, 'bin', 'fluffy.js'), 'start'], settings);
  let said = '';
  let complaints = '';
  eachLine(child.stdout, (line) => {
    said += `${line}\n`;
    tell(line);
  });
  const port = new Promise((resolve, reject) => {
    eachLine(child.stderr, (line) => {
      complaints += `${line}\n`;
      const found = /"port":(\d+).*"fluffy watches"/.exec(line);
      if (found !== null) resolve(found[1]);
    });
    ended.then((code) => reject(new Error(`fluffy ended with ${code}.\n${complaints}`)), reject);
  });
  return { child, ended, port, said: () => said, complaints: () => complaints };
}

async function traffic() {
  const { burstAt, burst, duration } = times;
  const volume = `--rate ${RATE} --burst ${BURST_RATE}@${burstAt}s+${burst}s --duration ${duration}s --quiet`;
  const log = ['--file', join('logs', 'access.log')];
  const { child, ended } = run([join(root, 'generator', 'main.ts'), ...log, ...volume.split(' ')]);
  startedMs = Date.now();
  let complaints = '';
  eachLine(child.stderr, (line) => (complaints += `${line}\n`));
  tell(`traffic begins: ${RATE} requests/s`);
  const notes = [
    setTimeout(() => tell(`a burst: ${BURST_RATE} requests/s for ${burst} s`), burstAt * 1000),
    setTimeout(() => tell(`the burst is over: ${RATE} requests/s`), (burstAt + burst) * 1000),
  ];
  const code = await ended;
  for (const note of notes) clearTimeout(note);
  if (code !== 0) throw new Error(`the generator ended with ${code}.\n${complaints}`);
}

async function showStatus(port) {
  tell('fluffy status');
  const { child, ended } = run([join(root, 'bin', 'fluffy.js'), 'status'], { FLUFFY_HTTP_PORT: port });
  eachLine(child.stdout, (line) => print(`        ${line}`));
  await ended;
}

/** With requests in it: one that has just begun when the traffic ends has none. */
function lastReport() {
  const cow = '         (__)\n';
  const reports = readFileSync(join(folder, 'data', 'reports.log'), 'utf8')
    .split(cow)
    .slice(1);
  const report = reports.findLast((text) => !text.includes('No requests in this period.')) ?? reports.at(-1);
  return cow + report?.trimEnd();
}

/** Runs one of the programs in the folder; `ended` gives its exit code, or the signal that ended it. */
function run(args, settings = {}) {
  const env = { ...withoutSettings(process.env), ...settings };
  const child = spawn(node, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      children.delete(child);
      resolve(code ?? signal);
    });
  });
  return { child, ended };
}

/** The settings of the demo only, whatever the terminal has for another fluffy. */
function withoutSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('FLUFFY_')));
}

function eachLine(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) onLine(line);
  });
}

function tell(text) {
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  print(`  ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}  ${text}`);
}

function print(text) {
  process.stdout.write(`${text}\n`);
}
