// Torture: a log that is written fast and rotated in every way, or long before, and a monitor that is killed again and again. At the
// end the monitor must have counted exactly what the generator says it wrote, and told each alert and report once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRandom } from '../behaviour/torture.ts';
import { findFreePort } from '../free-port.ts';
import { compareHistory, judge, readTruth } from './judge.ts';
import { Victim } from './victim.ts';
import type { VictimStatus } from './victim.ts';

const GENERATOR = resolve(import.meta.dirname, '..', '..', 'generator', 'main.ts');
const BACKLOG_SECONDS = 900;
const RULE = { windowSeconds: 3, threshold: 7000 };
/** For the monitor to catch up at the end. */
const CATCH_UP_MS = 60_000;
/** Of a monitor that was found wanting: the files it has found, about one ordeal of rotations. */
const LOG_LINES_SHOWN = 150;

interface Ordeal {
  readonly name: string;
  /** A file that is deleted while nobody watches is lost to everybody: that mode only without kills. */
  readonly rotation: string;
  readonly kills: number;
  /** How long the server goes on in the old file. A file that is deleted lives for the rest of the time only. */
  readonly reopenDelay: string;
  readonly seconds: number;
  /** So many lines are there before the monitor begins, of the last quarter of an hour. */
  readonly backlogLines?: number;
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    duration: { type: 'string', default: '36' },
    kills: { type: 'string', default: '50' },
    rate: { type: 'string', default: '5000' },
    'rotate-ms': { type: 'string', default: '125' },
    keep: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const seed = Number(values.seed);
const seconds = Number(values.duration);
const ORDEALS: readonly Ordeal[] = [
  {
    name: 'kills',
    rotation: 'rename+copytruncate',
    kills: Number(values.kills),
    reopenDelay: '60ms',
    seconds,
  },
  { name: 'rotations', rotation: 'random', kills: 0, reopenDelay: '20ms', seconds: Math.ceil(seconds / 4) },
  { name: 'backlog', rotation: 'none', kills: 8, reopenDelay: '0s', seconds: 0, backlogLines: 1_500_000 },
];

process.stdout.write(
  `torture, seed ${seed}: ${values.rate} lines/s, a rotation every ${values['rotate-ms']} ms\n`,
);
const chosen = ORDEALS.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) throw new Error(`--only takes ${ORDEALS.map(({ name }) => name).join(', ')}`);
for (const ordeal of chosen) if (!(await survive(ordeal))) process.exitCode = 1;

async function survive(ordeal: Ordeal): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'fluffy-torture-'));
  mkdirSync(join(folder, 'logs'));
  const victim = new Victim({
    folder,
    port: await findFreePort(),
    settings: {
      START_FROM: 'beginning',
      OUTPUT: 'json',
      REPORT_STDOUT: 'true',
      REPORT_TIME: '1s',
      REPORT_TOP: '10000',
      LATENESS: '3s',
      ALERT_WINDOW: `${RULE.windowSeconds}s`,
      THRESHOLD: String(RULE.threshold),
    },
  });
  try {
    return await judgeOrdeal(ordeal, victim, folder);
  } finally {
    await victim.end('SIGKILL');
  }
}

async function judgeOrdeal(ordeal: Ordeal, victim: Victim, folder: string): Promise<boolean> {
  const { backlogLines } = ordeal;
  const kills =
    backlogLines === undefined
      ? await killWhileWritten(victim, folder, ordeal)
      : await killWhileRead(victim, folder, { ...ordeal, backlogLines });
  const truth = readTruth(join(folder, 'truth.json'));
  const status = await catchUp(victim, truth.totals.lines);
  const exit = await victim.end('SIGTERM');
  const differences =
    status === null
      ? ['the monitor does not answer']
      : judge(truth, status, join(folder, 'events.jsonl'), RULE);
  differences.push(...compareHistory(truth, join(folder, 'data', 'fluffy.db')));
  if (exit !== 0) differences.push(`the monitor ended with ${exit}`);
  const outcome = differences.length === 0 ? 'zero difference' : `${differences.length} differences`;
  process.stdout.write(`${ordeal.name}: ${truth.totals.lines} lines, ${kills} kills, ${outcome}\n`);
  for (const line of differences.slice(0, 20)) process.stdout.write(`  ${line}\n`);
  if (differences.length > 0) {
    process.stdout.write('  what the monitor said last:\n');
    for (const line of victim.log().slice(-LOG_LINES_SHOWN)) process.stdout.write(`    ${line}\n`);
  }
  if (differences.length === 0 && !values.keep) rmSync(folder, { recursive: true });
  else process.stdout.write(`  everything is in ${folder}\n`);
  return differences.length === 0;
}

/** Returns how often it was killed. */
async function killWhileWritten(victim: Victim, folder: string, ordeal: Ordeal): Promise<number> {
  victim.start();
  // What was rotated away before a monitor's very first look is history to it.
  await victim.ready();
  const generator = generate(folder, ordeal);
  const exited = once(generator, 'exit');
  let kills = 0;
  const random = createRandom(seed);
  while (generator.exitCode === null) {
    if (kills < ordeal.kills) {
      await sleep((random() * 2 * ordeal.seconds * 1000) / (ordeal.kills + 2));
      await victim.end('SIGKILL');
      kills++;
      victim.start();
    } else await Promise.race([exited, sleep(1000)]);
  }
  return kills;
}

/** Returns how often it was killed before it had read all. */
async function killWhileRead(
  victim: Victim,
  folder: string,
  ordeal: Ordeal & { readonly backlogLines: number },
): Promise<number> {
  await once(generate(folder, ordeal), 'exit');
  const random = createRandom(seed);
  for (let kills = 0; ; kills++) {
    victim.start();
    await victim.ready();
    await sleep(150 + random() * 850);
    const lines = (await victim.status())?.totals['lines'] ?? 0;
    if (kills === ordeal.kills || lines >= ordeal.backlogLines) return kills;
    await victim.end('SIGKILL');
  }
}

function generate(folder: string, ordeal: Ordeal): ReturnType<typeof spawn> {
  const { rotation, reopenDelay, backlogLines } = ordeal;
  const options = {
    file: join(folder, 'logs', 'access.log'),
    truth: join(folder, 'truth.json'),
    seed: values.seed,
    'partial-share': '1%',
    'broken-share': '0.5%',
    ...(backlogLines === undefined
      ? {
          rate: values.rate,
          burst: `${Number(values.rate) * 2}@5s+3s/12s`,
          duration: `${ordeal.seconds}s`,
          rotate: `${rotation}@${values['rotate-ms']}ms`,
          'reopen-delay': reopenDelay,
          keep: '1000',
        }
      : {
          rate: String(backlogLines / BACKLOG_SECONDS),
          lines: String(backlogLines),
          start: `${new Date(Date.now() - BACKLOG_SECONDS * 1000).toISOString().slice(0, 19)}Z`,
          paths: '800',
          zipf: '0.3',
        }),
  };
  const pace = backlogLines === undefined ? [] : ['--fast'];
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return spawn(process.execPath, [GENERATOR, '--quiet', ...pace, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** Waits until the monitor has all lines and the alert windows are empty; gives what it says then. */
async function catchUp(victim: Victim, lines: number): Promise<VictimStatus | null> {
  const endMs = Date.now() + CATCH_UP_MS;
  let status = await victim.status();
  while (Date.now() < endMs && (status?.totals['lines'] ?? 0) < lines) {
    await sleep(250);
    status = await victim.status();
  }
  await sleep((RULE.windowSeconds + 5) * 1000);
  return victim.status();
}
