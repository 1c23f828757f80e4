// What fluffy makes of a sample of a log: how many lines fit which format, the last records, and lines that fit none,
// with the place where they go wrong.
import { AGGREGATOR_DEFAULTS } from '../aggregate/aggregator-options.ts';
import { PathTable } from '../aggregate/paths.ts';
import { JSON_FIELD_NAMES } from '../parse/json-fields.ts';
import type { JsonFieldName } from '../parse/json-fields.ts';
import { isMeantAsObject } from '../parse/json-object.ts';
import { LineFramer } from '../parse/lines.ts';
import { createLogParser } from '../parse/log-parser.ts';
import type { LogParserOptions } from '../parse/log-parser.ts';
import { TRIED_PRESETS, createPresetParser } from '../parse/presets.ts';
import { createRecord, EMPTY_LINE } from '../parse/record.ts';
import type { AccessRecord } from '../parse/record.ts';
import { MisfitKinds } from './misfits.ts';
import type { FrequentMisfit } from './misfits.ts';
import { printable } from './printable.ts';

/** As in the configuration. */
export interface ReadingOptions extends LogParserOptions {
  readonly lineBytesMax: number;
  readonly templatePaths: boolean;
  readonly pathPatterns: readonly string[];
}

export type Row = readonly string[];

export interface ExplainedMisfit extends FrequentMisfit {
  /** The format that comes nearest, and by which the misfit is explained; null when none comes near. */
  readonly nearest: string | null;
}

export interface SampleReading {
  /** The format of most lines; `auto` when none is known. */
  readonly format: string;
  /** Without those that are passed over, as they tell of no request. */
  readonly lines: number;
  readonly passedOver: number;
  readonly misfits: number;
  /** Lines of each format, the most frequent first. */
  readonly formats: readonly (readonly [format: string, lines: number])[];
  /** The last records: time, client, method, path as it is counted, and as it was logged if that differs, status, bytes, milliseconds. */
  readonly rows: readonly Row[];
  /** What any record has. */
  readonly found: ReadonlySet<JsonFieldName>;
  /** The first lines of the kinds that most lines without a format are of, the most frequent kind first. */
  readonly kinds: readonly ExplainedMisfit[];
}

const ROWS_SHOWN = 3;
const KINDS_SHOWN = 3;
const CELL_LENGTH_MAX = 40;
/** No format would have read such a line. */
const SELF_EVIDENT: ReadonlySet<string> = new Set(['line-too-long', 'empty-line']);

/** Whether a record says it. */
const IS_FOUND: Readonly<Record<JsonFieldName, (record: AccessRecord) => boolean>> = {
  time: () => true,
  client: ({ clientStart, clientEnd }) => clientEnd > clientStart,
  method: ({ methodStart, methodEnd }) => methodEnd > methodStart,
  target: ({ pathStart, pathEnd }) => pathEnd > pathStart,
  request: ({ pathStart, pathEnd }) => pathEnd > pathStart,
  status: ({ status }) => status > 0,
  bytes: ({ bytesSent }) => bytesSent > 0,
  latency: ({ latencyMs }) => !Number.isNaN(latencyMs),
  'user-agent': ({ agentStart, agentEnd }) => agentEnd > agentStart,
  'forwarded-for': ({ forwardedStart, forwardedEnd }) => forwardedEnd > forwardedStart,
};

/** Reads whole lines; an unfinished one at the end is left out. */
export function readSample(bytes: Buffer, options: ReadingOptions): SampleReading {
  const parser = createLogParser(options);
  const record = createRecord();
  const counts = new Map<string, number>();
  const rows: Row[] = [];
  let [lines, lineNumber, passedOver] = [0, 0, 0];
  const found = new Set<JsonFieldName>();
  const kinds = new MisfitKinds();
  const show = (line: Buffer): Buffer => parser.mask?.(line) ?? Buffer.from(line);
  const countedPath = createPathCounter(options);
  const framer = new LineFramer(options.lineBytesMax, {
    line: (chunk, start, end) => {
      lineNumber++;
      const result = start === end ? EMPTY_LINE : parser.parse(chunk, start, end, record);
      if (!result.ok && result.reason === 'directive') {
        passedOver++;
        return;
      }
      lines++;
      if (!result.ok) {
        kinds.add(result, chunk.subarray(start, end), lineNumber, show);
        return;
      }
      counts.set(parser.name, (counts.get(parser.name) ?? 0) + 1);
      for (const name of JSON_FIELD_NAMES) if (IS_FOUND[name](record)) found.add(name);
      rows.push(createRow(record, countedPath(record)));
      if (rows.length > ROWS_SHOWN) rows.shift();
    },
    passedOver: () => {
      lineNumber++;
      passedOver++;
    },
    tooLong: (head) => {
      lineNumber++;
      lines++;
      const misfit = { ok: false, reason: 'line-too-long', column: head.length } as const;
      kinds.add(misfit, head, lineNumber, (line) => Buffer.from(line));
    },
  });
  framer.write(bytes);
  const formats = [...counts].toSorted(([, a], [, b]) => b - a);
  const fits = formats.reduce((sum, [, count]) => sum + count, 0);
  const isUnknown = options.logFormat === 'auto' && fits === 0;
  return {
    format: formats[0]?.[0] ?? parser.name,
    lines,
    passedOver,
    misfits: lines - fits,
    formats,
    rows,
    found,
    kinds: kinds.mostFrequent(KINDS_SHOWN).map((kind) => explain(kind, isUnknown)),
  };
}

/** Where no format is known, the one that comes farthest into the line explains why it does not fit either. */
function explain(frequent: FrequentMisfit, isUnknown: boolean): ExplainedMisfit {
  const { line } = frequent;
  if (!isUnknown || frequent.meaning !== null || SELF_EVIDENT.has(frequent.misfit.reason))
    return { ...frequent, nearest: null };
  // What is JSON was explained as such.
  if (isMeantAsObject(line, 0, line.length) && frequent.misfit.reason !== 'bad-json')
    return { ...frequent, nearest: 'json' };
  // So is a log that has announced its columns.
  if (frequent.misfit.reason === 'missing-field') return { ...frequent, nearest: 'w3c' };
  let { misfit } = frequent;
  let nearest: string | null = null;
  for (const name of TRIED_PRESETS) {
    const result = createPresetParser(name).parse(line, 0, line.length, createRecord());
    if (result.ok || result.reason === 'directive' || result.column <= (nearest === null ? 0 : misfit.column))
      continue;
    misfit = result;
    nearest = name;
  }
  return { ...frequent, misfit, nearest };
}

/** Gives the path that a record is counted under. */
function createPathCounter({
  templatePaths,
  pathPatterns,
}: ReadingOptions): (record: AccessRecord) => string {
  const { pathsMax, seriesMax } = AGGREGATOR_DEFAULTS;
  const grouping = { templatesIds: templatePaths, patterns: pathPatterns };
  const paths = new PathTable({ ...grouping, pathsMax, seriesMax }, () => []);
  return (record) => paths.series.pathOf(paths.find(record, record.timeSeconds));
}

function createRow(record: AccessRecord, countedPath: string): Row {
  const { bytes } = record;
  const textOf = (start: number, end: number): string => cut(printable(bytes.toString('utf8', start, end)));
  const path = cut(countedPath);
  const loggedPath = textOf(record.pathStart, record.pathEnd);
  return [
    new Date(record.timeSeconds * 1000).toISOString().slice(0, 19).replace('T', ' '),
    textOf(record.clientStart, record.clientEnd) || '-',
    textOf(record.methodStart, record.methodEnd) || '-',
    path,
    loggedPath === path ? '' : loggedPath,
    record.status === 0 ? '-' : String(record.status),
    String(record.bytesSent),
    Number.isNaN(record.latencyMs) ? '-' : String(Math.round(record.latencyMs * 1000) / 1000),
  ];
}

function cut(cell: string): string {
  return cell.length > CELL_LENGTH_MAX ? `${cell.slice(0, CELL_LENGTH_MAX - 1)}…` : cell;
}
