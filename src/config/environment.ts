// From FLUFFY_* variables to settings that override those of the file. Pure: the variables are given. An empty
// value counts as unset (so that a compose file may pass a variable on); `off` says that a path is not wanted.
import { DEFAULTS } from './defaults.ts';
import { FIELD_NAMES, fieldHint } from './json-fields.ts';
import { nearest } from './nearest.ts';
import { shown, type Origin, type ConfigProblem } from './problem.ts';
import { CONFIG_KEYS, isConfigKey, isListKey, KEY_NAMES, variableOf, type ConfigKey } from './schema.ts';
import { NO_PARTS, PID_IGNORED, readHttp, type Setting, type Settings } from './settings.ts';

const PREFIX = 'FLUFFY_';
const KEYS_BY_VARIABLE = new Map(CONFIG_KEYS.map(({ env, key }) => [env, key]));

const BOOLEANS = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);

/** The narrower variable wins: FLUFFY_HTTP_PORT comes after FLUFFY_HTTP. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Settings {
  const settings: Setting[] = [];
  const problems: ConfigProblem[] = [];
  const warnings: ConfigProblem[] = [];
  for (const [variable, text] of Object.entries(env).toSorted(byName)) {
    if (!variable.startsWith(PREFIX) || variable === 'FLUFFY_CONFIG') continue;
    if (text === undefined || text.trim() === '' || isFromKubernetes(variable, text)) continue;
    const origin: Origin = { file: '', line: null, column: null, key: variable };
    const key = KEYS_BY_VARIABLE.get(variable);
    if (key === undefined) {
      problems.push({ ...origin, message: `is not a known variable${suggestionFor(variable)}` });
    } else if (key === 'pid') {
      warnings.push({ ...origin, message: PID_IGNORED });
    } else if (key === 'json-fields') {
      const fields = readFields(text.trim(), origin);
      if (Array.isArray(fields)) problems.push(...fields);
      else settings.push(fields);
    } else if (isListKey(key) && text.trim() !== 'off') {
      problems.push({ ...origin, message: 'must be off: blocks of keys are for the configuration file' });
    } else if (isConfigKey(key)) {
      settings.push({ key, value: valueOf(key, text.trim()), origin, partOrigins: NO_PARTS });
    } else {
      const http = readHttp(text.trim(), origin);
      if (Array.isArray(http)) settings.push(...http);
      else problems.push(http);
    }
  }
  return { settings, problems, warnings };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}

function suggestionFor(variable: string): string {
  const key = nearest(variable.slice(PREFIX.length), ['config', ...KEY_NAMES]);
  return key === null ? '' : `; did you mean ${variableOf(key)}?`;
}

/** A Kubernetes Service called `fluffy` puts such variables into every container of its namespace. */
function isFromKubernetes(variable: string, text: string): boolean {
  if (variable === 'FLUFFY_PORT') return /^(?:tcp|udp|sctp):\/\//.test(text);
  return /^FLUFFY_(?:SERVICE_(?:HOST|PORT(?:_.+)?)|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$/.test(
    variable,
  );
}

/** Text that does not fit the type stays text, so that validation refuses it and shows it. */
function valueOf(key: ConfigKey, text: string): unknown {
  const example: unknown = DEFAULTS[key];
  if (typeof example === 'boolean' || key === 'default-rules')
    return BOOLEANS.get(text.toLowerCase()) ?? text;
  if (typeof example === 'number')
    return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
  if (key === 'filename') return listOf(text);
  if (key === 'path-patterns') return text === 'off' ? text : listOf(text);
  return text;
}

/** `time=when,status=res.code`, or `off`; a key that holds a comma needs the file. Or all that is wrong with it. */
function readFields(text: string, origin: Origin): Setting | ConfigProblem[] {
  if (text === 'off') return { key: 'json-fields', value: text, origin, partOrigins: NO_PARTS };
  const fields = new Map<string, string>();
  const partOrigins = new Map<unknown, Origin>();
  const problems: ConfigProblem[] = [];
  const refuse = (message: string): number => problems.push({ ...origin, message });
  for (const part of text.split(',')) {
    const [name, key] = part.split(/=(.*)/s).map((side) => side.trim());
    if (name === undefined || key === undefined)
      refuse(`must be fields such as time=when,status=res.code, or off, got ${shown(part)}`);
    else if (!FIELD_NAMES.includes(name)) refuse(`unknown field ${shown(name)}${fieldHint(name)}`);
    else if (fields.has(name)) refuse(`names the field ${shown(name)} twice`);
    else {
      fields.set(name, key);
      partOrigins.set(name, { ...origin, key: `${origin.key} ${name}` });
    }
  }
  const value = Object.fromEntries(fields);
  return problems.length > 0 ? problems : { key: 'json-fields', value, origin, partOrigins };
}

/** Commas separate, except inside the braces of a glob. */
function listOf(text: string): string[] {
  return text
    .split(/,(?![^{]*\})/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
