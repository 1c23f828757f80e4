// Looks at a log by its name: is there a file to read, and if not, why. Opens it without ever blocking on a pipe
// or device. Beginning of the source room's data path; the sentences are in problem.ts.
import fs from 'node:fs';
import nodePath from 'node:path';
import { messageOf } from '../message-of.ts';
import { headBytesMax } from './head.ts';
import { linkToStdout, missing, noMatch, notAFile, readError, unreadable } from './problem.ts';
import { fixedDirectory } from './pattern.ts';
import type { SourceProblem } from './source.ts';

export type Sight =
  { readonly ok: true; readonly stat: fs.Stats } | { readonly ok: false; readonly problem: SourceProblem };

export interface Opened {
  readonly ok: true;
  readonly fd: number;
  readonly stat: fs.Stats;
  /** Its first bytes. */
  readonly head: Buffer;
}

export type Opening = Opened | { readonly ok: false; readonly problem: SourceProblem };

const linksMax = 40;

export function lookAt(path: string): Sight {
  try {
    // Most are what they seem: many a time a second, one question must do.
    const own = fs.lstatSync(path);
    if (own.isFile()) return { ok: true, stat: own };
    const target = standardStreamBehind(path);
    if (target !== null) return { ok: false, problem: linkToStdout(path, target) };
    const stat = fs.statSync(path);
    if (stat.isFile()) return { ok: true, stat };
    return { ok: false, problem: notAFile(path, kindOf(stat)) };
  } catch (error) {
    return { ok: false, problem: explain(path, error) };
  }
}

export function openLog(path: string): Opening {
  let fd: number | null = null;
  try {
    // The name may have become a pipe since it was looked at: without O_NONBLOCK the open would wait for a writer.
    fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const stat = fs.fstatSync(fd);
    if (stat.isFile()) return { ok: true, fd, stat, head: readHead(fd) };
    fs.closeSync(fd);
    return { ok: false, problem: notAFile(path, kindOf(stat)) };
  } catch (error) {
    if (fd !== null) fs.closeSync(fd);
    return { ok: false, problem: explain(path, error) };
  }
}

/** The first bytes of an open file. */
export function readHead(fd: number): Buffer {
  const head = Buffer.alloc(headBytesMax);
  return head.subarray(0, fs.readSync(fd, head, 0, headBytesMax, 0));
}

/** The sentence for an error of looking at, opening or reading `path`. */
export function explain(path: string, error: unknown): SourceProblem {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return missing(path, nearestParent(path));
  if (code === 'EACCES' || code === 'EPERM') return explainRefusal(path);
  return readError(path, messageOf(error));
}

/** True for what the operating system refused, false for a mistake in the program. */
export function isSystemError(error: unknown): boolean {
  return codeOf(error) !== null;
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Follows links one by one: resolving /dev/stdout at once would give fluffy's own output. */
function standardStreamBehind(path: string): string | null {
  let current = nodePath.resolve(path);
  for (let links = 0; links < linksMax; links += 1) {
    if (/^\/dev\/(?:stdout|stderr|fd\/[12])$|^\/proc\/(?:self|\d+)\/fd\/[12]$/.test(current)) return current;
    if (!fs.lstatSync(current).isSymbolicLink()) return null;
    current = nodePath.resolve(nodePath.dirname(current), fs.readlinkSync(current));
  }
  return null;
}

function kindOf(stat: fs.Stats): string {
  if (stat.isDirectory()) return 'directory';
  if (stat.isFIFO()) return 'named pipe';
  if (stat.isSocket()) return 'socket';
  return 'device';
}

function nearestParent(path: string): string {
  let parent = nodePath.dirname(nodePath.resolve(path));
  while (parent !== '/' && !fs.existsSync(parent)) parent = nodePath.dirname(parent);
  return parent;
}

/** Why a glob leads to no file: there is none, or its directory may not be looked into. */
export function explainNoMatch(pattern: string): SourceProblem {
  const directory = nodePath.resolve(fixedDirectory(pattern));
  try {
    fs.accessSync(directory, fs.constants.R_OK | fs.constants.X_OK);
  } catch (error) {
    const inside = nodePath.join(directory, 'any');
    if (codeOf(error) === 'EACCES') return refusal(pattern, refusingDirectory(inside) ?? directory);
  }
  return noMatch(pattern);
}

function explainRefusal(path: string): SourceProblem {
  return refusal(path, whatRefuses(nodePath.resolve(path)));
}

function refusal(path: string, refusing: string): SourceProblem {
  const stat = fs.statSync(refusing, { throwIfNoEntry: false });
  if (stat === undefined) return missing(path, nearestParent(path));
  const gids = [...new Set([process.getegid?.() ?? -1, ...(process.getgroups?.() ?? [])])];
  return unreadable({
    path,
    refusing,
    isDirectory: stat.isDirectory(),
    ownerUid: stat.uid,
    ownerGid: stat.gid,
    mode: stat.mode,
    uid: process.geteuid?.() ?? -1,
    gids,
  });
}

/** The first directory on the way that may not be entered, or else the file itself (behind its links). */
function whatRefuses(path: string): string {
  let current = path;
  for (let links = 0; links < linksMax; links += 1) {
    const directory = refusingDirectory(current);
    if (directory !== null) return directory;
    try {
      if (!fs.lstatSync(current).isSymbolicLink()) return current;
      current = nodePath.resolve(nodePath.dirname(current), fs.readlinkSync(current));
    } catch (error) {
      return codeOf(error) === 'EACCES' ? nodePath.dirname(current) : current;
    }
  }
  return current;
}

function refusingDirectory(path: string): string | null {
  let directory = '/';
  for (const part of path.split('/').slice(1, -1)) {
    directory = nodePath.join(directory, part);
    try {
      fs.accessSync(directory, fs.constants.X_OK);
    } catch (error) {
      return codeOf(error) === 'EACCES' ? directory : null;
    }
  }
  return null;
}
