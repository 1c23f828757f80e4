// Damages lines on purpose: what a reader of logs meets after crashes, full disks and port scans. Pure; Latin-1.
import type { Random } from './random.ts';

export const BROKEN_KINDS = ['binary', 'cut', 'empty', 'too-long', 'invalid-utf8'] as const;
export type BrokenKind = (typeof BROKEN_KINDS)[number];

/** Beyond the 64 KiB at which readers are expected to give a line up. */
const TOO_LONG_BYTES = 70_000;

const INVALID_UTF8 = ['\xff\xfe', '\xc3\x28', '\xe2\x82', '\xf0\x9f\x92', '\x80'];

const DAMAGES: Readonly<Record<BrokenKind, (line: string, random: Random) => string>> = {
  binary: (_line, random) => binaryJunk(random),
  cut: (line, random) => line.slice(0, 1 + random.below(endOfRequestTarget(line) - 1)),
  empty: () => '',
  'too-long': stretch,
  'invalid-utf8': (line, random) => damageTime(line, random.pick(INVALID_UTF8)),
};

/** No kind can be read as a request, in any format; none contains a line end. */
export function breakLine(line: string, kind: BrokenKind, random: Random): string {
  return DAMAGES[kind](line, random);
}

function binaryJunk(random: Random): string {
  let junk = '\x16\x03\x01';
  const lengthBytes = 16 + random.below(200);
  while (junk.length < lengthBytes) {
    const byte = random.below(256);
    if (byte !== 0x0a && byte !== 0x0d) junk += String.fromCharCode(byte);
  }
  return junk;
}

/** Before the status in every format, so that what is left can't be taken for a whole line. */
function endOfRequestTarget(line: string): number {
  const protocolAt = line.indexOf('HTTP/');
  return protocolAt > 1 ? protocolAt : Math.min(12, line.length);
}

function stretch(line: string): string {
  const at = endOfRequestTarget(line);
  return line.slice(0, at) + 'A'.repeat(Math.max(0, TOO_LONG_BYTES - line.length)) + line.slice(at);
}

/** Bytes in place of the first digits of the time: neither text nor a time any more. */
function damageTime(line: string, bytes: string): string {
  const bracketAt = line.indexOf('[');
  const at = line.startsWith('{') ? line.indexOf('"ts":') + 5 : bracketAt + 1;
  return line.slice(0, at) + bytes + line.slice(at + 2);
}
