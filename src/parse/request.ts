// The request line inside an access-log line: method, path without query string. Part of the hot path.
import type { AccessRecord } from './record.ts';

const SPACE = 0x20;
const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const COLON = 0x3a;
const DASH = 0x2d;
const METHOD_BYTES_MAX = 32;
/** ` HTTP/1.1` is nine bytes; no version is longer. */
const PROTOCOL_BYTES_MAX = 9;

/**
 * Fills method and path of `record` from `GET /path?query HTTP/1.1`. What is no HTTP request (`-`, TLS bytes on a
 * plain port, an empty line) leaves both ranges empty: it is still a request that the server answered.
 */
export function readRequest(bytes: Buffer, start: number, end: number, record: AccessRecord): void {
  record.methodStart = record.methodEnd = start;
  record.pathStart = record.pathEnd = start;
  const methodEnd = findMethodEnd(bytes, start, end);
  if (isNoMethod(bytes, start, methodEnd)) return;
  // Servers forgive more than one space around the target: nginx and Apache both answer and log it.
  const targetStart = skipSpaces(bytes, methodEnd, end);
  const protocolSpace = findProtocol(bytes, targetStart, end);
  // Without a protocol it is HTTP/0.9, which knows paths only.
  if (protocolSpace < 0 && bytes[targetStart] !== SLASH) return;
  const targetEnd = trimSpaces(bytes, targetStart, protocolSpace < 0 ? end : protocolSpace);
  if (targetEnd <= targetStart) return;
  record.methodEnd = methodEnd;
  readTarget(bytes, targetStart, targetEnd, record);
}

/** Fills the path of `record` from a request target: cuts the query string and, in absolute form, the host. */
export function readTarget(bytes: Buffer, start: number, end: number, record: AccessRecord): void {
  let pathEnd = start;
  while (pathEnd < end && bytes[pathEnd] !== QUESTION_MARK) pathEnd++;
  record.pathStart = start === end || bytes[start] === SLASH ? start : skipAuthority(bytes, start, pathEnd);
  record.pathEnd = pathEnd;
  record.pathHash = 0;
  if (record.pathStart === pathEnd && pathEnd > start) {
    // `http://host` asks for `/`: point at a slash that the text does have.
    record.pathStart = bytes.indexOf(SLASH, start);
    record.pathEnd = record.pathStart + 1;
  }
}

/** Where the path begins behind a method at `start`; `start` when they are not there. */
export function findPathStart(bytes: Buffer, start: number, end: number): number {
  const methodEnd = findMethodEnd(bytes, start, end);
  if (isNoMethod(bytes, start, methodEnd)) return start;
  const pathStart = skipSpaces(bytes, methodEnd, end);
  return pathStart < end && bytes[pathStart] === SLASH ? pathStart : start;
}

/** Load balancers log `- - HTTP/1.1` for what was no request. */
function isNoMethod(bytes: Buffer, start: number, end: number): boolean {
  return end === start || (end === start + 1 && bytes[start] === DASH);
}

function skipSpaces(bytes: Buffer, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i] === SPACE) i++;
  return i;
}

function trimSpaces(bytes: Buffer, start: number, end: number): number {
  let i = end;
  while (i > start && bytes[i - 1] === SPACE) i--;
  return i;
}

/** End of the method when letters and a space begin the line, else `start`. */
function findMethodEnd(bytes: Buffer, start: number, end: number): number {
  const limit = Math.min(end, start + METHOD_BYTES_MAX);
  for (let i = start; i < limit; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === SPACE) return i;
    const letter = byte & 0xdf;
    const isMethodByte = (letter >= 0x41 && letter <= 0x5a) || byte === 0x2d || byte === 0x5f;
    if (!isMethodByte) return start;
  }
  return start;
}

/** Where the space before a closing `HTTP/…` stands, or -1. Looking from the end lets targets contain spaces. */
function findProtocol(bytes: Buffer, start: number, end: number): number {
  const limit = Math.max(start, end - PROTOCOL_BYTES_MAX);
  for (let i = end - 1; i >= limit; i--) {
    if (bytes[i] !== SPACE) continue;
    const isHttp =
      bytes[i + 1] === 0x48 &&
      bytes[i + 2] === 0x54 &&
      bytes[i + 3] === 0x54 &&
      bytes[i + 4] === 0x50 &&
      bytes[i + 5] === SLASH;
    return isHttp && i + 5 < end ? i : -1;
  }
  return -1;
}

/** Start of the path in `scheme://host/path`; `end` when there is a host only; `start` when it has no scheme. */
function skipAuthority(bytes: Buffer, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i] !== COLON && bytes[i] !== SLASH) i++;
  const isAuthority = i + 2 < end && bytes[i] === COLON && bytes[i + 1] === SLASH && bytes[i + 2] === SLASH;
  if (!isAuthority) return start;
  i += 3;
  while (i < end && bytes[i] !== SLASH) i++;
  return i;
}
