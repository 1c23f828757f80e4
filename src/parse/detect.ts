// A parser for logs whose format nobody named: it keeps to the format that fitted last and looks for another one
// as soon as a line does not fit, so a log that changes format, or mixes two, loses nothing.
import { PRESET_NAMES, createPresetParser, isLoosePreset } from './presets.ts';
import type { AccessRecord, LineParser, ParseResult } from './record.ts';

/** Shown as the format while no line has told it. */
export const UNDECIDED = 'auto';

/** A line that fits no exact format is more often a broken line than a new format: so many in a row are needed. */
const MISFITS_BEFORE_LOOSE = 20;
/** A loose format may have been chosen for a broken first line: so many lines are tried as exact ones again. */
const LOOSE_LINES_ON_TRIAL = 100;

/** Creates the parser that a `log-format` names: `auto`, or a preset. Each log needs one of its own. */
export function createParser(logFormat: string): LineParser {
  return logFormat === UNDECIDED ? new DetectingParser() : createPresetParser(logFormat);
}

class DetectingParser implements LineParser {
  readonly #exact = PRESET_NAMES.filter((name) => !isLoosePreset(name)).map(createPresetParser);
  readonly #loose = PRESET_NAMES.filter(isLoosePreset).map(createPresetParser);
  #current: LineParser | null = null;
  #misfitsInARow = 0;
  #trialLinesLeft = 0;

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
    const candidates = isLooseAllowed ? [...this.#exact, ...this.#loose] : this.#exact;
    let farthest: ParseResult & { ok: false } = { ok: false, reason: 'format-mismatch', column: 0 };
    for (const candidate of candidates) {
      const result = candidate.parse(bytes, start, end, record);
      if (result.ok) {
        this.#choose(candidate);
        return result;
      }
      // The known format explains the failure; before there is one, the candidate that came farthest does.
      if (this.#current === null ? result.column > farthest.column : candidate === this.#current)
        farthest = result;
    }
    this.#misfitsInARow++;
    return farthest;
  }

  #choose(parser: LineParser): void {
    this.#misfitsInARow = 0;
    if (parser === this.#current) return;
    this.#current = parser;
    this.#trialLinesLeft = this.#loose.includes(parser) ? LOOSE_LINES_ON_TRIAL : 0;
  }
}
