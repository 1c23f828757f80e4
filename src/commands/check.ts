// `fluffy check`: is the configuration what its writer meant, and does fluffy understand the logs? Shows the format
// of every log, its last lines as fluffy reads them, and where lines that do not fit go wrong, by reason.
import { formatSpan } from '../alerts/summary.ts';
import type { Config } from '../config/schema.ts';
import { formatNumber } from '../number-text.ts';
import { charactersBefore } from '../parse/characters.ts';
import { JSON_FIELD_NAMES } from '../parse/json-fields.ts';
import { formatJsonPath } from '../parse/json-keys.ts';
import { JSON_PRESETS, isLoosePreset } from '../parse/presets.ts';
import { recogniseUnread } from '../parse/unread-formats.ts';
import type { LogSample } from '../source/sample.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { findNextSteps } from './next-steps.ts';
import { printable } from './printable.ts';
import { readSample } from './sample-reading.ts';
import type { ExplainedMisfit, ReadingOptions, Row, SampleReading } from './sample-reading.ts';

export interface CheckResult {
  readonly exitCode: ExitCode;
  readonly text: string;
}

const HEAD: Row = ['TIME (UTC)', 'CLIENT', 'METHOD', 'PATH', 'AS LOGGED', 'STATUS', 'BYTES', 'MS'];
/** These columns are left out where they have no value. */
const OPTIONAL_COLUMNS: ReadonlySet<string> = new Set(['AS LOGGED', 'MS']);
const LINE_LENGTH_MAX = 110;
/** Of lines that fit no format; fewer than so many are an accident. */
const MISFIT_SHARE_MAX = 0.1;
const MISFITS_MIN = 3;

/** Says what `config` makes fluffy do, how it reads each of `samples`, and `problems`, which are none of its syntax. */
export function checkLogs(
  config: Config,
  samples: readonly LogSample[],
  problems: readonly string[] = [],
): CheckResult {
  const { exitCode, text } = checkFiles(samples, config, problems);
  return { exitCode, text: [...describeConfig(config), '', text].join('\n') };
}

/** Says how each of `samples` is read: no configuration is needed for it. */
export function checkFiles(
  samples: readonly LogSample[],
  options: ReadingOptions,
  problems: readonly string[] = [],
): CheckResult {
  const findings = samples.map((sample) => checkLog(sample, options));
  const isGood = problems.length === 0 && findings.every((finding) => finding.isGood);
  const told = problems.length === 0 ? [] : [...problems.map(printable), ''];
  return {
    exitCode: isGood ? EXIT.ok : EXIT.failed,
    text: [
      ...findings.flatMap(({ lines }) => lines.concat('')),
      ...told,
      isGood ? 'ok' : 'not ok: see above',
    ].join('\n'),
  };
}

function describeConfig(config: Config): string[] {
  const { threshold, alertWindowSeconds, alertPath, reportPath, reportTime, http } = config;
  const schedule =
    reportTime.kind === 'cron' ? `at ${reportTime.expression}` : `every ${formatSpan(reportTime.seconds)}`;
  return [
    'configuration: valid',
    `alerts:  above ${threshold} requests/s over ${formatSpan(alertWindowSeconds)}, to stdout${alertPath === null ? '' : ` and ${alertPath}`}`,
    ...describeAlerting(config),
    `reports: ${reportPath === null ? 'to no file' : `${schedule}, to ${reportPath}`}`,
    `http:    ${http.address}:${http.port}`,
  ];
}

/** Nothing for what is off. Names are of harmless characters. */
function describeAlerting({ alerts, hasDefaultRules, objective, channels, maintenance }: Config): string[] {
  const rules = alerts.map(({ name }) => name);
  if (hasDefaultRules) rules.push('the default ones');
  if (objective !== null) rules.push(`burn rates of an objective of ${objective} %`);
  const lines: [string, readonly string[]][] = [
    ['rules:   ', rules],
    ['sent to: ', channels.map(({ name, type }) => `${name} (${type})`)],
    [
      'quiet:   ',
      maintenance.map((times) => `${formatSpan(times.durationSeconds)} from each ${times.expression}`),
    ],
  ];
  return lines.flatMap(([title, names]) => (names.length === 0 ? [] : [title + names.join(', ')]));
}

interface Finding {
  readonly isGood: boolean;
  readonly lines: readonly string[];
}

function checkLog(sample: LogSample, options: ReadingOptions): Finding {
  if (sample.problem !== null) return { isGood: false, lines: [printable(sample.problem.message)] };
  const path = printable(sample.path);
  const reading = readSample(sample.bytes, options);
  if (reading.lines === 0) {
    const meaning = recogniseUnread(sample.bytes.toString('latin1'));
    if (meaning !== null) return { isGood: false, lines: [`${path}: it is ${meaning}`] };
    const what = reading.passedOver === 0 ? 'holds no whole line yet' : 'no line of it tells of a request';
    return { isGood: true, lines: [`${path}: can be read, and ${what}`] };
  }
  const share = `${reading.lines - reading.misfits} of the ${sample.isBeginning === true ? 'first' : 'last'} ${reading.lines} lines fit`;
  const packing = sample.packing === undefined ? '' : ` (packed by ${sample.packing})`;
  const lines = [`${path}${packing}: format ${reading.format}, ${share}`, ...renderFormats(reading)];
  if (reading.rows.length > 0)
    lines.push(...renderTable(reading.rows), ...renderPassedOver(reading, options));
  lines.push(...renderMisfits(reading, sample));
  const isGood = isWellRead(reading.lines, reading.misfits);
  if (!isGood) lines.push(...renderOther(reading, sample, options));
  return { isGood, lines };
}

/** Of lines of which too many do not fit: what they are. */
function renderOther(reading: SampleReading, sample: LogSample, options: ReadingOptions): string[] {
  if (options.logFormat !== 'auto') {
    const { format, lines, misfits } = readSample(sample.bytes, { ...options, logFormat: 'auto' });
    if (lines > 0 && isWellRead(lines, misfits))
      return [`  with log-format auto they are ${format}: ${lines - misfits} of ${lines} lines fit`];
  }
  if (reading.misfits === reading.lines) return findNextSteps(reading, sample.bytes, options);
  return isMostlyRead(reading.lines, reading.misfits)
    ? ['  more than a tenth of the lines do not fit: the requests in them are not counted']
    : ['  most lines do not fit: is it another format?'];
}

/** Some lines are broken, or no HTTP, in any log: not a tenth of them, above which the default rule parse-failures fires. */
function isWellRead(lines: number, misfits: number): boolean {
  return misfits < MISFITS_MIN ? isMostlyRead(lines, misfits) : misfits <= MISFIT_SHARE_MAX * lines;
}

function isMostlyRead(lines: number, misfits: number): boolean {
  return misfits * 2 <= lines;
}

/** Only when there are several: a log that changed its format, or mixes two. */
function renderFormats({ formats }: SampleReading): string[] {
  if (formats.length < 2) return [];
  return [`  lines by format: ${formats.map(([name, lines]) => `${name} ${lines}`).join(', ')}`];
}

/** What lines may hold and was not looked for, with what would find it. */
function renderPassedOver(reading: SampleReading, { logFormat, jsonFields }: ReadingOptions): string[] {
  const { format, found } = reading;
  if (JSON_PRESETS.includes(format)) {
    const missing = JSON_FIELD_NAMES.filter((name) => jsonFields[name] !== undefined && !found.has(name));
    if (missing.length > 0)
      return missing.map(
        (name) =>
          `  no line has a value under ${formatJsonPath(jsonFields[name] ?? [])}, which json-fields names for ${name}`,
      );
    if (!found.has('client') && !found.has('latency'))
      return ['  no line has a client or a time taken under a known key: json-fields names theirs'];
  }
  if (logFormat !== 'auto' || !isLoosePreset(format)) return [];
  return [
    `  fields behind ${format.slice(0, -1)} were passed over: the server's own format as log-format names them, such as the time taken`,
  ];
}

function renderTable(rows: readonly Row[]): string[] {
  const isShown = HEAD.map(
    (title, column) =>
      !OPTIONAL_COLUMNS.has(title) || rows.some((row) => row[column] !== '' && row[column] !== '-'),
  );
  const shown = [HEAD, ...rows].map((row) => row.filter((_, column) => isShown[column]));
  const widths = HEAD.map((_, column) => Math.max(...shown.map((row) => row[column]?.length ?? 0)));
  return shown.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

function renderMisfits({ kinds, misfits }: SampleReading, sample: LogSample): string[] {
  const others = kinds.reduce((rest, { lines }) => rest - lines, misfits);
  return [
    ...kinds.flatMap((kind) => renderMisfit(kind, sample)),
    ...(others > 0
      ? [`  ${others} more ${others === 1 ? 'line does' : 'lines do'} not fit for other reasons`]
      : []),
  ];
}

/** The line, cut around the place that does not fit, with a caret under it; or its beginning, and what log it is of. */
function renderMisfit(explained: ExplainedMisfit, sample: LogSample): string[] {
  const { misfit, line, lineNumber, lines, nearest } = explained;
  const isTooLong = misfit.reason === 'line-too-long';
  const meaning = isTooLong
    ? `longer than line-bytes-max, ${formatNumber(misfit.column)} bytes`
    : explained.meaning;
  const before = printable(line.toString('utf8', 0, misfit.column));
  const text = before + printable(line.toString('utf8', misfit.column));
  const from = meaning === null ? Math.max(0, before.length - LINE_LENGTH_MAX + 30) : 0;
  const number = sample.lineNumberOf === undefined ? lineNumber : sample.lineNumberOf(lineNumber);
  const column = charactersBefore(line, misfit.column) + 1;
  const place = number === null ? '' : `, ${printable(sample.path)}:${number}:${column}`;
  const reason = misfit.field === undefined ? misfit.reason : `${misfit.reason}: ${misfit.field}`;
  const hint = nearest === null ? '' : `; the nearest format is ${nearest}`;
  const what =
    lines === 1
      ? 'a line that does not fit'
      : `the first of ${lines} lines that do not fit for the same reason`;
  const title = `  ${what}${place} (${reason}${number === null ? `, column ${column}` : ''}${hint})`;
  if (line.length === 0) return [title];
  return [
    `${title}:`,
    `  ${text.slice(from, from + LINE_LENGTH_MAX)}`,
    meaning === null ? `  ${' '.repeat(before.length - from)}^` : `  it is ${meaning}`,
  ];
}
