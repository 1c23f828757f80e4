// What the tests of parsers share: a line of text in, the record as plain values out.
import assert from 'node:assert/strict';
import { LineFramer } from '../../src/parse/lines.ts';
import { createRecord } from '../../src/parse/record.ts';
import type { AccessRecord, LineParser, ParseResult } from '../../src/parse/record.ts';
import { createParser } from '../../src/parse/detect.ts';

const NEWLINE = Buffer.from('\n');

export interface Reading {
  readonly time: string;
  readonly client: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly bytesSent: number;
  /** Only what the line says, here and below. */
  readonly latencyMs?: number;
  readonly forwarded?: string;
  readonly agent?: string;
}

/** Of a line that says no more than it must. */
export const BASE: Reading = {
  time: '2026-11-23T22:14:05Z',
  client: '192.0.2.1',
  method: 'GET',
  path: '/a',
  status: 200,
  bytesSent: 12,
};

/** A format as its user pastes it, and what a line that was written with it says. */
export interface FormatExample {
  readonly title: string;
  readonly format: string;
  readonly line: string;
  readonly expected: Reading | string;
}

/** The record that `parser` makes of `line` (latin1 text stands for the bytes), or why it makes none. */
export function read(parser: LineParser, line: string): Reading | string {
  return readBytes(parser, Buffer.from(line, 'latin1'));
}

/** The line stands between bytes that would change the result if they were looked at. */
export function readBytes(parser: LineParser, line: Buffer, around = '9'): Reading | string {
  const record = createRecord();
  const bytes = Buffer.concat([Buffer.alloc(40, around), line, Buffer.alloc(40, around)]);
  const result = parser.parse(bytes, 40, 40 + line.length, record);
  return readingOf(result, record);
}

/** The line as a framer hands it over, so that the scan has it at hand, between bytes that would change the result. */
export function readFramed(parser: LineParser, line: Buffer, around = '9'): Reading | string {
  const record = createRecord();
  const edge = Buffer.from(around.repeat(40));
  const [, reading = ''] = framed([edge, line, edge], (...of) =>
    readingOf(parser.parse(...of, record), record),
  );
  return reading;
}

/** What `see` says of each line that a framer hands over. */
export function framed<T>(
  lines: readonly Buffer[],
  see: (bytes: Buffer, start: number, end: number) => T,
): T[] {
  const seen: T[] = [];
  const framer = new LineFramer(1024 * 1024, {
    line: (...of) => seen.push(see(...of)),
    tooLong: (head) => assert.fail(`too long: ${head.length}`),
  });
  framer.write(Buffer.concat(lines.flatMap((line) => [line, NEWLINE])));
  framer.end();
  return seen;
}

/** The same of every line of a stream that comes in `chunks`, each of which is overwritten when it was handed over. */
export function readStream(
  parser: LineParser,
  chunks: readonly Buffer[],
  see: (record: AccessRecord) => void = () => {},
): (Reading | string)[] {
  const readings: (Reading | string)[] = [];
  const record = createRecord();
  const framer = new LineFramer(64 * 1024, {
    line(bytes, start, end) {
      const result = parser.parse(bytes, start, end, record);
      readings.push(readingOf(result, record));
      if (result.ok) see(record);
    },
    tooLong: (head) => readings.push(`too long: ${head.length}`),
  });
  for (const chunk of chunks) {
    const bytes = Buffer.from(chunk);
    framer.write(bytes);
    bytes.fill('9');
  }
  framer.end();
  return readings;
}

function readingOf(result: ParseResult, record: AccessRecord): Reading | string {
  if (!result.ok) return `${result.reason} at ${result.column}`;
  const text = (start: number, end: number): string => record.bytes.toString('latin1', start, end);
  const forwarded = text(record.forwardedStart, record.forwardedEnd);
  const agent = text(record.agentStart, record.agentEnd);
  return {
    time: new Date(record.timeSeconds * 1000).toISOString().replace('.000Z', 'Z'),
    client: text(record.clientStart, record.clientEnd),
    method: text(record.methodStart, record.methodEnd),
    path: text(record.pathStart, record.pathEnd),
    status: record.status,
    bytesSent: record.bytesSent,
    ...(Number.isNaN(record.latencyMs) ? {} : { latencyMs: record.latencyMs }),
    ...(forwarded === '' ? {} : { forwarded }),
    ...(agent === '' ? {} : { agent }),
  };
}

/** What `auto` makes of a log: the format after each line. */
export function formatsOf(lines: readonly string[]): string[] {
  const parser = createParser('auto');
  return lines.map((line) => {
    read(parser, line);
    return parser.name;
  });
}
