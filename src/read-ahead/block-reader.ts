// From the bytes of a block to its rows: framing and parsing of one log, in the thread that reads ahead.
import { LineFramer, PIECE_BYTES } from '../parse/lines.ts';
import type { LineConsumer } from '../parse/lines.ts';
import { createRecord, readLine } from '../parse/record.ts';
import type { AccessRecord, LineParser, Misfit, ParseFailure } from '../parse/record.ts';
import { lineScan } from '../scan/line-scan.ts';
import { RowWriter } from './block.ts';
import type { Block, ReadBlock } from './block.ts';
import type { PathNumbers } from './path-numbers.ts';

const EXTRA_BYTES_AT_FIRST = 4096;
/** Of a path, what tells that it is too long. */
const PATH_BYTES_MAX = 1025;

/** Reads the blocks of one log in turn. */
export class BlockReader implements LineConsumer {
  readonly #framer: LineFramer;
  readonly #parser: LineParser;
  readonly #numbers: PathNumbers;
  readonly #record = createRecord();
  readonly #scanned = lineScan()?.input;
  readonly #scannedStart = lineScan()?.inputStart ?? 0;
  readonly #rows = new RowWriter();
  /** What is scanned from here on stands in the block as well, so far away. */
  #blockStart = 0;
  #shift = 0;
  #extra = Buffer.alloc(EXTRA_BYTES_AT_FIRST);
  #extraLength = 0;
  /** Reasons of which the piece at hand had a line already: one is told. */
  readonly #told = new Set<ParseFailure>();

  constructor(parser: LineParser, lineBytesMax: number, numbers: PathNumbers) {
    this.#parser = parser;
    this.#numbers = numbers;
    this.#framer = new LineFramer(lineBytesMax, this);
  }

  read({ log, memory, length, pieceEnds, isLast, isCut }: Block): ReadBlock {
    this.#rows.begin(memory.rows);
    this.#extraLength = 0;
    this.#numbers.beginBlock();
    const input = Buffer.from(memory.input, 0, length);
    const pieceRows = new Int32Array(pieceEnds.length);
    let start = 0;
    for (let piece = 0; piece < pieceEnds.length; piece++) {
      const end = pieceEnds[piece] ?? length;
      this.#told.clear();
      for (; start < end; start += PIECE_BYTES) this.#write(input, start, Math.min(end, start + PIECE_BYTES));
      start = end;
      pieceRows[piece] = this.#rows.count;
    }
    if (isLast && !isCut) this.#framer.end();
    return {
      log,
      memory: { input: memory.input, rows: this.#rows.memory },
      rows: this.#rows.count,
      pieceRows,
      extra: Uint8Array.from(this.#extra.subarray(0, this.#extraLength)),
      isLast,
      pathTable: this.#numbers.table,
      formatName: this.#parser.name,
    };
  }

  line(bytes: Buffer, start: number, end: number): void {
    const result = readLine(this.#parser, bytes, start, end, this.#record);
    if (result.ok) this.#addRecord(this.#record, start);
    else if (result.reason === 'directive') this.#rows.addDirective();
    else this.#addFailure(result, bytes.subarray(start, end));
  }

  tooLong(head: Buffer): void {
    this.#addFailure({ ok: false, reason: 'line-too-long', column: head.length }, head);
  }

  /** Not more than is scanned in one go, behind the unfinished line before it. */
  #write(input: Buffer, start: number, end: number): void {
    this.#blockStart = this.#scannedStart + this.#framer.pendingBytes;
    this.#shift = start - this.#blockStart;
    this.#framer.write(input.subarray(start, end));
  }

  #addRecord(record: AccessRecord, lineStart: number): void {
    const number = this.#numbers.numberOf(record);
    // What must not be shown was blotted out where it was scanned, and stands in the block as it was.
    const isInBlock =
      record.bytes === this.#scanned && lineStart >= this.#blockStart && this.#parser.mask === undefined;
    if (!isInBlock) this.#moveToExtra(record);
    this.#rows.addRecord(record, number, isInBlock ? this.#shift : 0, !isInBlock);
  }

  /** The bytes of a record that are not in the block, such as those of a line of which it has only the end. */
  #moveToExtra(record: AccessRecord): void {
    const { bytes } = record;
    record.pathEnd = Math.min(record.pathEnd, record.pathStart + PATH_BYTES_MAX);
    const client = this.#copy(bytes, record.clientStart, record.clientEnd);
    record.clientEnd += client - record.clientStart;
    record.clientStart = client;
    const method = this.#copy(bytes, record.methodStart, record.methodEnd);
    record.methodEnd += method - record.methodStart;
    record.methodStart = method;
    const path = this.#copy(bytes, record.pathStart, record.pathEnd);
    record.pathEnd += path - record.pathStart;
    record.pathStart = path;
    const agent = this.#copy(bytes, record.agentStart, record.agentEnd);
    record.agentEnd += agent - record.agentStart;
    record.agentStart = agent;
    record.bytes = this.#extra;
  }

  #addFailure(misfit: Misfit, line: Buffer): void {
    if (this.#told.has(misfit.reason)) return this.#rows.addFailure(misfit, 0, 0);
    this.#told.add(misfit.reason);
    const start = this.#copy(line, 0, line.length);
    this.#rows.addFailure(misfit, start, start + line.length);
  }

  /** Returns where in `extra` the bytes stand now. */
  #copy(bytes: Buffer, start: number, end: number): number {
    const at = this.#extraLength;
    const length = at + end - start;
    if (length > this.#extra.length) {
      const grown = Buffer.alloc(2 * length);
      this.#extra.copy(grown, 0, 0, at);
      this.#extra = grown;
    }
    bytes.copy(this.#extra, at, start, end);
    this.#extraLength = length;
    return at;
  }
}
