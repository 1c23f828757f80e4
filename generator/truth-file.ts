// Writes the truth down: whole or not at all, so that a reader never sees half of it.
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { OutputError } from './output-error.ts';

const PIECE_CHARS = 1 << 20;

/** Replaces `path` with the joined pieces; throws OutputError. */
export function writeWhole(path: string, pieces: Iterable<string>): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const descriptor = openSync(temporary, 'w');
    try {
      writePieces(descriptor, pieces);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new OutputError('write', path, cause);
  }
}

function writePieces(descriptor: number, pieces: Iterable<string>): void {
  let pending = '';
  for (const piece of pieces) {
    pending += piece;
    if (pending.length < PIECE_CHARS) continue;
    writeFileSync(descriptor, pending);
    pending = '';
  }
  writeFileSync(descriptor, pending);
}

/** Says before the run, rather than after it, that the truth will have no place to go; throws OutputError. */
export function checkWritable(path: string): void {
  const probe = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(probe, 'w'));
    rmSync(probe);
  } catch (cause) {
    throw new OutputError('write', path, cause);
  }
}
