// Checks that concern two keys at once, or need something from outside the schema. Pure: paths are compared by
// name, relative to the given working directory.
import { isAbsolute, matchesGlob, normalize, relative, resolve } from 'node:path';
import { findCountedAs } from '../aggregate/counted-as.ts';
import type { PathGrouping } from '../aggregate/paths.ts';
import { isGlob } from '../glob.ts';
import { JSON_FORMAT_NAMES } from '../parse/detect.ts';
import { readCronExpression } from './cron.ts';
import { shown } from './problem.ts';
import type { Values } from './schema.ts';

export interface CheckContext {
  /** Absolute: what relative paths are relative to. */
  readonly cwd: string;
  /** Without it a cron expression is only checked for its number of fields and its characters. */
  readonly isCronExpression?: ((text: string) => boolean) | undefined;
  /** Whether what lasts for so many seconds from each time of a cron expression on is never over; without it that is not asked. */
  readonly isEndless?: ((expression: string, durationSeconds: number) => boolean) | undefined;
  /** False: there are no channels that `notify` could be checked against, as they are configured elsewhere. */
  readonly hasChannels?: boolean;
  /** How paths are grouped where the rules apply; null: not known; left out: as the settings say. */
  readonly grouping?: PathGrouping | null;
}

export interface Conflict {
  /** The first of these that was given, and not by default, is where the problem is shown. */
  readonly keys: readonly (keyof Values)[];
  /** For a list: the item of the first key. */
  readonly index?: number;
  /** Given the key at which it is shown. */
  readonly message: (at: keyof Values) => string;
}

const OUTPUT_KEYS = ['alert-path', 'report-path', 'state-path', 'log-path'] as const;

export function findConflicts(values: Values, context: CheckContext): Conflict[] {
  return [
    ...doubledFilenames(values, context.cwd),
    ...sharedOutputs(values, context.cwd),
    ...ownOutputs(values, context.cwd),
    ...unknownCron(values, context.isCronExpression),
    ...emptyGroups(values),
    ...nobodyTrusted(values),
    ...nobodyAsked(values),
    ...fieldsWithoutJson(values),
    ...shorterHistory(values),
  ];
}

/** Whether `path` is the file that `pattern` names, or one of those it matches. */
export function isReadBy(pattern: string, path: string, cwd: string): boolean {
  const full = resolve(cwd, path);
  if (resolve(cwd, pattern) === full) return true;
  if (!isGlob(pattern)) return false;
  // A relative pattern is not made absolute: the working directory may hold characters that mean something in globs.
  return matchesGlob(isAbsolute(pattern) ? full : relative(cwd, full), normalize(pattern));
}

/** A line of a file that is listed twice would count twice. */
function doubledFilenames(values: Values, cwd: string): Conflict[] {
  const seen = new Set<string>();
  const conflicts: Conflict[] = [];
  for (const [index, name] of values.filename.entries()) {
    const full = resolve(cwd, name);
    if (seen.has(full))
      conflicts.push({ keys: ['filename'], index, message: () => `lists ${shown(name)} twice` });
    seen.add(full);
  }
  return conflicts;
}

function sharedOutputs(values: Values, cwd: string): Conflict[] {
  const conflicts: Conflict[] = [];
  for (const [index, key] of OUTPUT_KEYS.entries()) {
    const path = values[key];
    const other = OUTPUT_KEYS.slice(0, index).find((earlier) => isSameFile(values[earlier], path, cwd));
    if (other === undefined) continue;
    const message = (at: keyof Values) =>
      `must differ from ${at === key ? other : key}, both are ${shown(path)}`;
    conflicts.push({ keys: [key, other], message });
  }
  return conflicts;
}

function isSameFile(a: string | null, b: string | null, cwd: string): boolean {
  return a !== null && b !== null && resolve(cwd, a) === resolve(cwd, b);
}

function ownOutputs(values: Values, cwd: string): Conflict[] {
  return OUTPUT_KEYS.flatMap((key) => {
    const path = values[key];
    const pattern = path === null ? undefined : values.filename.find((name) => isReadBy(name, path, cwd));
    if (pattern === undefined) return [];
    const message = () =>
      `fluffy would read what it writes, as filename ${shown(pattern)} matches ${key} ${shown(path)}`;
    return [{ keys: [key, 'filename'] as const, message }];
  });
}

function unknownCron(values: Values, isCronExpression: CheckContext['isCronExpression']): Conflict[] {
  const time = values['report-time'];
  if (time.kind !== 'cron') return [];
  const reading = readCronExpression(time.expression, isCronExpression);
  if (reading.ok) return [];
  return [{ keys: ['report-time'], message: () => `${reading.message}, got ${shown(time.expression)}` }];
}

/** Patterns are held against paths without identifiers, and with percent-encoding in one way. */
function emptyGroups(values: Values): Conflict[] {
  const grouping: PathGrouping = { templatesIds: values['template-paths'], patterns: [] };
  return values['path-patterns'].flatMap((pattern, index) => {
    const name = findCountedAs(pattern, grouping);
    if (name === null) return [];
    const message = `groups nothing: such paths count as ${shown(name)} before they are grouped, so that is what to write`;
    return [{ keys: ['path-patterns'] as const, index, message: () => message }];
  });
}

/** Anyone can send an X-Forwarded-For: without a proxy to believe it would be the client's own word. */
function nobodyTrusted(values: Values): Conflict[] {
  if (values['real-client-from'] === 'off' || values['trusted-proxies'].length > 0) return [];
  const message = () => 'needs trusted-proxies: the networks of the proxies in front of the server';
  return [{ keys: ['real-client-from'], message }];
}

/** Proxies are believed by nobody who does not look at what they say. */
function nobodyAsked(values: Values): Conflict[] {
  if (values['real-client-from'] !== 'off' || values['trusted-proxies'].length === 0) return [];
  const message = () => 'does nothing without real-client-from: x-forwarded-for';
  return [{ keys: ['trusted-proxies'], message }];
}

/** A format that reads no JSON would pass the fields over in silence. */
function fieldsWithoutJson(values: Values): Conflict[] {
  const format = values['log-format'];
  if (Object.keys(values['json-fields']).length === 0 || JSON_FORMAT_NAMES.includes(format)) return [];
  const names = `${JSON_FORMAT_NAMES.slice(0, -1).join(', ')} or ${JSON_FORMAT_NAMES.at(-1)}`;
  const message = () => `is for JSON logs: it needs log-format ${names}, not ${shown(format)}`;
  return [{ keys: ['json-fields', 'log-format'], message }];
}

/** Coarse rows that end before the fine ones would answer nothing. */
function shorterHistory(values: Values): Conflict[] {
  const keys = ['history-10s', 'history-1m', 'history-1h'] as const;
  return keys.flatMap((key, i) => {
    const finer = keys[i - 1];
    if (finer === undefined || values[key] >= values[finer]) return [];
    const message = (at: keyof Values) =>
      at === key ? `must be at least as long as ${finer}` : `must be at most as long as ${key}`;
    return [{ keys: [key, finer], message }];
  });
}
