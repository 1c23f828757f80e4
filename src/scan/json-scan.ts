// The quick way through a JSON line, as the rest of fluffy sees it: which keys the lines of a log are read for, and what an
// ordinary line says. The module (scan/json.ts) knows one log at a time; what it knows of the others is kept here.
import { lineScan, ROW } from './line-scan.ts';
import type { LineScan } from './line-scan.ts';

/** What a value is to a request, as scan/json-keys.ts counts them. */
const ROLES = [
  'time',
  'client',
  'method',
  'target',
  'request',
  'status',
  'bytes',
  'latency',
  'forwarded',
  'agent',
  'logger',
] as const;

/** By role the paths of the keys that may have it, from the line's own object inwards, in order of preference. */
export type RoleKeys = Readonly<Record<(typeof ROLES)[number], readonly (readonly string[])[]>>;

/** What the doubles of a row hold, by place in it. */
export const JSON_DOUBLE = {
  /** Of a time that is a number: its whole part. */
  time: 0,
  bytesSent: 1,
  /** Of a latency that is a number: its whole part, and its digits behind the point as a whole number. */
  latencyWhole: 2,
  latencyFraction: 3,
} as const;

/** What its small numbers hold, by place in it. Ranges are places in the chunk, and of ASCII without escapes. */
export const JSON_ROW = {
  timeKind: 8,
  /** Of a time that is text. */
  timeStart: 9,
  timeEnd: 10,
  /** 0 to 999. */
  status: 11,
  latencyKind: 12,
  /** Which of the keys of its role has it. */
  latencyKey: 13,
  /** Of a latency that is text, which may have other characters. */
  latencyStart: 14,
  latencyEnd: 15,
  /** Of one that is a number: how many digits are behind its point; 15 in all at most. */
  latencyScale: 16,
  /** Empty for what is absent, here and below. */
  clientStart: 17,
  clientEnd: 18,
  forwardedStart: 19,
  forwardedEnd: 20,
  agentStart: 21,
  agentEnd: 22,
  requestKind: 23,
  methodStart: 24,
  methodEnd: 25,
  /** Of a path without query string, or what else is asked for. Behind a question mark it may have other characters. */
  targetStart: 26,
  targetEnd: 27,
  /** Of a path: as `hashWords` makes it; 0 for one that is long. */
  pathHash: 28,
} as const;

/** A number of seconds has a fraction; that of an epoch may count something less than seconds. */
export const TIME_KIND = { text: 1, seconds: 2, epoch: 3 } as const;
/** Digits are text that is read like a number. */
export const LATENCY_KIND = { none: 0, text: 1, number: 2, digits: 3 } as const;
/** A method and a path that begins with a slash, a method and another target, or a request line. */
export const REQUEST_KIND = { path: 1, target: 2, line: 3 } as const;

/** Where to save what the module knows at present; null when it is of no log. */
let present: Buffer | null = null;

export class JsonScan {
  readonly row: Int32Array;
  readonly doubles: Float64Array;
  readonly #scan: LineScan;
  /** What the module knows of a log, and this one while it is not present. */
  readonly #state: Buffer;
  readonly #saved: Buffer;

  /** For the keys that the module has at present. */
  constructor(scan: LineScan) {
    const row = scan.exports.JSON_ROW;
    this.row = new Int32Array(scan.input.buffer, row.value, Object.keys(JSON_ROW).length + JSON_ROW.timeKind);
    this.doubles = new Float64Array(scan.input.buffer, row.value, Object.keys(JSON_DOUBLE).length);
    this.#scan = scan;
    this.#state = stateOf(scan);
    present = this.#saved = Buffer.alloc(this.#state.length);
  }

  /**
   * Fills the row from the line `bytes[start, end)`. False for what is no JSON object, for what is unusual (a known key
   * twice, an escape in a name or in a value that is needed, very deep nesting, more digits than are exact), and for what
   * is not the line at hand of the scan: the row then holds anything.
   */
  read(bytes: Buffer, start: number, end: number): boolean {
    return this.#scan.isAtHand(bytes, start, end) && this.#readLine(start, end);
  }

  /** The same from the line at hand. */
  readRow(): boolean {
    const { rows, row } = this.#scan;
    return this.#readLine(rows[row + ROW.start] ?? 0, rows[row + ROW.end] ?? 0);
  }

  get input(): Buffer {
    return this.#scan.input;
  }

  #readLine(start: number, end: number): boolean {
    if (present !== this.#saved) {
      putAway(this.#state);
      this.#saved.copy(this.#state);
      present = this.#saved;
    }
    return this.#scan.exports.readJson(start, end) !== 0;
  }
}

/** Null where there is no scan, and for more keys than it has room for. */
export function createJsonScan(keys: RoleKeys): JsonScan | null {
  const scan = lineScan();
  if (scan === null) return null;
  putAway(stateOf(scan));
  const line = scan.exports.clearJsonKeys();
  const hasRoom = ROLES.every((role, number) =>
    keys[role].every((path) => {
      const key = addKey(scan, line, path);
      return key !== 0 && scan.exports.addJsonRole(key, number) !== 0;
    }),
  );
  return hasRoom ? new JsonScan(scan) : null;
}

function stateOf({ exports, input }: LineScan): Buffer {
  const start = exports.JSON_STATE.value;
  return input.subarray(start, start + exports.JSON_STATE_BYTES.value);
}

/** Makes room for another log. */
function putAway(state: Buffer): void {
  if (present !== null) state.copy(present);
  present = null;
}

function addKey({ exports, input }: LineScan, line: number, path: readonly string[]): number {
  let key = line;
  for (const name of path) {
    const start = exports.nextJsonName();
    const length = Buffer.byteLength(name);
    // Chunks lie behind the keys.
    if (start + length > exports.INPUT.value) return 0;
    input.write(name, start);
    key = exports.addJsonKey(key, length);
    if (key === 0) return 0;
  }
  return key;
}
