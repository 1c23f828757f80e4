// What runs in the thread that reads ahead: one reader for each log, and for each block that comes its rows. Started by
// read-ahead.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { createLogParser } from '../parse/log-parser.ts';
import type { LogParserOptions } from '../parse/log-parser.ts';
import { BlockReader } from './block-reader.ts';
import type { Block, ReadAheadOptions } from './block.ts';
import { PathNumbers } from './path-numbers.ts';

const { parser, lineBytesMax }: ReadAheadOptions<LogParserOptions> = workerData;
const numbers = new PathNumbers();
const readers = new Map<number, BlockReader>();

parentPort?.on('message', (block: Block) => {
  const reader = readers.get(block.log) ?? new BlockReader(createLogParser(parser), lineBytesMax, numbers);
  if (block.isLast) readers.delete(block.log);
  else readers.set(block.log, reader);
  const read = reader.read(block);
  parentPort?.postMessage(read, []);
});
