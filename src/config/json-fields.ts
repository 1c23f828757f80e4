// The block `json-fields` and its fields: their names, what each accepts, and the hint for a name that is none. Pure;
// settings.ts and environment.ts find the fields, schema.ts has them judged here.
import * as v from 'valibot';

import { JSON_FIELD_NAMES, LATENCY_UNITS } from '../parse/json-fields.ts';
import { readJsonPath, type JsonPath } from '../parse/json-keys.ts';
import type { Reading } from './duration.ts';
import { field, oneOf } from './fields.ts';
import { suggestion } from './nearest.ts';

/** The names of fields in the configuration. */
export const FIELD_NAMES: readonly string[] = [...JSON_FIELD_NAMES, 'latency-unit'];

const key = v.exactOptional(field(readKey));

/** Takes `off`, or an object of fields; unknown ones are not its matter. */
export const JsonFieldsSchema = v.pipe(
  field(readBlock),
  v.object({
    time: key,
    client: key,
    method: key,
    target: key,
    request: key,
    status: key,
    bytes: key,
    latency: key,
    'user-agent': key,
    'forwarded-for': key,
    'latency-unit': v.exactOptional(oneOf(...LATENCY_UNITS)),
  }),
);

/** Behind an unknown name: the nearest one, or all of them. */
export function fieldHint(name: string): string {
  return suggestion(name, FIELD_NAMES) || `; there are ${FIELD_NAMES.join(', ')}`;
}

function readBlock(raw: unknown): Reading<unknown> {
  if (raw === 'off') return { ok: true, value: {} };
  const isBlock = typeof raw === 'object' && raw !== null && Object.keys(raw).length > 0;
  if (isBlock && !Array.isArray(raw)) return { ok: true, value: raw };
  return { ok: false, message: 'must be off, or a block of fields such as "status: res.code"' };
}

function readKey(raw: unknown): Reading<JsonPath> {
  const path = typeof raw === 'string' ? readJsonPath(raw) : null;
  if (path !== null) return { ok: true, value: path };
  return { ok: false, message: 'must be a key of the log such as code, or res.code for one in an object' };
}
