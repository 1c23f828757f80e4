// Which keys of a JSON line may be meant for which of the values that a request has, by their names and what they hold: what
// `json-fields` could say of a log with keys of its own. A guess, to be shown and tried. Pure.
import { METHOD_NAMES } from '../aggregate/methods.ts';
import { createAddress, readAddress } from '../parse/address.ts';
import type { JsonFieldName, JsonFields } from '../parse/json-fields.ts';
import { formatJsonPath, readJsonPath } from '../parse/json-keys.ts';
import type { JsonPath } from '../parse/json-keys.ts';

const DEPTH_MAX = 4;
const EPOCH_MIN = 1e9;
/** For what is sure by itself. */
const ANY_NAME = /^/;
const TIME_NAME = /time|date|stamp|when|^ts$|^t$|^@t$/i;

interface Kind {
  readonly name: RegExp;
  readonly fits: (value: unknown) => boolean;
}

/** The first key that fits has the value. */
const KINDS: readonly (readonly [field: JsonFieldName, kind: Kind])[] = [
  ['time', { name: TIME_NAME, fits: isTime }],
  ['method', { name: ANY_NAME, fits: (value) => typeof value === 'string' && METHOD_NAMES.includes(value) }],
  ['request', { name: ANY_NAME, fits: isText(/^[A-Z]+ \S+ HTTP\/\d/) }],
  ['target', { name: /ur[il]|path|target|resource|route|endpoint/i, fits: isText(/^(?:\/|https?:\/\/)/) }],
  ['status', { name: /status|code|^[rs]c$/i, fits: isStatus }],
  ['forwarded-for', { name: /forwarded|xff/i, fits: isText(/^[\da-f:.]+/i) }],
  ['client', { name: ANY_NAME, fits: isAddress }],
  ['user-agent', { name: /agent|^ua$/i, fits: isText(/./) }],
  ['bytes', { name: /bytes|size|len|sent/i, fits: isCount }],
  [
    'latency',
    { name: /dura|laten|elapsed|took|time|millis|micros|nanos|^[dr]t$|[^a-z][mun]s$/i, fits: isLatency },
  ],
];

/** The unit that a name ends with. */
const UNITS = [
  ['ms', /milli|Milli|[^a-z]ms$|Ms$/],
  ['us', /micro|Micro|[^a-z]us$|Us$/],
  ['ns', /nano|Nano|[^a-z]ns$|Ns$/],
] as const;

/** Null when `line` is no JSON object, or has nothing of the kind. */
export function guessJsonFields(line: string): JsonFields | null {
  // Some keys can't be said in a configuration.
  const left = leavesOf(parse(line), []).filter(([path]) => readJsonPath(formatJsonPath(path)) !== null);
  const fields: Partial<Record<JsonFieldName, JsonPath>> = {};
  for (const [field, { name, fits }] of KINDS) {
    const place = left.findIndex(([path, value]) => name.test(path.at(-1) ?? '') && fits(value));
    const [found] = place < 0 ? [] : left.splice(place, 1);
    if (found !== undefined) fields[field] = found[0];
  }
  if (Object.keys(fields).length === 0) return null;
  const latencyName = fields.latency?.at(-1) ?? '';
  const unit = UNITS.find(([, name]) => name.test(latencyName))?.[0];
  return unit === undefined ? fields : { ...fields, 'latency-unit': unit };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line.slice(Math.max(0, line.indexOf('{'))));
  } catch {
    return null;
  }
}

/** All values that are no objects, in the order of the line. */
function leavesOf(value: unknown, path: JsonPath): [path: JsonPath, value: unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return path.length === 0 ? [] : [[path, value]];
  if (path.length === DEPTH_MAX) return [];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]));
}

function isText(pattern: RegExp): Kind['fits'] {
  return (value) => typeof value === 'string' && pattern.test(value);
}

function isTime(value: unknown): boolean {
  if (typeof value === 'number') return value >= EPOCH_MIN;
  return typeof value === 'string' && /\d{4}/.test(value) && /\d:\d\d/.test(value);
}

function isStatus(value: unknown): boolean {
  const status = typeof value === 'string' ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599;
}

function isAddress(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  // With a port, an address of IPv6 stands in brackets.
  const withPort = /^(?:\[([^\]]+)\]|([^:]+)):\d+$/.exec(value);
  const bytes = Buffer.from(withPort?.[1] ?? withPort?.[2] ?? value);
  return readAddress(bytes, 0, bytes.length, createAddress());
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) || isText(/^\d+$/)(value);
}

function isLatency(value: unknown): boolean {
  return typeof value === 'number' ? value >= 0 && value < EPOCH_MIN : isText(/^[\d.]+(?:[nµm]?s)?$/)(value);
}
