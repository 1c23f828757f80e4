// The request methods that are counted by name, and how one is read from the bytes of a record.
import type { AccessRecord } from '../parse/record.ts';

/** A log full of invented methods must not grow any table: they are one. */
const OTHER_METHOD = 'OTHER';
/** Of a request that was not HTTP. */
const NO_METHOD = '-';

const NAMED = [
  'GET',
  'POST',
  'HEAD',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'CONNECT',
  'TRACE',
  'PROPFIND',
  'MKCOL',
  'REPORT',
  'PURGE',
];

/** Every name; a method's id is its place here. */
export const METHOD_NAMES: readonly string[] = [...NAMED, OTHER_METHOD, NO_METHOD];

const OTHER_ID = NAMED.length;
const NO_METHOD_ID = OTHER_ID + 1;
const NAMED_BYTES = NAMED.map((name) => Buffer.from(name));
const GET_LENGTH = 3;

/** The id of the record's method. */
export function readMethodId({ bytes, methodStart, methodEnd }: AccessRecord): number {
  const length = methodEnd - methodStart;
  // Most requests are GETs.
  if (length === GET_LENGTH && bytes[methodStart] === 0x47 && bytes[methodStart + 1] === 0x45) {
    return bytes[methodStart + 2] === 0x54 ? 0 : OTHER_ID;
  }
  if (length === 0) return NO_METHOD_ID;
  for (let id = 1; id < NAMED_BYTES.length; id++) {
    if (isSame(NAMED_BYTES[id], bytes, methodStart, length)) return id;
  }
  return OTHER_ID;
}

/** The id of the method of that name; of what is no such name, the id of `OTHER`. */
export function methodIdOf(name: string): number {
  const id = METHOD_NAMES.indexOf(name);
  return id < 0 ? OTHER_ID : id;
}

function isSame(name: Buffer | undefined, bytes: Buffer, start: number, length: number): boolean {
  if (name?.length !== length) return false;
  for (let i = 0; i < length; i++) if (name[i] !== bytes[start + i]) return false;
  return true;
}
