// Words for what can be wrong with a log: one sentence each, with the remedy. Pure part of the source room; the facts
// are gathered in name.ts.
import nodePath from 'node:path';
import type { SourceProblem, SourceWarning } from './source.ts';

/** To join it would be to be root, nearly. */
const ROOT_GID = 0;

/** What the kernel compares when it refuses a file or directory. */
export interface AccessFacts {
  /** The log. */
  readonly path: string;
  /** The file or directory that refuses, and what it is. */
  readonly refusing: string;
  readonly isDirectory: boolean;
  readonly ownerUid: number;
  readonly ownerGid: number;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gids: readonly number[];
}

export function missing(path: string, nearestParent: string): SourceProblem {
  const message =
    `${path} does not exist (its nearest existing directory is ${nearestParent}): waiting for it; ` +
    'if it should be there, check the filename setting and which directory is mounted';
  return { code: 'missing', message };
}

export function noMatch(pattern: string): SourceProblem {
  const message =
    `no file matches ${pattern}: waiting for one; ` +
    'if there should be one, check the filename setting and which directory is mounted';
  return { code: 'no-match', message };
}

export function linkToStdout(path: string, target: string): SourceProblem {
  const message =
    `${path} is a link to ${target}, as in the official nginx image, so the lines go to the web server's own ` +
    'output and not into a file: mount a host directory over /var/log/nginx in both containers ' +
    '(a bind mount, or a volume with nocopy)';
  return { code: 'link-to-stdout', message };
}

export function notAFile(path: string, kind: string): SourceProblem {
  const message = `${path} is a ${kind}, not a log file: set filename to the access log itself`;
  return { code: 'not-a-file', message };
}

export function packed(path: string, packing: string): SourceProblem {
  return {
    code: 'not-a-file',
    message:
      `${path} is packed by ${packing}, and nothing is appended to such a file: set filename to the log that the server writes; ` +
      `fluffy check FILE, replay and suggest read packed ones`,
  };
}

export function readError(path: string, reason: string): SourceProblem {
  const message = `cannot read ${path}: ${reason}; trying again, check the disk or mount it is on`;
  return { code: 'read-error', message };
}

export function unreadable(facts: AccessFacts): SourceProblem {
  const mode = (facts.mode & 0o7777).toString(8).padStart(4, '0');
  const what = facts.isDirectory ? `the directory ${facts.refusing}` : refusingFile(facts);
  const message =
    `cannot read ${facts.path}: ${what} belongs to ${facts.ownerUid}:${facts.ownerGid} with mode ${mode} ` +
    `and fluffy runs as uid ${facts.uid} with groups ${facts.gids.join(', ')}; ${remedy(facts)}`;
  return { code: 'unreadable', message };
}

function refusingFile(facts: AccessFacts): string {
  return facts.refusing === nodePath.resolve(facts.path) ? 'it' : `its target ${facts.refusing}`;
}

function remedy(facts: AccessFacts): string {
  const needed = facts.isDirectory ? 0o010 : 0o040;
  const permission = facts.isDirectory ? 'g+rx' : 'g+r';
  const group = `group_add: ["${facts.ownerGid}"]`;
  const hasGroup = facts.gids.includes(facts.ownerGid);
  if ((facts.mode & needed) !== 0) {
    if (!hasGroup && facts.ownerGid === ROOT_GID)
      return `give it a group of its own, chgrp adm ${facts.refusing}, and fluffy's service group_add: ["4"], that of adm on Debian`;
    if (!hasGroup) return `give fluffy's service ${group} in the compose file`;
    return 'its mode would allow it, so look at SELinux (":z" on the mount), AppArmor or an ACL';
  }
  if (facts.ownerGid === ROOT_GID && !hasGroup)
    return `nobody else may: chgrp adm ${facts.refusing} && chmod ${permission} ${facts.refusing}, and give fluffy's service group_add: ["4"], that of adm on Debian`;
  const chmod = `its group may not read it either: chmod ${permission} ${facts.refusing}`;
  const rotation = facts.isDirectory ? '' : ' (and let log rotation create it with mode 0640)';
  return hasGroup ? `${chmod}${rotation}` : `${chmod}${rotation} and give fluffy's service ${group}`;
}

/** For a log that is itself a mount point: it stays on the inode that was mounted. */
export function singleFileMount(path: string): SourceWarning {
  const message =
    `${path} is mounted as a single file, which goes on showing the old file after the first rotation: ` +
    'mount its directory instead';
  return { code: 'single-file-mount', message };
}
