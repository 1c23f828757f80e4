// Takes raw option values one by one and gathers every problem instead of stopping at the first. Pure.

/** As the command line gives them: text, a list for what may be repeated, `true` where the value is missing. */
export type RawOptions = Readonly<Record<string, unknown>>;

export interface ValueRule<T> {
  readonly parse: (text: string) => T | null;
  /** What is expected, as it follows `must be` in a message. */
  readonly expected: string;
}

export interface NumberRange {
  readonly parse: (text: string) => number | null;
  readonly expected: string;
  readonly min: number;
  readonly max: number;
}

export class OptionValues {
  readonly problems: string[] = [];
  readonly #raw: RawOptions;

  constructor(raw: RawOptions) {
    this.#raw = raw;
  }

  isGiven(name: string): boolean {
    return this.#raw[name] !== undefined && this.#raw[name] !== false;
  }

  flag(name: string): boolean {
    return this.#raw[name] === true;
  }

  text(name: string): string | null {
    const value = this.#raw[name];
    if (value === undefined) return null;
    if (typeof value === 'string' && value !== '') return value;
    this.problem(name, 'needs a value');
    return null;
  }

  list(name: string): readonly string[] {
    const value = this.#raw[name];
    if (value === undefined) return [];
    if (Array.isArray(value)) return value.map(String);
    this.problem(name, 'needs a value');
    return [];
  }

  value<T>(name: string, rule: ValueRule<T>, fallback: T): T {
    const text = this.text(name);
    return text === null ? fallback : (this.#parse(name, text, rule) ?? fallback);
  }

  number(name: string, range: NumberRange, fallback: number): number {
    const parse = (text: string): number | null => {
      const value = range.parse(text);
      return value !== null && value >= range.min && value <= range.max ? value : null;
    };
    return this.value(name, { parse, expected: range.expected }, fallback);
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const parse = (text: string): T | null => choices.find((choice) => choice === text) ?? null;
    return this.value(name, { parse, expected: `one of ${choices.join(', ')}` }, fallback);
  }

  each<T>(name: string, rule: ValueRule<T>): T[] {
    return this.list(name).flatMap((text) => this.#parse(name, text, rule) ?? []);
  }

  problem(name: string, message: string): void {
    this.problems.push(`--${name}: ${message}`);
  }

  #parse<T>(name: string, text: string, rule: ValueRule<T>): T | null {
    const value = rule.parse(text);
    if (value === null) this.problem(name, `must be ${rule.expected}, not ${JSON.stringify(text)}`);
    return value;
  }
}
