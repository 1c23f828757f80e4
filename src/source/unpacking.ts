// Unpacks what a rotation has compressed before an earlier process had read it, into files that are read as if they were there
// uncompressed still. Before the first look of follow.ts, which waits for it.
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import nodePath from 'node:path';
import { Readable } from 'node:stream';
import { messageOf } from '../message-of.ts';
import type { FollowLogger } from './follow-logger.ts';
import { isSameContent } from './head.ts';
import { READ_IN_PART, readHistory } from './history.ts';
import { readHead } from './name.ts';
import { findNewLife, findPackedLives } from './packed-lives.ts';
import type { PackedLife } from './packed-lives.ts';
import { keyOf } from './sibling.ts';
import type { Sibling, Unpacked } from './sibling.ts';
import { Siblings } from './siblings.ts';
import type { SavedGeneration, SavedPath } from './source.ts';

/** Of what was read before, so many first bytes are written all the same: they tell what the file is. */
const BEGINNING_BYTES = 64 * 1024;
/** What is on the disk besides must have room, the state that is saved every second above all; of a small disk, a tenth. */
const FREE_BYTES_MIN = 64 * 1024 * 1024;
/** It is looked at again when so much was written. */
const LOOK_BYTES = 8 * 1024 * 1024;
/** How often it is unpacked anew when more is compressed meanwhile. */
const TRIES_MAX = 3;

/** A path with generations that are nowhere to be read any more, or one of which nobody has read anything. */
export interface Vanished {
  readonly saved: SavedPath;
  /** Empty: nothing was read of it. */
  readonly generations: readonly SavedGeneration[];
}

interface UnpackingOptions {
  /** It is removed with all that is in it when `close` is called; nothing else may be in it. */
  readonly folder: string;
  /** Of the heads of all that was read. */
  readonly prints: readonly string[];
  readonly logger: FollowLogger;
}

export class Unpacking {
  readonly #options: UnpackingOptions;
  readonly #byPath = new Map<string, Unpacked>();
  #isStopped = false;
  #count = 0;
  /** As much may be written before the disk is looked at again. */
  #roomBytes = 0;

  /** Removes what an earlier process has left there: nothing may be there to be unpacked. */
  constructor(options: UnpackingOptions) {
    this.#options = options;
    this.close();
  }

  /** Unpacks what can be found of what `find` gives; what can't is told, and missing then. Never rejects. */
  async run(find: () => readonly Vanished[]): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX && !this.#isStopped; tries++) {
      const vanished = find();
      const packed = packedBeside(vanished);
      await this.#unpackAll(vanished);
      // A rotation may have come meanwhile, and compressed more.
      if (packedBeside(find()) === packed) return;
    }
  }

  async #unpackAll(vanished: readonly Vanished[]): Promise<void> {
    this.#byPath.clear();
    this.close();
    for (const { saved, generations } of vanished) {
      const { prints } = this.#options;
      const { lives, done, isWhole } =
        generations.length === 0
          ? await findNewLife(saved, prints)
          : await findPackedLives(saved, generations, prints);
      const files: Sibling[] = [];
      const known = [...done];
      for (const life of lives) {
        const file = this.#isStopped ? null : await this.#tryUnpack(saved.path, life);
        if (file !== null) files.push(file);
        // What was read in part is missed, and told, by whoever goes on with it.
        if (file !== null || life.seen !== null) known.push(life);
      }
      this.#byPath.set(saved.path, {
        files,
        bornMs: Math.min(...saved.generations.map(({ birthtimeMs }) => birthtimeMs)),
        known: new Set(known.map(({ stat }) => keyOf(stat))),
        isWhole,
        origins: new Set(lives.flatMap(({ seen }) => (seen === null ? [] : [keyOf(seen)]))),
      });
    }
  }

  /** What was unpacked of the generations of `path`. */
  of(path: string): Unpacked | null {
    return this.#byPath.get(path) ?? null;
  }

  /** `run` comes to an end soon, and what it has done is of no use. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Files that are open go on without a name. */
  close(): void {
    remove(this.#options.folder);
  }

  async #tryUnpack(path: string, life: PackedLife): Promise<Sibling | null> {
    const { logger, folder } = this.#options;
    const fields = { path, found: life.path };
    const target = nodePath.join(folder, String(this.#count++));
    logger.info(fields, 'unpacking a rotated log that was compressed before it was read');
    try {
      fs.mkdirSync(folder, { recursive: true });
      await this.#unpack(life, new Siblings(path), target);
      return { path: target, stat: fs.statSync(target) };
    } catch (error) {
      remove(target);
      if (!this.#isStopped)
        logger.warn({ ...fields, reason: messageOf(error) }, 'a rotated log cannot be unpacked');
      return null;
    }
  }

  async #unpack(life: PackedLife, siblings: Siblings, target: string): Promise<void> {
    const { stat, head, offset } = life;
    const file = await open(target, 'wx+', 0o600);
    try {
      let size = 0;
      // Opened under the name that it has at this moment.
      const packed = { path: siblings.whereabouts(life), size: stat.size, isPipe: false };
      for await (const chunk of readHistory(packed, Readable.from([]))) {
        if (!chunk.ok) throw new Error(chunk.problem.replace(READ_IN_PART, ', and nothing of it is read'));
        if (this.#isStopped) throw new Error('it is to be stopped');
        const { bytes } = chunk;
        if (size < BEGINNING_BYTES || size + bytes.length >= offset) {
          if (!this.#hasRoomFor(bytes.length)) throw new Error('there is too little room on the disk');
          await writeAll(file, bytes, size);
        }
        size += bytes.length;
      }
      // A rotation may have given the name to another one meanwhile.
      if (!isSameContent(readHead(file.fd), head)) throw new Error('it is another one by now');
      if (size < offset) throw new Error('it ends before the place up to which the log was read');
      // It comes where the one that it was unpacked from would have come.
      await file.utimes(stat.atime, stat.mtime);
    } finally {
      await file.close();
    }
  }

  #hasRoomFor(bytes: number): boolean {
    if (this.#roomBytes < bytes) {
      const { blocks, bavail, bsize } = fs.statfsSync(this.#options.folder);
      const freeMin = Math.min(FREE_BYTES_MIN, (blocks * bsize) / 10);
      this.#roomBytes = bavail * bsize < freeMin ? 0 : LOOK_BYTES;
    }
    this.#roomBytes -= bytes;
    return this.#roomBytes >= 0;
  }
}

function packedBeside(vanished: readonly Vanished[]): string {
  return vanished
    .flatMap(({ saved }) => new Siblings(saved.path).packed().map(({ stat }) => keyOf(stat)))
    .join();
}

function remove(path: string): void {
  try {
    fs.rmSync(path, { recursive: true, force: true });
  } catch {
    // It can't be this process's: whatever is to be written there fails, and is told.
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
