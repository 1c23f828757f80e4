// A parser for logs whose format nobody named: it keeps to the format that fitted last and looks for another one
// as soon as a line does not fit, so a log that changes format, or mixes two, loses nothing.
import * as v from 'valibot';
import { CountSchema } from '../saved.ts';
import { compileLogFormat } from './format.ts';
import { isMeantAsObject } from './json-object.ts';
import { JSON_PRESETS, PRESET_NAMES, TRIED_PRESETS, createPresetParser, isLoosePreset } from './presets.ts';
import type { PresetOptions } from './presets.ts';
import { DIRECTIVE, PARSED } from './record.ts';
import type { AccessRecord, Fit, LineParser, Misfit, ParseResult, RowReader } from './record.ts';
import { withRescue } from './rescue.ts';
import { isW3cDirective } from './w3c.ts';

/** Shown as the format while no line has told it. */
export const UNDECIDED = 'auto';

/** A line that fits no exact format is more often a broken line than a new format: so many in a row are needed. */
const MISFITS_BEFORE_LOOSE = 20;
/** A loose format may have been chosen for a broken first line: so many lines are tried as exact ones again. */
const LOOSE_LINES_ON_TRIAL = 100;
/** How sure the choice is, is told of about so many lines: what is longer ago counts half. */
const FIT_LINES_MAX = 10_000;

const HASH = 0x23;
const DIRECTIVE_BYTES_MAX = 20;

const NO_FORMAT_FITS: Misfit = { ok: false, reason: 'format-mismatch', column: 0 };

/** Every name that `log-format` takes; besides them it takes the formats of nginx and Apache themselves. */
export const FORMAT_NAMES: readonly string[] = [UNDECIDED, ...PRESET_NAMES];

/** Those whose lines may be JSON. */
export const JSON_FORMAT_NAMES: readonly string[] = [UNDECIDED, ...JSON_PRESETS];

const EXACT = TRIED_PRESETS.filter((name) => !isLoosePreset(name));
/** It reads the lines of all that write JSON. */
const JSON_NAME = 'json';

/** What there is to know about a log besides its format. */
export type ParserOptions = Omit<PresetOptions, 'saved'>;

/** What `auto` remembers from line to line; JSON of it is what it saves. */
const DetectionSchema = v.object({
  chosen: v.nullable(v.string()),
  misfitsInARow: CountSchema,
  trialLinesLeft: CountSchema,
  looked: v.optional(CountSchema, 0),
  /** Of these, how many each format has taken. */
  fits: v.optional(v.record(v.string(), CountSchema), {}),
  /** What the formats have saved that remember something themselves. */
  states: v.optional(v.record(v.string(), v.string()), {}),
});
type Detection = v.InferOutput<typeof DetectionSchema>;

/**
 * Creates the parser that a `log-format` names: `auto`, a preset, or a format of nginx or Apache as it stands in their
 * configuration. Each log needs one of its own. `saved` is what the parser of this log had saved in an earlier process:
 * `auto` goes on from there, a format that was named stands. Throws for what `readLogFormat` refuses.
 */
export function createParser(
  logFormat: string,
  saved: string | null = null,
  options: ParserOptions = {},
): LineParser {
  if (logFormat === UNDECIDED) return new DetectingParser(saved, options);
  if (PRESET_NAMES.includes(logFormat))
    return withRescue(createPresetParser(logFormat, { ...options, saved }));
  const compiled = isFormatText(logFormat) ? compileLogFormat(logFormat, options.zone) : null;
  if (compiled?.ok === true) return withRescue(compiled.parser);
  throw new Error(
    compiled === null ? `unknown log format "${logFormat}"` : `the log format ${compiled.message}`,
  );
}

/** What is wrong with a `log-format`; null when nothing is. `column` is counted from 0, null for the whole. */
export function findFormatProblem(
  logFormat: string,
): { readonly message: string; readonly column: number | null } | null {
  if (logFormat === UNDECIDED || PRESET_NAMES.includes(logFormat)) return null;
  if (!isFormatText(logFormat)) return { message: 'is no name of a format', column: null };
  const compiled = compileLogFormat(logFormat);
  return compiled.ok ? null : compiled;
}

/** Whether it is a format itself: no name of one has such characters. */
export function isFormatText(logFormat: string): boolean {
  return /[$%\s]/.test(logFormat);
}

/**
 * Of what a parser has saved, all that decides how it reads the next line. How sure `auto` is of its choice is not part of
 * that.
 */
export function withoutFit(saved: string): string {
  const detection = readDetection(saved);
  if (detection === null) return saved;
  const { chosen, misfitsInARow, trialLinesLeft, states } = detection;
  return JSON.stringify({ chosen, misfitsInARow, trialLinesLeft, states });
}

class DetectingParser implements LineParser {
  /** By name, those that were needed so far: most logs are of the first formats, and to compile all takes 10 ms of a start. */
  readonly #parsers = new Map<string, LineParser>();
  /** What formats have saved that were not needed since. */
  readonly #states: ReadonlyMap<string, string>;
  readonly #create: (name: string) => LineParser;
  #current: LineParser | null = null;
  #misfitsInARow = 0;
  #trialLinesLeft = 0;
  #looked = 0;
  /** Lines that the current format has taken; those of the others are in `#fits`. */
  #fitted = 0;
  readonly #fits = new Map<string, number>();

  /** What was saved under another `log-format`, or by a version that knows other formats, chooses none. */
  constructor(saved: string | null, options: ParserOptions) {
    const detection = readDetection(saved);
    this.#states = new Map(Object.entries(detection?.states ?? {}));
    this.#create = (name) =>
      createPresetParser(name, {
        ...options,
        saved: this.#states.get(name) ?? (detection === null ? saved : null),
      });
    // A format that was named before saved its name, and what it remembers behind that.
    const chosen = detection === null ? saved?.split(' ', 1)[0] : detection.chosen;
    const name = TRIED_PRESETS.find((each) => each === chosen);
    const parser = name === undefined ? undefined : this.#parserOf(name);
    if (parser !== undefined) this.#choose(parser);
    if (detection !== null) this.#goOn(detection);
  }

  /** The format that fitted last. */
  get name(): string {
    return this.#current?.name ?? UNDECIDED;
  }

  get fit(): Fit {
    return { looked: this.#looked, fitted: this.#fitted };
  }

  get saved(): string {
    return JSON.stringify({
      chosen: this.#current?.name ?? null,
      misfitsInARow: this.#misfitsInARow,
      trialLinesLeft: this.#trialLinesLeft,
      looked: this.#looked,
      fits: Object.fromEntries(this.#current === null ? [] : this.#fits.set(this.name, this.#fitted)),
      states: Object.fromEntries(
        TRIED_PRESETS.map((name) => [name, this.#savedOf(name)] as const).filter(
          ([name, saved]) => name !== saved,
        ),
      ),
    } satisfies Detection);
  }

  parse(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
    if (bytes[start] === HASH && this.#readDirective(bytes, start, end, record)) return DIRECTIVE;
    if (++this.#looked >= FIT_LINES_MAX) this.#forgetHalf();
    const result = this.#trialLinesLeft > 0 ? undefined : this.#current?.parse(bytes, start, end, record);
    if (result?.ok !== true)
      return result?.reason === 'directive' ? this.#passOver() : this.#search(bytes, start, end, record);
    this.#misfitsInARow = 0;
    this.#fitted++;
    return result;
  }

  get rowReader(): RowReader | undefined {
    return this.#trialLinesLeft > 0 ? undefined : this.#current?.rowReader;
  }

  tookRows(count: number): void {
    this.#misfitsInARow = 0;
    for (let left = count; left > 0;) {
      const lines = Math.min(left, FIT_LINES_MAX - this.#looked);
      this.#looked += lines;
      this.#fitted += lines - 1;
      if (this.#looked >= FIT_LINES_MAX) this.#forgetHalf();
      this.#fitted++;
      left -= lines;
    }
  }

  #goOn({ misfitsInARow, trialLinesLeft, looked, fits }: Detection): void {
    this.#misfitsInARow = misfitsInARow;
    this.#trialLinesLeft = this.#current === null ? 0 : trialLinesLeft;
    this.#looked = looked;
    for (const [name, lines] of Object.entries(fits)) this.#fits.set(name, lines);
    this.#fitted = this.#fits.get(this.name) ?? 0;
  }

  #forgetHalf(): void {
    this.#looked = Math.floor(this.#looked / 2);
    this.#fitted = Math.floor(this.#fitted / 2);
    for (const [name, lines] of this.#fits) this.#fits.set(name, Math.floor(lines / 2));
  }

  /** Every format that knows directives hears of it: which of them the log has is told by its next line. */
  #readDirective(bytes: Buffer, start: number, end: number, record: AccessRecord): boolean {
    const head = bytes.toString('latin1', start, Math.min(end, start + DIRECTIVE_BYTES_MAX));
    if (!isW3cDirective(head)) return false;
    for (const name of EXACT) this.#parserOf(name).parse(bytes, start, end, record);
    return true;
  }

  #parserOf(name: string): LineParser {
    const known = this.#parsers.get(name);
    if (known !== undefined) return known;
    const parser = this.#create(name);
    this.#parsers.set(name, parser);
    return parser;
  }

  #savedOf(name: string): string {
    return this.#parsers.get(name)?.saved ?? this.#states.get(name) ?? name;
  }

  /** Tries the exact formats, then, while none has ever fitted or none has for long, the loose ones. */
  #search(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
    if (this.#trialLinesLeft > 0) this.#trialLinesLeft--;
    const isLooseAllowed =
      this.#current === null ||
      isLoosePreset(this.#current.name) ||
      this.#misfitsInARow >= MISFITS_BEFORE_LOOSE;
    const candidates = isLooseAllowed ? TRIED_PRESETS : EXACT;
    const explainer = this.#current?.name ?? (isMeantAsObject(bytes, start, end) ? JSON_NAME : undefined);
    let explanation = NO_FORMAT_FITS;
    for (const name of candidates) {
      const candidate = this.#parserOf(name);
      const result = candidate.parse(bytes, start, end, record);
      if (result.ok) {
        this.#choose(candidate);
        this.#fitted++;
        return result;
      }
      if (result.reason === 'directive') {
        if (name === JSON_NAME) return this.#passOver();
        continue;
      }
      // The known format explains the failure; before there is one, the candidate that came farthest does.
      if (explainer === undefined ? result.column > explanation.column : name === explainer)
        explanation = result;
    }
    for (const name of this.#current === null ? EXACT : [this.#current.name]) {
      const candidate = this.#parserOf(name);
      if (candidate.rescue?.(bytes, start, end, record) !== true) continue;
      this.#choose(candidate);
      this.#fitted++;
      return PARSED;
    }
    this.#misfitsInARow++;
    return explanation;
  }

  /** Whatever is about the log tells nothing of its lines. */
  #passOver(): ParseResult {
    this.#looked--;
    return DIRECTIVE;
  }

  #choose(parser: LineParser): void {
    this.#misfitsInARow = 0;
    if (parser === this.#current) return;
    if (this.#current !== null) this.#fits.set(this.#current.name, this.#fitted);
    this.#fitted = this.#fits.get(parser.name) ?? 0;
    this.#current = parser;
    this.#trialLinesLeft = isLoosePreset(parser.name) ? LOOSE_LINES_ON_TRIAL : 0;
  }
}

function readDetection(saved: string | null): Detection | null {
  if (saved?.startsWith('{') !== true) return null;
  try {
    const parsed = v.safeParse(DetectionSchema, JSON.parse(saved));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
