// A parser for logs whose format nobody named: it keeps to the format that fitted last and looks for another one
// as soon as a line does not fit, so a log that changes format, or mixes two, loses nothing.
import * as v from 'valibot';
import { CountSchema } from '../saved.ts';
import { PRESET_NAMES, createPresetParser, isLoosePreset } from './presets.ts';
import type { AccessRecord, LineParser, Misfit, ParseResult } from './record.ts';

/** Shown as the format while no line has told it. */
const UNDECIDED = 'auto';

/** A line that fits no exact format is more often a broken line than a new format: so many in a row are needed. */
const MISFITS_BEFORE_LOOSE = 20;
/** A loose format may have been chosen for a broken first line: so many lines are tried as exact ones again. */
const LOOSE_LINES_ON_TRIAL = 100;

/** What begins with a brace is meant to be JSON. */
const BRACE = 0x7b;

const NO_FORMAT_FITS: Misfit = { ok: false, reason: 'format-mismatch', column: 0 };

/** What `auto` remembers from line to line; JSON of it is what it saves. */
const DetectionSchema = v.object({
  chosen: v.nullable(v.string()),
  misfitsInARow: CountSchema,
  trialLinesLeft: CountSchema,
});
type Detection = v.InferOutput<typeof DetectionSchema>;

/**
 * Creates the parser that a `log-format` names: `auto`, or a preset. Each log needs one of its own. `saved` is what
 * the parser of this log had saved in an earlier process: `auto` goes on from there, a format that was named stands.
 */
export function createParser(logFormat: string, saved: string | null = null): LineParser {
  return logFormat === UNDECIDED ? new DetectingParser(saved) : createPresetParser(logFormat);
}

class DetectingParser implements LineParser {
  readonly #json = createPresetParser('json');
  readonly #exact = PRESET_NAMES.filter((name) => !isLoosePreset(name)).map((name) =>
    name === 'json' ? this.#json : createPresetParser(name),
  );
  readonly #loose = PRESET_NAMES.filter(isLoosePreset).map(createPresetParser);
  readonly #all = [...this.#exact, ...this.#loose];
  #current: LineParser | null = null;
  #misfitsInARow = 0;
  #trialLinesLeft = 0;

  /** What was saved under another `log-format`, or by a version that knows other formats, chooses none. */
  constructor(saved: string | null) {
    const detection = readDetection(saved);
    const parser = this.#all.find(({ name }) => name === (detection?.chosen ?? saved));
    if (parser !== undefined) this.#choose(parser);
    if (detection === null) return;
    this.#misfitsInARow = detection.misfitsInARow;
    this.#trialLinesLeft = parser === undefined ? 0 : detection.trialLinesLeft;
  }

  get saved(): string {
    return JSON.stringify({
      chosen: this.#current?.name ?? null,
      misfitsInARow: this.#misfitsInARow,
      trialLinesLeft: this.#trialLinesLeft,
    } satisfies Detection);
  }

  /** The format that fitted last. */
  get name(): string {
    return this.#current?.name ?? UNDECIDED;
  }

  parse(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
    if (this.#trialLinesLeft > 0) return this.#parseOnTrial(bytes, start, end, record);
    const result = this.#current?.parse(bytes, start, end, record);
    if (result?.ok === true) {
      this.#misfitsInARow = 0;
      return result;
    }
    return this.#search(bytes, start, end, record);
  }

  #parseOnTrial(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
    this.#trialLinesLeft--;
    return this.#search(bytes, start, end, record);
  }

  /** Tries the exact formats, then, while none has ever fitted or none has for long, the loose ones. */
  #search(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
    const isLooseAllowed =
      this.#current === null ||
      this.#loose.includes(this.#current) ||
      this.#misfitsInARow >= MISFITS_BEFORE_LOOSE;
    const candidates = isLooseAllowed ? this.#all : this.#exact;
    const explainer = this.#current ?? (bytes[start] === BRACE ? this.#json : null);
    let explanation = NO_FORMAT_FITS;
    for (const candidate of candidates) {
      const result = candidate.parse(bytes, start, end, record);
      if (result.ok) {
        this.#choose(candidate);
        return result;
      }
      if (result.reason === 'directive') return result;
      // The known format explains the failure; before there is one, the candidate that came farthest does.
      if (explainer === null ? result.column > explanation.column : candidate === explainer)
        explanation = result;
    }
    this.#misfitsInARow++;
    return explanation;
  }

  #choose(parser: LineParser): void {
    this.#misfitsInARow = 0;
    if (parser === this.#current) return;
    this.#current = parser;
    this.#trialLinesLeft = this.#loose.includes(parser) ? LOOSE_LINES_ON_TRIAL : 0;
  }
}

function readDetection(saved: string | null): Detection | null {
  if (saved?.startsWith('{') !== true) return null;
  try {
    const detection: unknown = JSON.parse(saved);
    return v.is(DetectionSchema, detection) ? detection : null;
  } catch {
    return null;
  }
}
