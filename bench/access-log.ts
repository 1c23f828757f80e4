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
  /** `combined` when it is left out. */
  readonly format?: 'combined' | 'caddy';
  /** Event time of the last second, milliseconds since the epoch; left out, the first second is always the same. */
  readonly endMs?: number;
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
  const lengthMs = Math.ceil(shape.lines / shape.linesPerSecond) * 1000;
  const firstMs = shape.endMs === undefined ? FIRST_MS : shape.endMs - lengthMs;
  const file = openSync(path, 'w');
  let text = '';
  for (let i = 0; i < shape.lines; i++) {
    const status = random.chance(UNUSUAL_SHARE) ? random.pick(UNUSUAL_STATUSES) : 200;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const timeMs = firstMs + Math.floor(i / shape.linesPerSecond) * 1000;
    const client = `203.0.${random.below(4)}.${random.below(256)}`;
    const request = drawRequest(random, i, shape);
    text +=
      shape.format === 'caddy'
        ? drawCaddyLine(random, { timeMs, client, request, status })
        : `${client} - - [${clfTime(timeMs)}] "${request} HTTP/1.1" ${status} ${random.below(50_000)} ` +
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

/** As Caddy writes it, which has the headers of each line in an order of its own. */
function drawCaddyLine(
  random: Random,
  of: {
    readonly timeMs: number;
    readonly client: string;
    readonly request: string;
    readonly status: number;
  },
): string {
  const [method = '', uri = ''] = of.request.split(' ');
  const seconds = of.timeMs / 1000 + random.below(1e6) / 1e6;
  const headers = rotate(random, [
    `"User-Agent":["${random.pick(AGENTS)}"]`,
    '"Accept":["*/*"]',
    '"Accept-Encoding":["gzip, deflate, br"]',
  ]);
  const answers = rotate(random, [
    '"Server":["Caddy"]',
    '"Content-Encoding":["gzip"]',
    '"Content-Type":["text/html; charset=utf-8"]',
    '"Vary":["Accept-Encoding"]',
  ]);
  return (
    `{"level":"info","ts":${seconds},"logger":"http.log.access","msg":"handled request","request":{` +
    `"remote_ip":"${of.client}","remote_port":"${1024 + random.below(60_000)}","client_ip":"${of.client}",` +
    `"proto":"HTTP/2.0","method":"${method}","host":"localhost","uri":"${uri}","headers":{${headers}},` +
    '"tls":{"resumed":false,"version":772,"cipher_suite":4865,"proto":"h2","server_name":"example.com"}},' +
    `"bytes_read":0,"user_id":"","duration":0.000${String(1 + random.below(999_999)).padStart(6, '0')},"size":${random.below(50_000)},` +
    `"status":${of.status},"resp_headers":{${answers}}}\n`
  );
}

function rotate(random: Random, members: readonly string[]): string {
  const first = random.below(members.length);
  return [...members.slice(first), ...members.slice(0, first)].join(',');
}

/** As many distinct paths as lines means that no path comes twice; fewer are drawn, the first ones more often. */
function drawRequest(random: Random, line: number, { lines, distinctPaths }: LogShape): string {
  const path = distinctPaths >= lines ? line : Math.floor(random.float() ** 3 * distinctPaths);
  const query = random.chance(0.2) ? `?page=${random.below(100)}` : '';
  return `${METHODS[path % METHODS.length] ?? ''} /${SECTIONS[path % SECTIONS.length] ?? ''}/item-${path}${query}`;
}
