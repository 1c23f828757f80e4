// Logs with a date in their names, at random: a server goes on to the next name, old ones are compressed, the monitor crashes. A
// failure names its seed; `TORTURE_SEED=… node --test test/behaviour/torture-dated.test.ts` repeats it.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import fs from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { createRig } from './rig.ts';
import type { Checkpoint, Rig } from './rig.ts';
import { createRandom, difference } from './torture.ts';

const STEPS = 80;
const DAY_MS = 86_400_000;
const firstSeed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const runs = Number(process.env['TORTURE_RUNS'] ?? (process.env['TORTURE_SEED'] === undefined ? 3 : 1));

class DatedServer {
  readonly written: string[] = [];
  readonly diary: string[] = [];
  readonly #rig: Rig;
  readonly #random: () => number;
  readonly #firstMs = Date.now();
  #day = 0;

  constructor(rig: Rig, random: () => number) {
    this.#rig = rig;
    this.#random = random;
  }

  write(): void {
    for (let count = this.#upTo(40); count > 0; count--) {
      const line = `${this.#day}/${this.written.length} ${hash('sha512', String(this.#random()))}`;
      this.written.push(line);
      this.#rig.append(nameOf(this.#day), `${line}\n`);
    }
    this.#date(nameOf(this.#day), this.#day);
    this.diary.push(`written into ${nameOf(this.#day)} up to ${this.written.length}`);
  }

  nextDay(): void {
    this.#day++;
    this.write();
  }

  /** All but those of the last `kept` days, some of them one after the other. */
  compress(kept: number): void {
    for (let day = 0; day <= this.#day - kept; day++) {
      const name = nameOf(day);
      if (!fs.existsSync(this.#rig.path(name)) || this.#random() < 0.3) continue;
      const bytes = fs.readFileSync(this.#rig.path(name));
      const [packed, suffix] =
        this.#random() < 0.5 ? [gzipSync(bytes), '.gz'] : [zstdCompressSync(bytes), '.zst'];
      fs.writeFileSync(this.#rig.path(name + suffix), packed);
      this.#date(name + suffix, day);
      this.#rig.remove(name);
      this.diary.push(`compressed ${name}`);
    }
  }

  #date(name: string, day: number): void {
    const time = new Date(this.#firstMs + (day + 1) * DAY_MS);
    fs.utimesSync(this.#rig.path(name), time, time);
  }

  #upTo(max: number): number {
    return 1 + Math.floor(this.#random() * max);
  }
}

for (let seed = firstSeed; seed < firstSeed + runs; seed++)
  void test(`with seed ${seed} every line of dated logs is read once`, (t) => run(t, seed));

async function run(t: TestContext, seed: number): Promise<void> {
  const rig = createRig(t);
  const random = createRandom(seed);
  const server = new DatedServer(rig, random);
  server.write();
  rig.start({ filename: [rig.path('access-*.log')], unpackFolder: rig.path('unpacked'), isResumable: true });
  let last = await committed(rig);
  for (let step = 0; step < STEPS; step++) {
    const choice = random();
    if (choice < 0.4) server.write();
    else if (choice < 0.55) server.nextDay();
    else if (choice < 0.7) rig.lookAround();
    else if (choice < 0.8) last = await committed(rig);
    else if (choice < 0.9) {
      // While it runs, nobody compresses what it has not read.
      last = await committed(rig);
      server.compress(1);
    } else {
      server.diary.push(`crash, back to ${last.lines.length}`);
      await rig.crash(last);
      rig.letTimePass();
      for (let down = Math.floor(random() * 6); down > 0; down--)
        if (random() < 0.6) server.nextDay();
        else server.compress(1);
      // The last day as well: then the server has begun another one before it writes on.
      if (random() < 0.2) {
        server.compress(0);
        server.nextDay();
      }
      rig.resume(last);
      server.diary.push('resumed');
      if (random() < 0.5) last = await committed(rig);
    }
  }
  await rig.caughtUp();
  const found = difference(server.written, rig.lines);
  assert.deepEqual(found, { missing: [], repeated: [] }, server.diary.join(', '));
  assert.deepEqual(rig.warnings(), [], server.diary.join(', '));
}

async function committed(rig: Rig): Promise<Checkpoint> {
  await rig.caughtUp();
  return rig.checkpoint();
}

function nameOf(day: number): string {
  return `access-${String(day).padStart(4, '0')}.log`;
}
