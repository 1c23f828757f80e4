// A copy of the state database at one moment, made while the monitor goes on.
import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { messageOf } from '../message-of.ts';
import { connect, copyDatabase } from './connection.ts';
import { connectReader } from './history-reader.ts';

export type BackupResult =
  | { readonly ok: true; readonly bytes: number }
  | { readonly ok: false; /** One sentence. */ readonly message: string };

/** Copies the database at `path` into the new file `target`, which is there only when it is whole and checked. */
export async function backUp(path: string, target: string): Promise<BackupResult> {
  if (!existsSync(path)) return { ok: false, message: `there is nothing to copy: ${path} does not exist` };
  if (!existsSync(dirname(resolve(target))) || target === '')
    return { ok: false, message: `cannot write "${target}": there is no such directory` };
  if (existsSync(target)) return { ok: false, message: `${target} is there already: name a new file` };
  const unfinished = `${target}.unfinished`;
  const refusal = begin(unfinished);
  if (refusal !== null) return { ok: false, message: `cannot write ${target}: ${refusal}` };
  try {
    const from = connectReader(path);
    try {
      await copyDatabase(from, unfinished);
    } finally {
      from.close();
    }
    const bytes = settle(unfinished);
    renameSync(unfinished, target);
    return { ok: true, bytes };
  } catch (error) {
    for (const companion of ['', '-wal', '-shm', '-journal']) rmSync(unfinished + companion, { force: true });
    return {
      ok: false,
      message: `cannot copy ${path}: ${messageOf(error)}`,
    };
  }
}

/** Makes an empty file, as SQLite's own message would not say which of the two it is about. Gives why it can't; null: it has. */
function begin(path: string): string | null {
  try {
    closeSync(openSync(path, 'w'));
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** Makes the copy one file that needs no companions, and looks whether it is sound. Gives its bytes. */
function settle(path: string): number {
  const copy = connect(path);
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
    const check = copy.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    if (check !== 'ok') throw new Error(`the copy is damaged: ${String(check)}`);
    const size = copy
      .prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size')
      .get();
    return Number(size?.['bytes']);
  } finally {
    copy.close();
  }
}
