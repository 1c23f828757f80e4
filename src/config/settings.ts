// From the keys of a file to settings: which key of the schema each value is for, and where it stands. Unknown,
// doubled and empty keys are found here; validate.ts judges the values. Pure.
import { FIELD_NAMES, fieldHint } from './json-fields.ts';
import { suggestion } from './nearest.ts';
import { shown, type Origin, type ConfigProblem } from './problem.ts';
import { CONFIG_KEYS, isConfigKey, isListKey, KEY_NAMES, type ConfigKey } from './schema.ts';
import type { YamlEntry, YamlValue } from './yaml-document.ts';

/** One value for one key, from the file or from the environment. */
export interface Setting {
  readonly key: ConfigKey;
  readonly value: unknown;
  readonly origin: Origin;
  /** Of a list of blocks, with the places in it; not when it is from a variable. */
  readonly tree?: YamlValue;
  /** Where each item of a list stands, by its index, or each field of a block, by its name. */
  readonly partOrigins: ReadonlyMap<unknown, Origin>;
}

export interface Settings {
  readonly settings: readonly Setting[];
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
}

export const NO_PARTS: ReadonlyMap<unknown, Origin> = new Map();
export const PID_IGNORED = 'has no effect and can be removed: the container is the process';

/** `known`: the keys that this kind of file may have. */
export function readSettings(
  entries: readonly YamlEntry[],
  file: string,
  known: readonly string[] = KEY_NAMES,
): Settings {
  const collected: Collected = { known, settings: [], problems: [], warnings: [] };
  for (const entry of withoutDuplicates(entries, file, collected)) {
    const inner = entry.value.kind === 'mapping' ? entry.value.entries : [];
    if (entry.key === 'http' && inner.length > 0) readHttpBlock(inner, file, collected);
    else if (entry.key === 'json-fields' && inner.length > 0) readFieldsBlock(entry, file, collected);
    else if (/^(?:http|json-fields)\./.test(entry.key)) collected.problems.push(dottedKey(entry, file));
    else readEntry(entry, file, collected);
  }
  return collected;
}

/**
 * The settings of a bare `http` value: a port, or `address:port` with an IPv6 address in brackets. Also used for
 * the variable FLUFFY_HTTP.
 */
export function readHttp(value: unknown, origin: Origin): Setting[] | ConfigProblem {
  const setting = (key: ConfigKey, part: unknown): Setting => ({
    key,
    value: part,
    origin,
    partOrigins: NO_PARTS,
  });
  if (typeof value === 'number') return [setting('http.port', value)];
  const text = typeof value === 'string' ? value : '';
  const parts = /^(?:(?<address>\[[^\]]*\]|[^:[\]]+):)?(?<port>\d{1,9})$/.exec(text)?.groups;
  if (parts === undefined) {
    const message = `must be a port, or an address and a port such as 0.0.0.0:9180 or [::1]:9180, got ${shown(value)}`;
    return { ...origin, message };
  }
  const port = setting('http.port', Number(parts['port']));
  return parts['address'] === undefined ? [port] : [setting('http.address', parts['address']), port];
}

interface Collected extends Settings {
  readonly known: readonly string[];
  readonly settings: Setting[];
  readonly problems: ConfigProblem[];
  readonly warnings: ConfigProblem[];
}

function withoutDuplicates(entries: readonly YamlEntry[], file: string, collected: Collected): YamlEntry[] {
  const firstLines = new Map<string, number>();
  return entries.filter(({ key, line, column }) => {
    const firstLine = firstLines.get(key);
    if (firstLine === undefined) return firstLines.set(key, line).has(key);
    const message = `duplicate key ${shown(key)}, first given on line ${firstLine}`;
    collected.problems.push({ file, line, column, key: '', message });
    return false;
  });
}

/** `http: {port: 1}` sets `http.port`. */
function readHttpBlock(inner: readonly YamlEntry[], file: string, collected: Collected): void {
  for (const entry of withoutDuplicates(inner, file, collected)) {
    readEntry({ ...entry, key: `http.${entry.key}` }, file, collected);
  }
}

/** All fields are one setting: a variable replaces them together. */
function readFieldsBlock(block: YamlEntry, file: string, collected: Collected): void {
  const inner = block.value.kind === 'mapping' ? block.value.entries : [];
  const fields = new Map<string, unknown>();
  const partOrigins = new Map<unknown, Origin>();
  for (const { key, value, line, column } of withoutDuplicates(inner, file, collected)) {
    if (FIELD_NAMES.includes(key)) {
      fields.set(key, plain(value));
      partOrigins.set(key, originOf(value, file, `${block.key}.${key}`));
    } else {
      const message = `unknown field ${shown(key)} in json-fields${fieldHint(key)}`;
      collected.problems.push({ file, line, column, key: '', message });
    }
  }
  if (fields.size === 0) return;
  const origin = originOf(block.value, file, block.key);
  collected.settings.push({ key: 'json-fields', value: Object.fromEntries(fields), origin, partOrigins });
}

/** One spelling only, or the two could contradict each other. */
function dottedKey({ key, line, column }: YamlEntry, file: string): ConfigProblem {
  const dot = key.indexOf('.');
  const message = `unknown key ${shown(key)}; write ${shown(key.slice(dot + 1))} on a line of its own below "${key.slice(0, dot)}:"`;
  return { file, line, column, key: '', message };
}

function readEntry(entry: YamlEntry, file: string, collected: Collected): void {
  const { key, value } = entry;
  const keyAt = { file, line: entry.line, column: entry.column };
  if (!collected.known.includes(key)) {
    const message = `unknown key ${shown(key)}${suggestion(key, collected.known)}`;
    collected.problems.push({ ...keyAt, key: '', message });
  } else if (key === 'pid') {
    collected.warnings.push({ ...keyAt, key, message: PID_IGNORED });
  } else if (value.kind === 'scalar' && value.value === null) {
    const fallback = CONFIG_KEYS.find((known) => known.key === key)?.default ?? '';
    const message = `has no value: give one, or remove the line to use the default (${fallback})`;
    collected.problems.push({ ...keyAt, key, message });
  } else if (isListKey(key)) {
    const origin = originOf(value, file, key);
    collected.settings.push({ key, value: plain(value), tree: value, origin, partOrigins: NO_PARTS });
  } else if (isConfigKey(key)) {
    const items = value.kind === 'list' ? value.items : [];
    const partOrigins = new Map(items.map((item, index) => [index, originOf(item, file, key)]));
    collected.settings.push({ key, value: plain(value), origin: originOf(value, file, key), partOrigins });
  } else {
    const http = readHttp(plain(value), originOf(value, file, key));
    if (Array.isArray(http)) collected.settings.push(...http);
    else collected.problems.push(http);
  }
}

function originOf(value: YamlValue, file: string, key: string): Origin {
  return { file, line: value.line, column: value.column, key };
}

function plain(value: YamlValue): unknown {
  if (value.kind === 'scalar') return value.value;
  return value.kind === 'list' ? value.items.map(plain) : {};
}
