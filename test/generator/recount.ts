// Counts a produced log a second time, by one regex a format and nothing of the generator: what truth is held against.
import { isUtf8 } from 'node:buffer';

export interface Recount {
  lines: number;
  requests: number;
  errors: number;
  bytes: number;
  broken: Record<string, number>;
  seconds: Record<string, Record<string, Record<string, number>>>;
}

const TEXT = String.raw`"(?:[^"\\]|\\.)*"`;
const CLF = String.raw`[\d.:a-f]+ - \S+ \[(?<time>[^\]]+)\] "(?<request>(?:[^"\\]|\\.)*)" (?<status>\d{3}) (?<size>\d+|-)`;

const SHAPES: Readonly<Record<string, RegExp>> = {
  common: new RegExp(`^${CLF}$`),
  combined: new RegExp(`^${CLF} ${TEXT} ${TEXT}$`),
  main: new RegExp(`^${CLF} ${TEXT} ${TEXT} ${TEXT}$`),
  vhost_combined: new RegExp(`^\\S+:\\d+ ${CLF} ${TEXT} ${TEXT}$`),
  'traefik-clf': new RegExp(`^${CLF} ${TEXT} ${TEXT} \\d+ ${TEXT} ${TEXT} \\d+ms$`),
  'caddy-json':
    /^\{.*"ts":(?<epoch>\d+)\.\d+,.*"uri":"(?<uri>[^"]*)".*"size":(?<size>\d+),"status":(?<status>\d{3}),.*\}$/,
};

const LINE_BYTES_MAX = 65_536;

export function recount(log: Buffer, format: string): Recount {
  const shape = SHAPES[format];
  if (shape === undefined) throw new Error(`no shape for ${format}`);
  const result: Recount = {
    lines: 0,
    requests: 0,
    errors: 0,
    bytes: 0,
    broken: { binary: 0, cut: 0, empty: 0, 'too-long': 0, 'invalid-utf8': 0 },
    seconds: {},
  };
  for (let start = 0; start < log.length; result.lines++) {
    const end = log.indexOf(0x0a, start);
    if (end === -1) throw new Error('the log does not end with a line end');
    countLine(log.subarray(start, end), shape, result);
    start = end + 1;
  }
  return result;
}

function countLine(line: Buffer, shape: RegExp, result: Recount): void {
  const fields = line.length > LINE_BYTES_MAX || !isUtf8(line) ? null : shape.exec(line.toString('utf8'));
  const groups = fields?.groups;
  if (groups === undefined) {
    const kind = brokenKind(line);
    result.broken[kind] = (result.broken[kind] ?? 0) + 1;
    return;
  }
  const target = groups['uri'] ?? groups['request']?.split(' ')[1] ?? '';
  const [path = ''] = target.split('?');
  const status = groups['status'] ?? '';
  const second = groups['epoch'] ?? String(clfSeconds(groups['time'] ?? ''));
  const paths = (result.seconds[second] ??= {});
  const statuses = (paths[path] ??= {});
  statuses[status] = (statuses[status] ?? 0) + 1;
  result.requests++;
  if (Number(status) >= 400) result.errors++;
  if (groups['size'] !== '-') result.bytes += Number(groups['size']);
}

function brokenKind(line: Buffer): string {
  if (line.length === 0) return 'empty';
  if (line.length > LINE_BYTES_MAX) return 'too-long';
  if (line.subarray(0, 3).equals(Buffer.from([0x16, 0x03, 0x01]))) return 'binary';
  return isUtf8(line) ? 'cut' : 'invalid-utf8';
}

/** `23/Nov/2026:22:14:05 +0000` in seconds since the epoch. */
function clfSeconds(time: string): number {
  const [date = '', hours, minutes, rest] = time.split(':');
  return Date.parse(`${date.replaceAll('/', ' ')} ${hours}:${minutes}:${rest}`) / 1000;
}
