// Reads what is deeper than a key and its value: blocks of keys, lists, and lists of blocks, from a typed description
// of each key to its values, with every problem at its place. Pure; alerts.ts, channels.ts and maintenance.ts describe.
import type { Reading } from './duration.ts';
import { suggestion } from './nearest.ts';
import { shown, type ConfigProblem } from './problem.ts';
import type { YamlEntry, YamlValue } from './yaml-document.ts';

/** An alias is a few bytes that may stand for a whole list: without a bound, a small file could cost hours. */
const ITEMS_MAX = 100;
const KEYS_MAX = 100;

/** What a value is called in messages, and where they go. */
export interface Place {
  /** `alerts[2].where`. */
  readonly key: string;
  /** The value may be a secret: no message shows it. */
  readonly isHidden: boolean;
  readonly report: (problem: Omit<ConfigProblem, 'file'>) => void;
}

/** Gives the value; or undefined, having reported why it is refused. */
export type Reader<T> = (value: YamlValue, place: Place) => T | undefined;

/** Reads each key that a block may have. */
export type Fields<T> = { readonly [K in keyof T]: Reader<T[K]> };

/** The keys of one block that were read. */
export interface Block<T> {
  /** A key that was not given, or was refused, is missing. */
  readonly values: Partial<T>;
  /** Given, though its value may have been refused. */
  readonly isGiven: (key: keyof T) => boolean;
  /** There is a key with a remedy: what it should have been is not missing as well. */
  readonly hasRemedied: boolean;
  /** Reports a problem of several keys at the first of them that was given, else at the block itself. */
  readonly refuse: (keys: readonly (keyof T & string)[], message: string) => undefined;
}

export function refuse(value: YamlValue, place: Place, message: string): undefined {
  const { line, column } = value;
  const got = place.isHidden ? '' : `, got ${shown(plainOf(value))}`;
  place.report({ line, column, key: place.key, message: `${message}${got}` });
}

/** Text, a number or a boolean; `read` is given a list or a mapping as such, to refuse it in its own words. */
export function scalar<T>(read: (raw: unknown) => Reading<T>): Reader<T> {
  return (value, place) => {
    const reading = read(plainOf(value));
    return reading.ok ? reading.value : refuse(value, place, reading.message);
  };
}

export function hidden<T>(reader: Reader<T>): Reader<T> {
  return (value, place) => reader(value, { ...place, isHidden: true });
}

/** One value, or a list of one to 100, without a value that is there twice. */
export function oneOrMore<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, place) => {
    const items = value.kind === 'list' ? value.items : [value];
    if (items.length === 0) return refuse(value, place, 'must have at least one value');
    if (items.length > ITEMS_MAX) return refuse(value, place, `must have at most ${ITEMS_MAX} values`);
    const seen = new Set<unknown>();
    const read = items.map((item) => {
      const one = reader(item, place);
      const text = JSON.stringify(one);
      if (one !== undefined && seen.has(text)) return refuse(item, place, 'must not be there twice');
      seen.add(text);
      return one;
    });
    return complete(read);
  };
}

/**
 * A mapping with any of the keys of `fields`. It is read to its end whatever is wrong in it. `remedies`: keys that
 * people try, and what to do instead.
 */
export function blockOf<T>(
  fields: Fields<T>,
  remedies: Readonly<Record<string, string>> = {},
): Reader<Block<T>> {
  return (value, place) => {
    if (value.kind !== 'mapping' || value.entries.length === 0)
      return refuse(value, place, `must be a block of keys such as ${Object.keys(fields)[0]}`);
    if (value.entries.length > KEYS_MAX) return refuse(value, place, `must have at most ${KEYS_MAX} keys`);
    const values: Partial<T> = {};
    const rules = { known: Object.keys(fields), remedies };
    for (const entry of readableEntries(value.entries, place, rules)) {
      const { key } = entry;
      if (isKeyOf(fields, key)) readInto(values, key, fields[key](entry.value, below(place, key)));
    }
    // The first of each key counts; one without a value is complained about, but not missing.
    const given = new Map<unknown, YamlValue>(
      value.entries.toReversed().map((entry) => [entry.key, entry.value]),
    );
    return {
      values,
      hasRemedied: value.entries.some(({ key }) => Object.hasOwn(remedies, key)),
      isGiven: (key) => given.has(key),
      refuse: (keys, message) => {
        const key = keys.find((candidate) => given.has(candidate));
        const { line, column } = given.get(key) ?? value;
        place.report({ line, column, key: key === undefined ? place.key : below(place, key).key, message });
      },
    };
  };
}

/** A mapping whose keys are names of the user's own. `findProblem` gives what is wrong with a name, or null. */
export function mappingOf<T>(
  findProblem: (name: string) => string | null,
  readerOf: (name: string) => Reader<T>,
): Reader<ReadonlyMap<string, T>> {
  return (value, place) => {
    if (value.kind !== 'mapping' || value.entries.length === 0)
      return refuse(value, place, 'must be a block of names and values');
    if (value.entries.length > KEYS_MAX) return refuse(value, place, `must have at most ${KEYS_MAX} keys`);
    const read = new Map<string, T>();
    for (const { key, value: inner, ...position } of readableEntries(value.entries, place, { known: null })) {
      const problem = findProblem(key);
      if (problem !== null)
        place.report({ ...position, key: '', message: `${shownName(key, place)} ${problem}` });
      const one = problem === null ? readerOf(key)(inner, below(place, key)) : undefined;
      if (one !== undefined) read.set(key, one);
    }
    return read;
  };
}

/** `off`, or a list of items, each read as `key[0]`, `key[1]` and so on. Refused items are left out. */
export function readList<T>(value: YamlValue, place: Place, reader: Reader<T>): T[] {
  if (value.kind === 'scalar' && value.value === 'off') return [];
  if (value.kind !== 'list')
    refuse(value, place, 'must be off, or a list of blocks that each begin with "- "');
  const items = value.kind === 'list' ? value.items : [];
  if (items.length > ITEMS_MAX) refuse(value, place, `must have at most ${ITEMS_MAX} items`);
  return items
    .slice(0, ITEMS_MAX)
    .map((item, index) => reader(item, { ...place, key: `${place.key}[${index}]` }))
    .filter((item) => item !== undefined);
}

interface KeyRules {
  /** Null: any. */
  readonly known: readonly string[] | null;
  readonly remedies?: Readonly<Record<string, string>>;
}

/** Entries with a known key and a value, the first of each key. */
function readableEntries(
  entries: readonly YamlEntry[],
  place: Place,
  { known, remedies = {} }: KeyRules,
): YamlEntry[] {
  const firstLines = new Map<string, number>();
  return entries.filter(({ key, value, line, column }) => {
    const report = (message: string, at = ''): false => {
      place.report({ line, column, key: at, message });
      return false;
    };
    const firstLine = firstLines.get(key);
    if (firstLine !== undefined)
      return report(`duplicate key ${shownName(key, place)}, first given on line ${firstLine}`);
    firstLines.set(key, line);
    const remedy = Object.hasOwn(remedies, key) ? remedies[key] : undefined;
    if (remedy !== undefined) return report(remedy, below(place, key).key);
    if (known !== null && !known.includes(key)) {
      const hint = suggestion(key, known) || `; there are ${known.join(', ')}`;
      return report(`unknown key ${shownName(key, place)} in ${place.key}${hint}`);
    }
    const isEmpty = value.kind === 'scalar' && value.value === null;
    return (
      !isEmpty ||
      report('has no value: give one, or remove the line', place.isHidden ? place.key : below(place, key).key)
    );
  });
}

/** All items, or undefined when one of them was refused. */
function complete<T>(items: readonly (T | undefined)[]): readonly T[] | undefined {
  const read = items.filter((item) => item !== undefined);
  return read.length === items.length ? read : undefined;
}

function below(place: Place, key: string): Place {
  return { ...place, key: `${place.key}.${key}` };
}

function isKeyOf<T>(fields: Fields<T>, key: string): key is keyof T & string {
  return Object.hasOwn(fields, key);
}

function readInto<T, K extends keyof T>(values: Partial<T>, key: K, value: T[K] | undefined): void {
  if (value !== undefined) values[key] = value;
}

/** Little of what is hardly a name, or may be a secret that was put in the wrong place, such as the URL of a chat. */
function shownName(key: string, { isHidden }: Place): string {
  const isName = !isHidden && /^[\w. -]{1,40}$/.test(key);
  return shown(isName || key.length <= 8 ? key : `${key.slice(0, 8)}…`);
}

function plainOf(value: YamlValue): unknown {
  if (value.kind === 'scalar') return value.value;
  return value.kind === 'list' ? value.items : {};
}
