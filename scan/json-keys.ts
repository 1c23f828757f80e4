// The keys that a JSON line is read for, in AssemblyScript, a part of scan.ts: a table of them by their names, in which
// each has a place for its value.

/** All that is known of one log's JSON; whoever reads another log puts it away. */
export const JSON_STATE: usize = 66_560;
export const JSON_STATE_BYTES: usize = 16_384;
/** The keys: first the buckets of their hashes, then the keys, each with its name behind it. */
const KEYS: usize = JSON_STATE;
const KEYS_BYTES: usize = 8192;
export const SHAPE: usize = KEYS + KEYS_BYTES;
const BUCKETS_BYTES: usize = 4 * 256;
/** For each role how many keys may have it, and which, in order of preference. */
export const ROLES: usize = KEYS + BUCKETS_BYTES;
export const ROLE_BYTES: usize = 64;
const ROLE_KEYS_MAX: u32 = 15;
/** What a value is to a request, in the order of src/scan/json-scan.ts. */
export const TIME: usize = 0;
export const CLIENT: usize = 1;
export const METHOD: usize = 2;
export const TARGET: usize = 3;
export const REQUEST: usize = 4;
export const STATUS: usize = 5;
export const SIZE: usize = 6;
export const LATENCY: usize = 7;
export const FORWARDED: usize = 8;
export const AGENT: usize = 9;
export const LOGGER: usize = 10;
const ROLES_BYTES: usize = 11 * ROLE_BYTES;

/** In bytes from the start of a key, its name and then its value. */
const NAME_HEAD: usize = 0;
const NAME_LENGTH: usize = 8;
/** The key whose object it stands in, or 0; and the next one in its bucket. */
const PARENT: usize = 12;
const NEXT: usize = 16;
export const IS_PARENT: usize = 20;
export const IS_TARGET: usize = 24;
/** The number of the line that had it last: nothing has to be cleared between lines. */
export const SEEN: usize = 28;
export const KIND: usize = 32;
export const IS_PLAIN: usize = 36;
export const START: usize = 40;
export const END: usize = 44;
export const PATH_END: usize = 48;
export const PATH_HASH: usize = 52;
export const WHOLE: usize = 56;
export const FRACTION: usize = 64;
export const POINT: usize = 72;
/** A record holds its value: of a logger it is enough that other lines had the same one. */
export const IS_NEEDED: usize = 76;
const NAME: usize = 80;

export const ABSENT: i32 = 0;
export const STRING: i32 = 1;
export const NUMBER: i32 = 2;
export const LIST: i32 = 3;
export const OTHER: i32 = 4;
/** Of the line itself. */
export const ROOT: usize = ROLES + ROLES_BYTES;

let keysEnd: usize = KEYS;

/** Forgets all but the key of the line itself, which is returned: the parent of the keys that stand in no other. */
export function clearJsonKeys(): usize {
  memory.fill(JSON_STATE, 0, JSON_STATE_BYTES);
  keysEnd = ROOT;
  return addJsonKey(0, 0);
}

/** Where the name of the next key belongs, before it is added. */
export function nextJsonName(): usize {
  return keysEnd + NAME;
}

/** Adds the key whose name has been put where it belongs, and returns it: the same one when it is there; 0 without room. */
export function addJsonKey(parent: usize, length: usize): usize {
  const key = keysEnd;
  const end = (key + NAME + length + 15) & ~7;
  if (end > KEYS + KEYS_BYTES) return 0;
  const name = key + NAME;
  const known = findKey(parent, name, name + length);
  if (known != 0) return known;
  const head = headOf(name, length);
  const bucket = bucketOf(parent, head, length);
  store<u64>(key, head, NAME_HEAD);
  store<u32>(key, <u32>length, NAME_LENGTH);
  store<u32>(key, <u32>parent, PARENT);
  store<u32>(key, load<u32>(bucket), NEXT);
  store<u32>(bucket, <u32>key);
  if (parent != 0) store<u32>(parent, 1, IS_PARENT);
  keysEnd = end;
  return key;
}

/** From here on `key` may have the value of `role`, unless the line has a key that was given it before; false without room. */
export function addJsonRole(key: usize, role: usize): bool {
  const list = ROLES + role * ROLE_BYTES;
  const count = load<u32>(list);
  if (count == ROLE_KEYS_MAX) return false;
  store<u32>(list, count + 1);
  store<u32>(list + 4 + 4 * <usize>count, <u32>key);
  if (role == TARGET) store<u32>(key, 1, IS_TARGET);
  if (role != LOGGER) store<u32>(key, 1, IS_NEEDED);
  return true;
}

/** The key of the object of `parent` that has this name, or 0. */
export function findKey(parent: usize, name: usize, nameEnd: usize): usize {
  const length = nameEnd - name;
  const head = headOf(name, length);
  let key = <usize>load<u32>(bucketOf(parent, head, length));
  while (key != 0) {
    const isKey =
      load<u64>(key, NAME_HEAD) == head &&
      load<u32>(key, NAME_LENGTH) == <u32>length &&
      load<u32>(key, PARENT) == <u32>parent &&
      (length <= 8 || hasRest(key, name, length));
    if (isKey) return key;
    key = <usize>load<u32>(key, NEXT);
  }
  return 0;
}

/** The first eight bytes of a name; of a shorter one all there are. */
function headOf(name: usize, length: usize): u64 {
  const head = load<u64>(name);
  return length < 8 ? head & (((<u64>1) << (8 * <u64>length)) - 1) : head;
}

/** Whether a name of more than eight bytes is that of `key` behind the first eight. */
function hasRest(key: usize, name: usize, length: usize): bool {
  const last = length - 8;
  for (let i: usize = 8; i < last; i += 8) if (load<u64>(key + i, NAME) != load<u64>(name + i)) return false;
  return load<u64>(key + last, NAME) == load<u64>(name + last);
}

function bucketOf(parent: usize, head: u64, length: usize): usize {
  const mixed = (head ^ ((<u64>length) << 56) ^ ((<u64>parent) << 32)) * 0x9e3779b97f4a7c15;
  return KEYS + ((<usize>(mixed >> 56)) << 2);
}
