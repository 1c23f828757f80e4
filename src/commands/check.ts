// `fluffy check`: is the configuration what its writer meant, and does fluffy understand the logs? Shows the format
// of every log, its last lines as fluffy reads them, and where the first line that does not fit goes wrong.
import type { Config } from '../config/schema.ts';
import { createParser } from '../parse/detect.ts';
import { LineFramer } from '../parse/lines.ts';
import { createRecord } from '../parse/record.ts';
import type { AccessRecord, Misfit } from '../parse/record.ts';
import type { LogSample } from '../source/sample.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { printable } from './printable.ts';

export interface CheckResult {
  readonly exitCode: ExitCode;
  readonly text: string;
}

type Row = readonly string[];

const HEAD: Row = ['TIME (UTC)', 'CLIENT', 'METHOD', 'PATH', 'STATUS', 'BYTES'];
const ROWS_SHOWN = 3;
const CELL_LENGTH_MAX = 40;
const LINE_LENGTH_MAX = 110;

/** Says what `config` makes fluffy do, then how it reads each of `samples`. */
export function checkLogs(config: Config, samples: readonly LogSample[]): CheckResult {
  const findings = samples.map((sample) => checkLog(config, sample));
  const isGood = findings.every((finding) => finding.isGood);
  const verdict = isGood ? 'ok' : 'not ok: see above';
  return {
    exitCode: isGood ? EXIT.ok : EXIT.failed,
    text: [...describeConfig(config), '', ...findings.flatMap(({ lines }) => lines.concat('')), verdict].join(
      '\n',
    ),
  };
}

function describeConfig(config: Config): string[] {
  const { threshold, alertWindowSeconds, alertPath, reportPath, reportTime, http } = config;
  const schedule =
    reportTime.kind === 'cron' ? `at ${reportTime.expression}` : `every ${reportTime.seconds} s`;
  return [
    'configuration: valid',
    `alerts:  above ${threshold} requests/s over ${alertWindowSeconds} s, to stdout${alertPath === null ? '' : ` and ${alertPath}`}`,
    `reports: ${reportPath === null ? 'to no file' : `${schedule}, to ${reportPath}`}`,
    `http:    ${http.address}:${http.port}`,
  ];
}

interface Finding {
  readonly isGood: boolean;
  readonly lines: readonly string[];
}

function checkLog(config: Config, sample: LogSample): Finding {
  if (sample.problem !== null) return { isGood: false, lines: [printable(sample.problem.message)] };
  const path = printable(sample.path);
  const reading = readSample(config, sample.bytes);
  if (reading.lines === 0) {
    return { isGood: true, lines: [`${path}: can be read, and holds no whole line yet`] };
  }
  const share = `${reading.lines - reading.misfits} of the last ${reading.lines} lines fit`;
  const lines = [`${path}: format ${reading.format}, ${share}`];
  if (reading.rows.length > 0) lines.push(...renderTable([HEAD, ...reading.rows]));
  if (reading.firstMisfit !== null) lines.push(...renderMisfit(reading.firstMisfit));
  return { isGood: reading.misfits < reading.lines, lines };
}

interface MisfitLine {
  readonly misfit: Misfit;
  readonly line: Buffer;
}

interface Reading {
  readonly format: string;
  readonly lines: number;
  readonly misfits: number;
  /** The last records. */
  readonly rows: readonly Row[];
  readonly firstMisfit: MisfitLine | null;
}

function readSample(config: Config, bytes: Buffer): Reading {
  const parser = createParser(config.logFormat);
  const record = createRecord();
  const rows: Row[] = [];
  let lines = 0;
  let misfits = 0;
  let firstMisfit: MisfitLine | null = null;
  const fail = (misfit: Misfit, line: Buffer): void => {
    misfits++;
    firstMisfit ??= { misfit, line: Buffer.from(line) };
  };
  const framer = new LineFramer(config.lineBytesMax, {
    line: (chunk, start, end) => {
      lines++;
      const result = parser.parse(chunk, start, end, record);
      if (!result.ok && result.reason === 'directive') return;
      if (!result.ok) return fail(result, chunk.subarray(start, end));
      rows.push(createRow(record));
      if (rows.length > ROWS_SHOWN) rows.shift();
    },
    tooLong: (head) => {
      lines++;
      fail({ ok: false, reason: 'line-too-long', column: head.length }, head);
    },
  });
  framer.write(bytes);
  return { format: parser.name, lines, misfits, rows, firstMisfit };
}

function createRow(record: AccessRecord): Row {
  const { bytes } = record;
  return [
    new Date(record.timeSeconds * 1000).toISOString().slice(0, 19).replace('T', ' '),
    printable(bytes.toString('utf8', record.clientStart, record.clientEnd)) || '-',
    printable(bytes.toString('utf8', record.methodStart, record.methodEnd)) || '-',
    printable(bytes.toString('utf8', record.pathStart, record.pathEnd)) || '(malformed)',
    record.status === 0 ? '-' : String(record.status),
    String(record.bytesSent),
  ].map((cell) => (cell.length > CELL_LENGTH_MAX ? `${cell.slice(0, CELL_LENGTH_MAX - 1)}…` : cell));
}

function renderTable(rows: readonly Row[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

/** The line, cut around the place that does not fit, with a caret under it. */
function renderMisfit({ misfit, line }: MisfitLine): string[] {
  const text = printable(line.toString('latin1'));
  const from = Math.max(0, misfit.column - LINE_LENGTH_MAX + 30);
  return [
    `  the first line that does not fit (${misfit.reason}, column ${misfit.column + 1}):`,
    `  ${text.slice(from, from + LINE_LENGTH_MAX)}`,
    `  ${' '.repeat(misfit.column - from)}^`,
  ];
}
