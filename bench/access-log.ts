// Builds the log that the readers of the benchmark race over, and counts while writing what is true of it.
import { closeSync, openSync, writeSync } from 'node:fs';
import { createClfTime } from '../generator/clf-time.ts';
import { createRandom } from '../generator/random.ts';
import type { Random } from '../generator/random.ts';

export interface LogShape {
  readonly name: string;
  readonly lines: number;
  /** Lines that share a second of event time. */
  readonly linesPerSecond: number;
  readonly distinctPaths: number;
}

/** What every reader must find. */
export interface Truth {
  readonly lines: number;
  /** Requests by status. */
  readonly statuses: ReadonlyMap<number, number>;
}

const SEED = 'throughput';
const FIRST_MS = Date.UTC(2026, 9, 1);
const UNUSUAL_STATUSES = [206, 301, 304, 404, 500];
const UNUSUAL_SHARE = 0.15;
/** By path, as a resource is mostly asked for in one way. */
const METHODS = ['GET', 'GET', 'GET', 'GET', 'GET', 'POST', 'PUT'];
const SECTIONS = ['shop', 'api', 'user', 'static', 'report', 'search'];
const REFERERS = ['-', 'https://shop.example/', 'https://search.example/?q=fluffy'];
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1.15',
  'curl/8.14.1',
  'Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/about)',
];
const FLUSH_CHARACTERS = 1 << 20;

/** Writes the log to `path`. The same shape gives the same bytes. */
export function writeLog(path: string, shape: LogShape): Truth {
  const random = createRandom(SEED, shape.name);
  const clfTime = createClfTime(0);
  const statuses = new Map<number, number>();
  const file = openSync(path, 'w');
  let text = '';
  for (let i = 0; i < shape.lines; i++) {
    const status = random.chance(UNUSUAL_SHARE) ? random.pick(UNUSUAL_STATUSES) : 200;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const time = clfTime(FIRST_MS + Math.floor(i / shape.linesPerSecond) * 1000);
    text +=
      `203.0.${random.below(4)}.${random.below(256)} - - [${time}] "` +
      `${drawRequest(random, i, shape)} HTTP/1.1" ${status} ${random.below(50_000)} ` +
      `"${random.pick(REFERERS)}" "${random.pick(AGENTS)}"\n`;
    if (text.length >= FLUSH_CHARACTERS) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
  return { lines: shape.lines, statuses };
}

/** As many distinct paths as lines means that no path comes twice; fewer are drawn, the first ones more often. */
function drawRequest(random: Random, line: number, { lines, distinctPaths }: LogShape): string {
  const path = distinctPaths >= lines ? line : Math.floor(random.float() ** 3 * distinctPaths);
  const query = random.chance(0.2) ? `?page=${random.below(100)}` : '';
  return `${METHODS[path % METHODS.length] ?? ''} /${SECTIONS[path % SECTIONS.length] ?? ''}/item-${path}${query}`;
}
