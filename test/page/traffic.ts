// Lines of an access log as they come in now, with the time that each request took, and a quarter of an hour of them before.
import { appendFileSync } from 'node:fs';
import { createRandom } from '../seed.ts';

/** What the lines are, for `log-format`. */
export const LOG_FORMAT =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time';

const PATHS = [
  '/',
  '/shop/cart',
  '/search',
  '/static/app.js',
  '/api/orders',
  '/api/users',
  '/login',
  '/about',
];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface LineValues {
  readonly path?: string;
  readonly status?: number;
  readonly client?: string;
  readonly ms?: number;
}

/** A line of that second. */
export function lineOf(seconds: number, values: LineValues = {}): string {
  const { path = '/', status = 200, client = '192.0.2.7', ms = 20 } = values;
  const time = new Date(seconds * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(time.getUTCDate())}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}`;
  const clock = time.toISOString().slice(11, 19);
  return `${client} - - [${day}:${clock} +0000] "GET ${path} HTTP/1.1" ${status} ${1500 + ms} "-" "Mozilla/5.0" ${(ms / 1000).toFixed(3)}\n`;
}

/** Every second the same for the same seed and second: some twenty requests of an ordinary day. */
export function ordinarySecond(seconds: number, seed: number): string {
  const random = createRandom(seed + seconds);
  const count = 14 + Math.round(6 * Math.sin(seconds / 90)) + random(6);
  let text = '';
  for (let i = 0; i < count; i++) {
    const [dice, place] = [random(1000), Math.floor((random(8) * random(9)) / 9)];
    const status = dice < 880 ? 200 : dice < 940 ? 304 : dice < 992 ? 404 : 500;
    const ms = 8 + random(40) + (dice % 20 === 0 ? random(400) : 0);
    text += lineOf(seconds, { path: PATHS[place] ?? '/', status, client: `203.0.113.${random(60)}`, ms });
  }
  return text;
}

/** The lines of a span; `toSeconds` is not included. */
export function ordinarySpan(fromSeconds: number, toSeconds: number, seed: number): string {
  let text = '';
  for (let seconds = fromSeconds; seconds < toSeconds; seconds++) text += ordinarySecond(seconds, seed);
  return text;
}

/** Writes ordinary lines to the log, those of each second when it begins, until it is stopped. */
export function writeOrdinary(log: string, seed: number): () => void {
  let last = Math.floor(Date.now() / 1000);
  const timer = setInterval(() => {
    const now = Math.floor(Date.now() / 1000);
    for (; last < now; last++) appendFileSync(log, ordinarySecond(last + 1, seed));
  }, 50);
  return () => clearInterval(timer);
}
