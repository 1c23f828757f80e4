// One JSON object a line, as Caddy, Traefik and hand-written nginx formats log it: ordinary lines are read from their
// bytes, the others by JSON.parse. Part of the hot path.
import { KNOWN_KEYS } from './json-keys.ts';
import type { JsonKeys } from './json-keys.ts';
import { createJsonLineReader } from './json-line.ts';
import { JsonObjectReader } from './json-object.ts';
import { createJsonTimeReader } from './json-time.ts';
import type { LineParser } from './record.ts';
import { UTC } from './zone.ts';
import type { Zone } from './zone.ts';

/** Parser of JSON logs under one of its names; `zone` is that of times without an offset. */
export function createJsonParser(zone: Zone = UTC, name = 'json', keys: JsonKeys = KNOWN_KEYS): LineParser {
  const times = createJsonTimeReader(zone);
  const lines = createJsonLineReader(keys, times);
  const objects = new JsonObjectReader(keys, times);
  return {
    name,
    saved: name,
    rowReader: lines ?? undefined,
    parse: (bytes, start, end, record) =>
      lines?.read(bytes, start, end, record) ?? objects.read(bytes, start, end, record),
  };
}
