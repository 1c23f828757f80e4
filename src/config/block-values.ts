// The kinds of values that keys of blocks hold, each with the sentence that says what it must be. Pure.
import { readDuration, type Reading } from './duration.ts';
import { within } from './fields.ts';
import { nearest } from './nearest.ts';
import { quotesHint } from './problem.ts';

const NAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/;
const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;

/** Of a rule or a channel. */
export function readName(raw: unknown): Reading<string> {
  if (typeof raw === 'string' && NAME.test(raw)) return { ok: true, value: raw };
  return refused('must be a name of up to 64 of a-z, 0-9, "_", "." and "-", such as login-errors');
}

/** Takes `true` and `false`, and the words that a person would rather write. */
export function readSwitch(raw: unknown): Reading<boolean> {
  if (raw === true || raw === 'on' || raw === 'true') return { ok: true, value: true };
  if (raw === false || raw === 'off' || raw === 'false') return { ok: true, value: false };
  return refused('must be true or false, on or off');
}

export function choice<const T extends string>(options: readonly T[]): (raw: unknown) => Reading<T> {
  return (raw) => {
    const found = options.find((option) => option === raw);
    if (found !== undefined) return { ok: true, value: found };
    const near = typeof raw === 'string' && options.length > 4 ? nearest(raw, options) : null;
    const all = `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`;
    return refused(near === null ? `must be ${all}` : `must be ${all} (did you mean ${near}?)`);
  };
}

export function wholeFrom(min: number, max: number): (raw: unknown) => Reading<number> {
  return (raw) => {
    const isWithin = typeof raw === 'number' && Number.isInteger(raw) && raw >= min && raw <= max;
    if (isWithin) return { ok: true, value: raw };
    return refused(`must be a whole number from ${min} to ${max}${quotesHint(raw)}`);
  };
}

/** Whole seconds, both ends included. */
export function durationFrom(min: string, max: string): (raw: unknown) => Reading<number> {
  return within(readDuration, min, max);
}

/** Null for `off`. */
export function offOr<T>(read: (raw: unknown) => Reading<T>): (raw: unknown) => Reading<T | null> {
  return (raw) => {
    if (raw === 'off' || raw === false) return { ok: true, value: null };
    const reading = read(raw);
    return reading.ok ? reading : refused(`${reading.message}, or off`);
  };
}

/** Above 0 and below 100, with or without a `%` behind. */
export function readObjective(raw: unknown): Reading<number | null> {
  if (raw === 'off' || raw === false) return { ok: true, value: null };
  const text = typeof raw === 'string' ? /^(\d{1,3}(?:\.\d{1,9})?) ?%?$/.exec(raw.trim())?.[1] : undefined;
  const value = text === undefined ? raw : Number(text);
  if (typeof value === 'number' && value > 0 && value < 100) return { ok: true, value };
  return refused('must be a percentage above 0 and below 100 such as 99.9, or off');
}

/** One line, as text that no terminal and no header of a message is steered by. */
export function readLine(raw: unknown): Reading<string> {
  const isLine = typeof raw === 'string' && raw.trim() !== '' && raw.length <= 1024 && !/\p{Cc}/u.test(raw);
  return isLine ? { ok: true, value: raw } : refused('must be one line of text, of up to 1024 characters');
}

/** With or without a name in front: `ops@example.org`, `Ops <ops@example.org>`. */
export function readMailAddress(raw: unknown): Reading<string> {
  const message = 'must be an address such as ops@example.org or Ops <ops@example.org>';
  const line = readLine(raw);
  if (!line.ok) return refused(message);
  const bare = /^[^<>@"]*<([^<>]*)>$/.exec(line.value)?.[1] ?? line.value;
  return ADDRESS.test(bare) ? line : refused(message);
}

function refused(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}
