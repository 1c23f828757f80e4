// Requests of a test as lines of a log, second by second: they go the same way as those of a server.
import type { Series } from './rule-test.ts';

/** As nginx would have it: all that a rule can look at, the time taken included. */
export const SERIES_FORMAT =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Binary fractions are no matter of the user's: 0.1 × 30 is 3 requests. */
const ROUNDING = 1e-9;

/** How many requests a series makes in all. */
export function requestsOf({ rate, forSeconds }: Series): number {
  return Math.ceil(rate * forSeconds - ROUNDING);
}

/** The lines of one second after another, for those in which there are any. */
export function* renderTraffic(series: readonly Series[], startSeconds: number): Generator<string> {
  const endSeconds = Math.max(0, ...series.map(({ fromSeconds, forSeconds }) => fromSeconds + forSeconds));
  for (let second = 0; second < endSeconds; second++) {
    const lines = series.map((each) => renderSecond(each, second, startSeconds)).join('');
    if (lines !== '') yield lines;
  }
}

function renderSecond(series: Series, second: number, startSeconds: number): string {
  const age = second - series.fromSeconds;
  if (age < 0 || age >= series.forSeconds) return '';
  const [first, end] = [age, age + 1].map((seconds) => Math.ceil(series.rate * seconds - ROUNDING));
  const count = (end ?? 0) - (first ?? 0);
  const rest = renderRest(series, startSeconds + second);
  if (series.clients === 1) return `${series.client}${rest}`.repeat(count);
  return Array.from({ length: count }, (_, i) => addressOf(((first ?? 0) + i) % series.clients) + rest).join(
    '',
  );
}

function renderRest({ method, path, status, bytes, agent, latencyMs }: Series, seconds: number): string {
  const latency = latencyMs === null ? '-' : (latencyMs / 1000).toFixed(3);
  return ` - - [${renderTime(seconds)}] "${method} ${path} HTTP/1.1" ${status} ${bytes} "-" "${agent}" ${latency}\n`;
}

/** `01/Jan/2026:00:00:00 +0000` */
function renderTime(seconds: number): string {
  const time = new Date(seconds * 1000);
  const [date = '', clock] = time.toISOString().slice(0, 19).split('T');
  const [year, , day] = date.split('-');
  return `${day}/${MONTHS[time.getUTCMonth()]}/${year}:${clock} +0000`;
}

function addressOf(index: number): string {
  return `10.0.${index >> 8}.${index & 0xff}`;
}
