// How much more two threads do here than one when they have nothing in common: arithmetic of which each step waits for the one
// before, arithmetic of which none does, and loads from memory, each of which says where the next one is. Two cores do twice as
// much of both arithmetics; two threads of one core only of the first, as they share what it calculates with. Of loads both do less
// as soon as what is loaded comes from where they share the way; so does a reader of logs, whose tables are megabytes large.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const ROUNDS = 7;
const LOADS = 20_000_000;
/** Of arithmetic: a thread has to be told to begin, and its code is compiled while it runs. */
const STEPS = 300_000_000;
/** What a thread does: it calculates, or loads from so many KiB of memory of its own. */
const WORKS = ['waiting', 'not waiting', 256, 1024, 4096, 16_384, 65_536] as const;
type Work = (typeof WORKS)[number];

if (isMainThread) await main();
else {
  const work: Work = workerData;
  const links = linkAtRandom(typeof work === 'number' ? work * 256 : 0);
  parentPort?.on('message', () => {
    parentPort?.postMessage(doWork(work, links), []);
  });
}

async function main(): Promise<void> {
  for (const work of WORKS) {
    const workers = [1, 2].map(() => new Worker(new URL(import.meta.url), { workerData: work }));
    const ratios: number[] = [];
    // The first rounds are compiled, and wait for the tables.
    for (let round = -2; round < ROUNDS; round++) {
      const aloneMs = await timed(workers.slice(0, 1));
      const bothMs = await timed(workers);
      if (round >= 0) ratios.push((2 * aloneMs) / bothMs);
    }
    for (const worker of workers) await worker.terminate();
    const what = typeof work === 'number' ? `loads from ${work} KiB` : `arithmetic, ${work}`;
    const shown = ratios.toSorted((a, b) => a - b).map((ratio) => ratio.toFixed(2));
    process.stdout.write(`${what.padEnd(22)} ${shown[ROUNDS >> 1]} times as much (${shown.join(' ')})\n`);
  }
}

/** In milliseconds, until all have done their steps. */
async function timed(workers: readonly Worker[]): Promise<number> {
  const fromMs = performance.now();
  const done = workers.map(
    async (worker) =>
      new Promise((resolve) => {
        worker.once('message', resolve);
        worker.postMessage('go', []);
      }),
  );
  await Promise.all(done);
  return performance.now() - fromMs;
}

function doWork(work: Work, links: Int32Array): number {
  if (work === 'waiting') return count(STEPS);
  return work === 'not waiting' ? countBesides(STEPS) : follow(links, LOADS);
}

/** Each place says the next one, until all have been there. */
function linkAtRandom(length: number): Int32Array {
  const links = Int32Array.from({ length }, (_, place) => place);
  for (let place = length - 1; place > 0; place--) {
    const other = Math.floor(Math.random() * place);
    [links[place], links[other]] = [links[other] ?? 0, links[place] ?? 0];
  }
  return links;
}

function follow(links: Int32Array, steps: number): number {
  let place = 0;
  for (let step = 0; step < steps; step++) place = links[place] ?? 0;
  return place;
}

function count(steps: number): number {
  let sum = 1;
  for (let step = 0; step < steps; step++) sum = (Math.imul(sum, 5) + step) | 0;
  return sum;
}

/** Eight sums that have nothing to do with each other. */
function countBesides(steps: number): number {
  let [a, b, c, d, e, f, g, h] = [1, 2, 3, 4, 5, 6, 7, 8];
  for (let step = 0; step < steps; step++) {
    a = (a + step) | 0;
    b ^= step;
    c = (c - step) | 0;
    d ^= step >> 1;
    e = (e + (step << 1)) | 0;
    f ^= step << 2;
    g = (g - (step >> 2)) | 0;
    h ^= step << 3;
  }
  return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h;
}
