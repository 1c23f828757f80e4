// What to do about a log of which no line fits: what is to be written into the configuration, as far as its lines tell.
import { JSON_PRESETS } from '../parse/presets.ts';
import { isMeantAsObject } from '../parse/json-object.ts';
import type { JsonFields } from '../parse/json-fields.ts';
import { formatJsonPath } from '../parse/json-keys.ts';
import type { JsonPath } from '../parse/json-keys.ts';
import { guessJsonFields } from './json-guess.ts';
import { printable } from './printable.ts';
import { readSample } from './sample-reading.ts';
import type { ReadingOptions, SampleReading } from './sample-reading.ts';

/** One line of text each. `bytes`: the sample that `reading` is of. */
export function findNextSteps(
  { kinds: [first], lines }: SampleReading,
  bytes: Buffer,
  options: ReadingOptions,
): string[] {
  // What it is was said with the line.
  if (first === undefined || first.meaning !== null || first.misfit.reason === 'line-too-long') return [];
  if (isMeantAsObject(first.line, 0, first.line.length))
    return first.misfit.reason === 'missing-field'
      ? stepsOfJson(first.line.toString(), lines, bytes, options)
      : [];
  // One that comes far into the line is meant, and something in the line is wrong.
  if (options.logFormat !== 'auto' || first.misfit.column * 2 > first.line.length) return [];
  return [
    "  log-format takes the server's own format as it stands in its configuration: all that follows log_format in nginx, LogFormat in Apache",
  ];
}

/** Of JSON with keys of its own, which may be what; tried on the whole sample. */
function stepsOfJson(line: string, lines: number, bytes: Buffer, options: ReadingOptions): string[] {
  const isOwn = Object.keys(options.jsonFields).length > 0;
  const isOfJson = options.logFormat === 'auto' || JSON_PRESETS.includes(options.logFormat);
  const guess = isOwn || !isOfJson ? null : guessJsonFields(line);
  if (guess === null) return ['  json-fields names the keys of the values that are missing'];
  if (guess.target === undefined && guess.request === undefined)
    return [
      '  no key looks like one of the path of a request: json-fields names it, if this is an access log',
    ];
  const { misfits } = readSample(bytes, { ...options, jsonFields: guess });
  const outcome =
    misfits === lines
      ? 'but it would not do for a single line'
      : `and it would do for ${lines - misfits} of ${lines} lines`;
  return [
    `  json-fields says which keys hold what; by their names and values this may be meant, ${outcome}:`,
    ...renderFields(guess),
  ];
}

/** As a block of the configuration. */
function renderFields(fields: JsonFields): string[] {
  const { 'latency-unit': unit, ...paths } = fields;
  const lines = Object.entries(paths).map(([name, path]) => `      ${name}: ${renderPath(path)}`);
  if (unit !== undefined) lines.push(`      latency-unit: ${unit}`);
  else if (fields.latency !== undefined)
    lines.push('      latency-unit: s # or ms, us, ns: its name does not say');
  return ['    json-fields:', ...lines];
}

function renderPath(path: JsonPath): string {
  const text = formatJsonPath(path);
  return /^[A-Za-z][\w.-]*$/.test(text) ? text : printable(JSON.stringify(text));
}
