// What goes between the thread that counts and the one that reads ahead of it: blocks of a log there, and back for each
// line one row of numbers. The memory of a block goes to and fro with it, as no two threads need it at once.
import { readMethodId } from '../aggregate/methods.ts';
import { PARSE_FAILURES } from '../parse/record.ts';
import type { AccessRecord, Misfit, NumberedPaths } from '../parse/record.ts';

/** The memory of a block. It belongs to whoever has it; what is too small is replaced by who fills it. */
export interface BlockMemory {
  /** The bytes of the log. */
  input: SharedArrayBuffer;
  rows: SharedArrayBuffer;
}

/** Some chunks of one log, for the thread that reads ahead. */
export interface Block {
  /** Tells the logs apart. */
  readonly log: number;
  readonly memory: BlockMemory;
  /** Bytes of `memory.input` that are the log's. */
  readonly length: number;
  /** Ascending ends of the pieces that may be counted one by one. */
  readonly pieceEnds: Int32Array;
  /** The log ends here. */
  readonly isLast: boolean;
  /** And there was more of its last line, which nobody could read. */
  readonly isCut: boolean;
}

/** The same block, read. */
export interface ReadBlock {
  readonly log: number;
  readonly memory: BlockMemory;
  /** Rows there are. */
  readonly rows: number;
  /** For each piece, how many rows there are up to its end. Rows behind the last piece are those of an unfinished line. */
  readonly pieceRows: Int32Array;
  /** The bytes of rows that have none in `memory.input`. */
  readonly extra: Uint8Array;
  readonly isLast: boolean;
  /** Numbers of paths are those of this table: another one has other numbers. */
  readonly pathTable: number;
  readonly formatName: string;
}

/** What the thread has to know. */
export interface ReadAheadOptions<Parser> {
  readonly parser: Parser;
  readonly lineBytesMax: number;
}

/** Numbers of paths are below this. */
export const PATH_NUMBERS_MAX = 16_384;

/** As long as a line of a processor's cache. */
const ROW_BYTES = 64;
const INTS = ROW_BYTES / Int32Array.BYTES_PER_ELEMENT;
const DOUBLES = ROW_BYTES / Float64Array.BYTES_PER_ELEMENT;

/** Places in a row, of integers: kind, method and status of a record are one. */
const KIND = 0;
const PATH_NUMBER = 1;
const PATH_HASH = 2;
const PATH_START = 3;
const PATH_END = 4;
const CLIENT_START = 5;
const CLIENT_END = 6;
const AGENT_START = 7;
const AGENT_END = 8;
/** Of doubles, behind those. */
const TIME = 5;
const BYTES_SENT = 6;
const LATENCY = 7;
/** Of a failure. */
const LINE_START = 1;
const LINE_END = 2;
const COLUMN = 3;

const KIND_MASK = 0xf;
const METHOD_SHIFT = 4;
const METHOD_MASK = 0xf;
const STATUS_SHIFT = 8;

/** Kinds of rows: a record, one whose bytes are in `extra`, neither; from there on failures by their reason. */
const RECORD = 0;
const EXTRA_RECORD = 1;
const DIRECTIVE = 2;
const FAILURES = 3;

const NO_MEMORY = new SharedArrayBuffer(0);

/** The rows of a block. */
class Rows {
  ints = new Int32Array(NO_MEMORY);
  doubles = new Float64Array(NO_MEMORY);

  begin(memory: SharedArrayBuffer): void {
    this.ints = new Int32Array(memory);
    this.doubles = new Float64Array(memory);
  }
}

/** Writes the rows of one block after another. */
export class RowWriter {
  /** Rows there are. */
  count = 0;
  readonly #rows = new Rows();
  #memory = NO_MEMORY;

  begin(memory: SharedArrayBuffer): void {
    this.count = 0;
    this.#memory = memory;
    this.#rows.begin(memory);
  }

  /** What it was given, or what came in its place. */
  get memory(): SharedArrayBuffer {
    return this.#memory;
  }

  /** `record`, the places of whose bytes move by `shift`. */
  addRecord(record: AccessRecord, pathNumber: number, shift: number, isExtra: boolean): void {
    const row = this.#next();
    const { ints, doubles } = this.#rows;
    const at = row * INTS;
    const kind = isExtra ? EXTRA_RECORD : RECORD;
    ints[at + KIND] = kind | (readMethodId(record) << METHOD_SHIFT) | (record.status << STATUS_SHIFT);
    ints[at + PATH_NUMBER] = pathNumber;
    ints[at + PATH_HASH] = record.pathHash;
    ints[at + PATH_START] = record.pathStart + shift;
    ints[at + PATH_END] = record.pathEnd + shift;
    ints[at + CLIENT_START] = record.clientStart + shift;
    ints[at + CLIENT_END] = record.clientEnd + shift;
    ints[at + AGENT_START] = record.agentStart + shift;
    ints[at + AGENT_END] = record.agentEnd + shift;
    const doublesAt = row * DOUBLES;
    doubles[doublesAt + TIME] = record.timeSeconds;
    doubles[doublesAt + BYTES_SENT] = record.bytesSent;
    doubles[doublesAt + LATENCY] = record.latencyMs;
  }

  addDirective(): void {
    const row = this.#next();
    this.#rows.ints[row * INTS + KIND] = DIRECTIVE;
  }

  /** `[start, end)` of `extra` is the line; an empty range when it is not told. */
  addFailure({ reason, column }: Misfit, start: number, end: number): void {
    const at = this.#next() * INTS;
    const { ints } = this.#rows;
    ints[at + KIND] = FAILURES + PARSE_FAILURES.indexOf(reason);
    ints[at + LINE_START] = start;
    ints[at + LINE_END] = end;
    ints[at + COLUMN] = column;
  }

  #next(): number {
    if ((this.count + 1) * ROW_BYTES > this.#memory.byteLength) {
      const grown = new SharedArrayBuffer(2 * (this.count + ROWS_AT_FIRST) * ROW_BYTES);
      new Int32Array(grown).set(this.#rows.ints.subarray(0, this.count * INTS));
      this.#memory = grown;
      this.#rows.begin(grown);
    }
    return this.count++;
  }
}

const ROWS_AT_FIRST = 1024;

/** Reads the rows of one block after another. */
export class RowReader {
  /** Of the row that was read last, when it is a failure: why, and the line; null for all other rows. */
  misfit: Misfit | null = null;
  line: Buffer = Buffer.alloc(0);
  readonly #rows = new Rows();
  #bytes: Buffer = Buffer.alloc(0);
  #extra: Buffer = Buffer.alloc(0);
  #numbered: NumberedPaths | null = null;

  /** `numbered`: of the block's table of paths. */
  begin({ memory, extra }: ReadBlock, numbered: NumberedPaths): void {
    this.#rows.begin(memory.rows);
    this.#bytes = Buffer.from(memory.input);
    this.#extra = Buffer.from(extra.buffer, extra.byteOffset, extra.byteLength);
    this.#numbered = numbered;
  }

  /** True when `row` is a record, which `record` is then, but for what a parser has no matter with. */
  read(row: number, record: AccessRecord): boolean {
    const { ints, doubles } = this.#rows;
    const at = row * INTS;
    const first = ints[at + KIND] ?? 0;
    const kind = first & KIND_MASK;
    if (kind > EXTRA_RECORD) {
      this.#readOther(kind, at);
      return false;
    }
    record.bytes = kind === EXTRA_RECORD ? this.#extra : this.#bytes;
    record.methodId = (first >> METHOD_SHIFT) & METHOD_MASK;
    record.status = first >> STATUS_SHIFT;
    record.pathNumber = ints[at + PATH_NUMBER] ?? 0;
    record.numberedPaths = this.#numbered;
    record.pathHash = ints[at + PATH_HASH] ?? 0;
    record.pathStart = ints[at + PATH_START] ?? 0;
    record.pathEnd = ints[at + PATH_END] ?? 0;
    record.clientStart = ints[at + CLIENT_START] ?? 0;
    record.clientEnd = ints[at + CLIENT_END] ?? 0;
    record.agentStart = ints[at + AGENT_START] ?? 0;
    record.agentEnd = ints[at + AGENT_END] ?? 0;
    const doublesAt = row * DOUBLES;
    record.timeSeconds = doubles[doublesAt + TIME] ?? Number.NaN;
    record.bytesSent = doubles[doublesAt + BYTES_SENT] ?? 0;
    record.latencyMs = doubles[doublesAt + LATENCY] ?? Number.NaN;
    return true;
  }

  #readOther(kind: number, at: number): void {
    const { ints } = this.#rows;
    const reason = kind === DIRECTIVE ? undefined : PARSE_FAILURES[kind - FAILURES];
    this.misfit = reason === undefined ? null : { ok: false, reason, column: ints[at + COLUMN] ?? 0 };
    this.line = this.#extra.subarray(ints[at + LINE_START] ?? 0, ints[at + LINE_END] ?? 0);
  }
}
