// A name that another part of the configuration must have. Pure.
import { readName } from './block-values.ts';
import type { Reading } from './duration.ts';
import { nearest } from './nearest.ts';

/** `kind` is what bears the names, as a message calls it. Without `names` any name will do. */
export function knownName(
  names: readonly string[] | null,
  kind: 'channel' | 'rule',
): (raw: unknown) => Reading<string> {
  return (raw) => {
    const reading = readName(raw);
    if (!reading.ok || names === null || names.includes(reading.value)) return reading;
    if (names.length === 0) return { ok: false, message: `must be the name of a ${kind}, and there is none` };
    const near = nearest(reading.value, names);
    const hint = near === null ? '' : ` (did you mean ${near}?)`;
    return { ok: false, message: `must be the name of a ${kind}${hint}` };
  };
}
