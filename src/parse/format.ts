// Compiles a log format into a list of steps, and runs the steps over a line: one pass over the bytes, no string made.
// A relative of the Common Log Format has a quicker way for ordinary lines.
import { readApacheFormat } from './apache-format.ts';
import { findFieldEnd, findSpace, startsWith } from './field-end.ts';
import { FieldTaker } from './field-taker.ts';
import { placed } from './format-token.ts';
import type { FormatProblem } from './format-token.ts';
import { readNginxFormat, readPresetFormat } from './nginx-format.ts';
import { readPasted } from './pasted-format.ts';
import { createQuickReader } from './quick-line.ts';
import type { QuickReader } from './quick-line.ts';
import { skipPrefix, skipTime } from './prefix.ts';
import { PARSED, resetRecord } from './record.ts';
import type { AccessRecord, LineParser, Misfit, ParseFailure, ParseResult, RowReader } from './record.ts';
import { createUnescaped } from './rescue.ts';
import type { Rescue } from './rescue.ts';
import { createSteps, findMissing } from './steps.ts';
import type { Beginning, Step, Steps } from './steps.ts';
import { createClfTimestampReader } from './timestamp.ts';
import type { TimestampReader } from './timestamp.ts';
import { UTC } from './zone.ts';
import type { Zone } from './zone.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const BAR = 0x7c;

export interface FormatOptions {
  /** Name shown to people. */
  readonly name: string;
  /** In the names of presets, such as `$remote_addr $ident $remote_user [$time_local] "$request" $status`. */
  readonly format: string;
  /** Accept further fields behind the last one: a server's format with additions of its own. */
  readonly allowsExtraFields?: boolean;
  /** How lines are read that do not fit. */
  readonly rescue?: typeof createUnescaped;
  /** Of times that name no offset; UTC when it is left out. */
  readonly zone?: Zone;
}

/** Compiles a preset. Throws when two variables stand side by side, as no byte would tell them apart. */
export function compileFormat(options: FormatOptions): LineParser {
  const { name, allowsExtraFields = false, zone = UTC } = options;
  const { steps, rescue } = stepsOfPreset(options);
  return new FormatParser(steps, { name, allowsExtraFields, zone, hasQuickWay: true, rescue });
}

interface PresetSteps {
  readonly steps: Steps;
  readonly rescue: Rescue | null;
}

/** Every log has parsers of all presets, a thousand logs too: what does not change they share. */
const PRESET_STEPS = new Map<string, PresetSteps>();

function stepsOfPreset({ name, format, rescue: createRescue }: FormatOptions): PresetSteps {
  const key = `${name} ${format}`;
  const known = PRESET_STEPS.get(key);
  if (known !== undefined) return known;
  const tokens = readPresetFormat(placed(format));
  const steps = createSteps(tokens, true);
  if (!steps.ok) throw new Error(`the format ${name} ${steps.message}`);
  const preset = { steps, rescue: createRescue?.(tokens) ?? null };
  PRESET_STEPS.set(key, preset);
  return preset;
}

/** The name of a format that the user has written, for people and metrics. */
const CUSTOM = 'custom';

export type Compilation = { readonly ok: true; readonly parser: LineParser } | FormatProblem;

/**
 * Compiles nginx's `log_format` or Apache's `LogFormat` as its user has pasted it. Refuses one that can't be told apart
 * into fields, or that lacks a time, a request or a status.
 */
export function compileLogFormat(text: string, zone: Zone = UTC): Compilation {
  const pasted = readPasted(text);
  if (!pasted.ok) return pasted;
  const tokens =
    pasted.server === 'nginx'
      ? { ok: true as const, tokens: readNginxFormat(pasted.format, pasted.escaping === 'default') }
      : readApacheFormat(pasted.format);
  if (!tokens.ok) return tokens;
  const isEscaped = pasted.escaping !== 'none';
  const compiled = createSteps(tokens.tokens, isEscaped);
  if (!compiled.ok) return compiled;
  const missing = findMissing(compiled.steps);
  if (missing !== null) return { ok: false, message: missing, column: null };
  // nginx writes no quote as it is, others with formats like Apache's do.
  const rescue = pasted.server === 'nginx' ? null : createUnescaped(tokens.tokens);
  const options = { name: CUSTOM, allowsExtraFields: false, zone, hasQuickWay: isEscaped, rescue };
  return { ok: true, parser: new FormatParser(compiled, options) };
}

interface ParserOptions {
  readonly name: string;
  readonly allowsExtraFields: boolean;
  readonly zone: Zone;
  readonly hasQuickWay: boolean;
  readonly rescue: Rescue | null;
}

class FormatParser implements LineParser {
  readonly name: string;
  readonly saved: string;
  readonly #prefix: Buffer;
  readonly #hasBar: boolean;
  readonly #steps: readonly Step[];
  readonly #allowsExtraFields: boolean;
  readonly #taker: FieldTaker;
  readonly #quickWay: QuickWay | null;
  readonly #rescue: Rescue | null;
  /** Where the line at hand went wrong. */
  #failedAt = 0;

  constructor({ prefix, steps, beginnings }: Steps, options: ParserOptions) {
    const timestamps = createClfTimestampReader();
    this.name = this.saved = options.name;
    this.#prefix = prefix;
    this.#steps = steps;
    this.#hasBar = prefix.includes(BAR) || steps.some(({ delimiter }) => delimiter.includes(BAR));
    this.#allowsExtraFields = options.allowsExtraFields;
    this.#taker = new FieldTaker(timestamps, options.zone);
    this.#rescue = options.rescue;
    this.#quickWay = options.hasQuickWay ? findQuickWay(beginnings, timestamps) : null;
  }

  get rowReader(): RowReader | undefined {
    const way = this.#quickWay;
    const isWhole = way !== null && way.stepCount === this.#steps.length && way.rest.length === 0;
    return isWhole ? way.reader : undefined;
  }

  parse(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
    const isRead = this.#quickWay !== null && this.#parseQuickly(this.#quickWay, bytes, start, end, record);
    return isRead ? PARSED : this.#parseInSteps(bytes, start, end, record);
  }

  /** False when the line is not ordinary: what is wrong with it, if anything, the steps find out from its start. */
  #parseQuickly(way: QuickWay, bytes: Buffer, start: number, end: number, record: AccessRecord): boolean {
    const position = way.reader.read(bytes, start, end, record);
    if (position < 0) return false;
    if (way.stepCount === this.#steps.length && way.rest.length === 0)
      return position === end || (this.#allowsExtraFields && areExtraFields(bytes, position, end));
    if (!startsWith(bytes, position, end, way.rest)) return false;
    this.#taker.begin();
    return this.#takeSteps(way.stepCount, position + way.rest.length, end, record) === null;
  }

  #parseInSteps(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
    const from = skipPrefix(bytes, start, end, this.#hasBar);
    const reason = this.#takeLine(this.#steps, bytes, from, end, record);
    if (reason === null) return PARSED;
    const failedAt = this.#failedAt;
    const behindTime = skipTime(bytes, from, end);
    const isRead = behindTime > from && this.#takeLine(this.#steps, bytes, behindTime, end, record) === null;
    return isRead ? PARSED : misfit(reason, failedAt - start);
  }

  rescue(bytes: Buffer, start: number, end: number, record: AccessRecord): boolean {
    if (this.#rescue === null) return false;
    const { steps, isCredible } = this.#rescue;
    const from = skipTime(bytes, skipPrefix(bytes, start, end, this.#hasBar), end);
    return this.#takeLine(steps, bytes, from, end, record) === null && isCredible(record, from, end);
  }

  /** Takes all steps of a line that is not read yet, from behind what was put before it; returns as `#takeSteps` does. */
  #takeLine(
    steps: readonly Step[],
    bytes: Buffer,
    start: number,
    end: number,
    record: AccessRecord,
  ): ParseFailure | null {
    record.bytes = bytes;
    resetRecord(record);
    this.#failedAt = start;
    if (!startsWith(bytes, start, end, this.#prefix)) return 'format-mismatch';
    this.#taker.begin();
    return this.#takeSteps(0, start + this.#prefix.length, end, record, steps);
  }

  /** Takes the steps from `first` on; returns why the line does not fit, with the place in `#failedAt`, or null. */
  #takeSteps(
    first: number,
    start: number,
    end: number,
    record: AccessRecord,
    steps = this.#steps,
  ): ParseFailure | null {
    const { bytes } = record;
    const taker = this.#taker;
    const allowsExtraFields = this.#allowsExtraFields && steps === this.#steps;
    let position = start;
    for (let index = first; index < steps.length; index++) {
      const step = steps[index];
      if (step === undefined) break;
      this.#failedAt = position;
      // With extra fields allowed the last field ends at a space, not at the line's end.
      const fieldEnd =
        allowsExtraFields && step.delimiter.length === 0 && step.ending === 'plain'
          ? findSpace(bytes, position, end)
          : findFieldEnd(bytes, position, end, step);
      if (fieldEnd < 0) return 'format-mismatch';
      const reason = taker.take(step, position, fieldEnd, record);
      if (reason !== null) return reason;
      position = fieldEnd + step.delimiter.length;
    }
    this.#failedAt = position;
    if (position !== end && !(allowsExtraFields && areExtraFields(bytes, position, end)))
      return 'format-mismatch';
    this.#failedAt = taker.timeStart;
    return taker.finish(record) ? null : 'bad-timestamp';
  }
}

/** The quickest way through the beginning of a line, up to where only steps go on. */
interface QuickWay {
  readonly reader: QuickReader;
  readonly stepCount: number;
  readonly rest: Buffer;
}

function findQuickWay(beginnings: readonly Beginning[], timestamps: TimestampReader): QuickWay | null {
  for (const { format, stepCount, rest } of beginnings) {
    const reader = createQuickReader(format, timestamps);
    if (reader !== null) return { reader, stepCount, rest };
  }
  return null;
}

function misfit(reason: ParseFailure, column: number): Misfit {
  return { ok: false, reason, column };
}

/** A space, then whole fields: an open quote is the sign of a line that was cut off. */
function areExtraFields(bytes: Buffer, start: number, end: number): boolean {
  let isInQuotes = false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte === BACKSLASH) i++;
    else if (byte === QUOTE) isInQuotes = !isInQuotes;
  }
  return bytes[start] === SPACE && !isInQuotes;
}
