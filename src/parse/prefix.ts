// What stands before a line that somebody has passed on: the prefix of Kubernetes' container runtimes, those of `docker compose
// logs`, `docker logs` and `kubectl logs`, and that of syslog. Part of the hot path for lines that have no quicker way.
import { findSpace, startsWith } from './field-end.ts';
import { isDigit } from './number.ts';
import { skipSyslogPrefix } from './syslog.ts';

const SPACE = 0x20;
const BAR = 0x7c;
const ESCAPE = 0x1b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const T = 0x54;
const Z = 0x5a;
const F = 0x46;
const M = 0x6d;

/** P: more of the line is to come. */
export const PIECE_TAG = 0x50;
/** `2026-11-23` */
const DATE_LENGTH = 10;
const POD = Buffer.from('[pod/');
const STREAMS = [Buffer.from('stdout '), Buffer.from('stderr ')];
const STREAM_LENGTH = 7;
/** `\x1b[38;5;123m` */
const COLOUR_BYTES_MAX = 12;

/**
 * Where the line behind the prefixes starts; `start` when it has none. `hasBar`: the format has a `|` itself, so that one behind
 * the first word of a line is no sign of a prefix.
 */
export function skipPrefix(bytes: Buffer, start: number, end: number, hasBar: boolean): number {
  const afterPod = skipPod(bytes, start, end);
  const afterService = hasBar ? afterPod : skipService(bytes, afterPod, end);
  return skipSyslogPrefix(bytes, skipStream(bytes, afterService, end), end);
}

/** `[pod/web-1/nginx] `, of `kubectl logs --prefix`. */
function skipPod(bytes: Buffer, start: number, end: number): number {
  if (!startsWith(bytes, start, end, POD)) return start;
  const space = findSpace(bytes, start, end);
  return space < end && bytes[space - 1] === CLOSE_BRACKET ? space + 1 : start;
}

/** `2026-11-23T22:14:05.123456789Z `, of `docker logs -t`, before a line that does not fit with it: it may be the log's own time. */
export function skipTime(bytes: Buffer, start: number, end: number): number {
  if (!isDigit(bytes[start]) || bytes[start + DATE_LENGTH] !== T) return start;
  const space = findSpace(bytes, start, end);
  return space < end && bytes[space - 1] === Z ? space + 1 : start;
}

function skipStream(bytes: Buffer, start: number, end: number): number {
  const tag = findStreamTag(bytes, start, end);
  return tag < 0 ? start : tag + 2;
}

/** Where the F stands in `2026-11-23T22:14:05.123456789Z stdout F `, or the P of a piece of a line; -1 when there is none. */
export function findStreamTag(bytes: Buffer, start: number, end: number): number {
  if (!isDigit(bytes[start]) || bytes[start + DATE_LENGTH] !== T) return -1;
  const stream = findSpace(bytes, start, end) + 1;
  const tag = stream + STREAM_LENGTH;
  const isTag = (bytes[tag] === F || bytes[tag] === PIECE_TAG) && bytes[tag + 1] === SPACE && tag + 2 <= end;
  return isTag && STREAMS.some((name) => startsWith(bytes, stream, end, name)) ? tag : -1;
}

/** `web-1  | `, in colour or without. */
function skipService(bytes: Buffer, start: number, end: number): number {
  const name = skipColour(bytes, start, end);
  const nameEnd = findSpace(bytes, name, end);
  let bar = nameEnd;
  while (bar < end && bytes[bar] === SPACE) bar++;
  if (nameEnd === name || bar === nameEnd || bytes[bar] !== BAR || bar >= end) return start;
  const space = skipColour(bytes, bar + 1, end);
  return space < end && bytes[space] === SPACE ? skipColour(bytes, space + 1, end) : start;
}

function skipColour(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] !== ESCAPE || bytes[start + 1] !== OPEN_BRACKET) return start;
  for (let i = start + 2; i < Math.min(end, start + COLOUR_BYTES_MAX); i++) if (bytes[i] === M) return i + 1;
  return start;
}
