// Reads a file of YAML to its settings, or to what is wrong with it as a file. Touches the file system; a part of
// load.ts, load-keys.ts and rules-file.ts.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';

import type { ConfigProblem } from './problem.ts';

import { readSettings, type Settings } from './settings.ts';
import { readYaml, type YamlEntry } from './yaml-document.ts';

const FILE_BYTES_MAX = 1024 * 1024;

export const NOTHING: Settings = { settings: [], problems: [], warnings: [] };

export type YamlFile =
  | { readonly ok: true; readonly entries: readonly YamlEntry[] }
  | {
      readonly ok: false;
      readonly problems: readonly ConfigProblem[];
      /** What it holds, as far as it is text; null when it can't be read. */
      readonly text: string | null;
    };

/** `known`: the keys that this kind of file may have. */
export function toSettings(yaml: YamlFile, file: string, known?: readonly string[]): Settings {
  return yaml.ok ? readSettings(yaml.entries, file, known) : { ...NOTHING, problems: yaml.problems };
}

/** `file` is relative to `cwd`, an absolute path; problems show it as it is. Never throws for what a user can get wrong. */
export function readYamlFile(file: string, cwd: string): YamlFile {
  const bytes = readBytes(resolve(cwd, file));
  if (typeof bytes === 'string') return refused(file, bytes);
  if (bytes.length > FILE_BYTES_MAX)
    return refused(file, 'is larger than 1 MiB: this cannot be a configuration');
  const text = decode(bytes);
  if (text === null) return refused(file, 'is not UTF-8 text', new TextDecoder().decode(bytes));
  return readYamlText(text, file);
}

/** Of `file`, which is only named. */
export function readYamlText(text: string, file: string): YamlFile {
  const yaml = readYaml(text);
  if (yaml.ok) return yaml;
  const problems = yaml.problems.map(({ position, message }) => {
    const [line, column] = position === null ? [null, null] : [position.line, position.column];
    return { file, line, column, key: '', message };
  });
  return { ok: false, problems, text };
}

function refused(file: string, message: string, text: string | null = null): YamlFile {
  return { ok: false, problems: [problemOf(file, message)], text };
}

/** The bytes, at most one more than allowed, whatever kind of file it is (a pipe has no size); or what is wrong. */
function readBytes(path: string): Buffer | string {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, 'r');
    if (fstatSync(descriptor).isDirectory()) return 'is a directory: name the file in it';
    const buffer = Buffer.alloc(FILE_BYTES_MAX + 1);
    let length = 0;
    for (let count = -1; count !== 0 && length < buffer.length; length += count) {
      count = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    return buffer.subarray(0, length);
  } catch (error) {
    return `cannot be read: ${REASONS.get(codeOf(error)) ?? codeOf(error)}`;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

const REASONS = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such file'],
  ['EACCES', 'permission denied to the user that fluffy runs as'],
  ['ELOOP', 'its links lead in a circle'],
]);

/** Of an error of the file system; any other is thrown. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (typeof code !== 'string') throw error;
  return code;
}

function decode(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

/** Of the whole of `file`, which may be something else than a file as long as it has a name. */
export function problemOf(file: string, message: string): ConfigProblem {
  return { file, line: null, column: null, key: '', message };
}
