// The quick way through a chunk of a log, as the rest of fluffy sees it: a chunk goes into the memory of a WebAssembly
// module (scan/scan.ts), which finds its lines and reads the fields of the ordinary ones, a row of numbers for each.
import { SCAN_MODULE } from './module.ts';

/** What a row holds, by place in it. All but numbers are places in `input`. */
export const ROW = {
  start: 0,
  /** Without its line end. */
  end: 1,
  clientEnd: 2,
  /** Another number when the minute, day or offset is another one than the line before had. */
  minute: 3,
  /** 0 to 59; -1 for what is none. */
  second: 4,
  methodStart: 5,
  /** A space follows, then the path. */
  methodEnd: 6,
  pathEnd: 7,
  /** 0 to 999, as it is written. */
  status: 8,
  bytesSent: 9,
  /** As `hashWords` makes it; 0 for a path that is long. */
  pathHash: 10,
  /** Where the size ends; 0 when the line is not ordinary up to there: then what is above from `clientEnd` on is void. */
  sizeEnd: 11,
  /** Behind the closing quotes of up to `QUOTED_FIELDS_MAX` fields ` "…"`; 0 for those that are not there. */
  quotedEnds: 12,
} as const;

const ROW_LENGTH = 16;
/** Of a line, so many quoted fields behind the size have places in its row. */
export const QUOTED_FIELDS_MAX = ROW_LENGTH - ROW.quotedEnds;

/** What scan/scan.ts exports, which says more. */
interface ScanExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Addresses, and how much there is room for from there on. */
  readonly INPUT: { readonly value: number };
  readonly INPUT_BYTES: { readonly value: number };
  readonly ROWS: { readonly value: number };
  readonly ROWS_MAX: { readonly value: number };
  readonly JSON_ROW: { readonly value: number };
  readonly JSON_STATE: { readonly value: number };
  readonly JSON_STATE_BYTES: { readonly value: number };
  scan(start: number, end: number): number;
  nextLine(): number;
  clearJsonKeys(): number;
  nextJsonName(): number;
  addJsonKey(parent: number, length: number): number;
  addJsonRole(key: number, role: number): number;
  readJson(start: number, end: number): number;
  isPlainPath(start: number, end: number): number;
  findText(start: number, end: number, owner: number): number;
  keepText(start: number, end: number, owner: number, id: number): void;
}

/** As much of it as is used here, as the types of Node.js leave it out; `node --jitless` has none. */
declare const WebAssembly:
  | {
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (module: object) => { readonly exports: ScanExports };
    }
  | undefined;

/** One chunk at a time: whoever takes it must be done with its lines before another chunk comes. */
export class LineScan {
  /** The memory of the module; chunks lie in it from `inputStart` on. */
  readonly input: Buffer;
  readonly inputStart: number;
  /** Longer chunks have no room. */
  readonly inputBytesMax: number;
  readonly rows: Int32Array;
  /** Where in `rows` the row of the line at hand begins. */
  row = 0;
  /** A chunk is at hand. */
  isBusy = false;
  /** Where in `input` the first line begins that was not read. */
  next = 0;
  /** What was not read is no whole line. */
  isOver = true;
  readonly exports: ScanExports;
  readonly #firstRow: number;
  readonly #rowsMax: number;

  constructor(exports: ScanExports) {
    this.exports = exports;
    const { buffer } = exports.memory;
    this.input = Buffer.from(buffer);
    this.inputStart = exports.INPUT.value;
    this.inputBytesMax = exports.INPUT_BYTES.value;
    this.rows = new Int32Array(buffer);
    this.#firstRow = this.row = exports.ROWS.value / Int32Array.BYTES_PER_ELEMENT;
    this.#rowsMax = exports.ROWS_MAX.value;
  }

  /**
   * Reads whole lines of `input[start, end)`, as many as there are rows for; returns how many, each with the row of its
   * number. The byte at `end` is overwritten.
   */
  read(start: number, end: number): number {
    const count = this.exports.scan(start, end);
    this.next = this.exports.nextLine();
    this.isOver = count < this.#rowsMax;
    return count;
  }

  /** Makes the row of the line that has this number, from 0, the one at hand. */
  goTo(line: number): number {
    this.row = this.#firstRow + line * ROW_LENGTH;
    return this.row;
  }

  /** Whether `bytes[start, end)` is the line at hand: if not, no row tells of it, and no line end needs to follow it. */
  isAtHand(bytes: Buffer, start: number, end: number): boolean {
    const { rows, row } = this;
    return bytes === this.input && rows[row + ROW.start] === start && rows[row + ROW.end] === end;
  }

  /** Whether `row` tells of the line `bytes[start, end)`, and that is ordinary up to its size. */
  isRead(bytes: Buffer, start: number, end: number): boolean {
    return this.isAtHand(bytes, start, end) && this.rows[this.row + ROW.sizeEnd] !== 0;
  }
}

let known: LineScan | null | undefined;

/** The one there is, of which all logs take turns; null where there is no WebAssembly, or none with SIMD. */
export function lineScan(): LineScan | null {
  known ??= createLineScan();
  return known;
}

function createLineScan(): LineScan | null {
  // WebAssembly writes the lowest byte first, whatever the processor does.
  const isLowestFirst = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;
  if (typeof WebAssembly === 'undefined' || !isLowestFirst) return null;
  try {
    const module = new WebAssembly.Module(Buffer.from(SCAN_MODULE, 'base64'));
    return new LineScan(new WebAssembly.Instance(module).exports);
  } catch {
    // A processor without SIMD, or no address space: lines are cut and read all the same, but slower.
    return null;
  }
}
