// The field map of JSON logs: what the configuration names goes before the known keys of a value and replaces them.
// Settled once a parser is created; the readers of lines see keys only.
import { KNOWN_KEYS } from './json-keys.ts';
import type { JsonKeys, JsonPath, UnitsPerSecond } from './json-keys.ts';

/** The values whose keys can be named. */
export const JSON_FIELD_NAMES = [
  'time',
  'client',
  'method',
  'target',
  'request',
  'status',
  'bytes',
  'latency',
  'user-agent',
  'forwarded-for',
] as const;

export const LATENCY_UNITS = ['s', 'ms', 'us', 'ns'] as const;
type LatencyUnit = (typeof LATENCY_UNITS)[number];

const UNITS_PER_SECOND: Readonly<Record<LatencyUnit, UnitsPerSecond>> = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 };

export type JsonFieldName = (typeof JSON_FIELD_NAMES)[number];

/** Which key holds which value; what is left out is looked for under the known keys. */
export type JsonFields = Readonly<Partial<Record<JsonFieldName, JsonPath>>> & {
  /** Of every latency that is a bare number. */
  readonly 'latency-unit'?: LatencyUnit;
};

/** The known keys with those of `fields` in place of the ones that stand for the same value. */
export function keysOf(fields: JsonFields): JsonKeys {
  const pick = (name: JsonFieldName, known: readonly JsonPath[]): readonly JsonPath[] => {
    const named = fields[name];
    return named === undefined ? known : [named];
  };
  const latency = pick('latency', KNOWN_KEYS.latency);
  // A request line that was named goes before a method and a target that nobody asked for.
  const isWhole = fields.request !== undefined && fields.method === undefined && fields.target === undefined;
  return {
    time: pick('time', KNOWN_KEYS.time),
    client: pick('client', KNOWN_KEYS.client),
    method: isWhole ? [] : pick('method', KNOWN_KEYS.method),
    target: isWhole ? [] : pick('target', KNOWN_KEYS.target),
    request: pick('request', KNOWN_KEYS.request),
    status: pick('status', KNOWN_KEYS.status),
    bytes: pick('bytes', KNOWN_KEYS.bytes),
    latency,
    forwarded: pick('forwarded-for', KNOWN_KEYS.forwarded),
    agent: pick('user-agent', KNOWN_KEYS.agent),
    latencyUnits: latency.map((path) => unitOf(path, fields['latency-unit'], KNOWN_KEYS.latencyUnits)),
    longLatencyUnits: latency.map((path) =>
      unitOf(path, fields['latency-unit'], KNOWN_KEYS.longLatencyUnits),
    ),
    logger: KNOWN_KEYS.logger,
  };
}

/** Of a key that is known its own, of others seconds, unless one was named. */
function unitOf(
  path: JsonPath,
  named: LatencyUnit | undefined,
  knownUnits: readonly UnitsPerSecond[],
): UnitsPerSecond {
  if (named !== undefined) return UNITS_PER_SECOND[named];
  const index = KNOWN_KEYS.latency.findIndex((known) => known.join('.') === path.join('.'));
  return knownUnits[index] ?? 1;
}
