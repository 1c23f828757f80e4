// How much more two threads do here than one when they have nothing in common: arithmetic in registers, and loads from
// memory, each of which says where the next one is. Cores do twice as much of the first. Of the second they do less as soon
// as what they load has to come from where they share the way; so does a reader of logs, whose tables are megabytes large.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const ROUNDS = 7;
const STEPS = 20_000_000;
/** Of memory, by thread; 0: registers only. */
const SIZES_KIB = [0, 256, 1024, 4096, 16_384, 65_536];

if (isMainThread) await main();
else {
  const sizeKib: unknown = workerData;
  const links = linkAtRandom(Number(sizeKib) * 256);
  parentPort?.on('message', () => {
    parentPort?.postMessage(links.length === 0 ? count(STEPS) : follow(links, STEPS), []);
  });
}

async function main(): Promise<void> {
  for (const sizeKib of SIZES_KIB) {
    const workers = [1, 2].map(() => new Worker(new URL(import.meta.url), { workerData: sizeKib }));
    const ratios: number[] = [];
    // The first rounds are compiled, and wait for the tables.
    for (let round = -2; round < ROUNDS; round++) {
      const aloneMs = await timed(workers.slice(0, 1));
      const bothMs = await timed(workers);
      if (round >= 0) ratios.push((2 * aloneMs) / bothMs);
    }
    for (const worker of workers) await worker.terminate();
    const what = sizeKib === 0 ? 'registers' : `loads from ${sizeKib} KiB`;
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
