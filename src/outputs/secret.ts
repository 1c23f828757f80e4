// Secrets of channels, read from their file or the environment at each use, so that a token that was put right is
// found without a restart. What is said of a failure names the place of the secret, never the secret.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { getSystemErrorMessage } from 'node:util';
import { messageOf } from '../message-of.ts';
import type { ChannelConfig, Secret, Url } from './channel.ts';
import { DeliveryError } from './delivery-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SecretReader {
  /** The secret, at least one character. Rejects with a DeliveryError that is a sentence for a person. */
  readonly read: (secret: Secret) => Promise<string>;
  /** Likewise; a URL that is no secret is given as it is. */
  readonly readUrl: (url: Url) => Promise<string>;
}

/** A file of more is not a secret but a mistake. */
const SECRET_BYTES_MAX = 65_536;

const FILE_REMEDY =
  'write the secret into a regular file of that name, which the user that fluffy runs as may read';
const VARIABLE_REMEDY = 'set it where fluffy is started; with compose, list it under environment';

export function createSecretReader(environment: Environment): SecretReader {
  const fail = (place: string, reason: string, remedy = FILE_REMEDY): never => {
    throw new DeliveryError(`cannot read the secret ${place}: ${reason}`, { remedy });
  };
  const read = async (secret: Secret): Promise<string> => {
    if (secret.from === 'environment') {
      const value = environment[secret.variable];
      if (value === undefined) return fail(secret.variable, 'no such environment variable', VARIABLE_REMEDY);
      return value === ''
        ? fail(secret.variable, 'the environment variable is empty', VARIABLE_REMEDY)
        : value;
    }
    const { path } = secret;
    const bytes = await readStart(path, (reason) => fail(path, reason));
    if (bytes.length > SECRET_BYTES_MAX) return fail(path, 'the file has more than 64 KiB');
    const value = bytes.toString('utf8').replace(/\r?\n$/, '');
    return value === '' ? fail(path, 'the file is empty') : value;
  };
  return { read, readUrl: async (url) => (url.from === 'text' ? url.url : read(url)) };
}

/** What is wrong with the secrets that these channels need, a sentence each; none is shown. */
export async function findSecretProblems(
  channels: readonly ChannelConfig[],
  { read }: SecretReader,
): Promise<string[]> {
  const problems: string[] = [];
  for (const channel of channels) {
    for (const secret of secretsOf(channel)) {
      try {
        await read(secret);
      } catch (error) {
        problems.push(`channel ${channel.name} ${messageOf(error)}`);
      }
    }
  }
  return problems;
}

function secretsOf(channel: ChannelConfig): Secret[] {
  const isSecret = (value: Url | Secret | string | null): value is Secret =>
    value !== null && typeof value === 'object' && value.from !== 'text';
  switch (channel.type) {
    case 'webhook':
      return [channel.url, channel.secret, ...channel.headers.map(({ value }) => value)].filter(isSecret);
    case 'slack':
    case 'alertmanager':
      return [channel.url].filter(isSecret);
    case 'pagerduty':
      return [channel.routingKey];
    case 'email':
      return [channel.password].filter(isSecret);
    case 'sns':
      return [];
  }
}

/** At most one byte more than a secret may have. A pipe would be waited for, and has its secret once only. */
async function readStart(path: string, fail: (reason: string) => never): Promise<Buffer> {
  const buffer = Buffer.alloc(SECRET_BYTES_MAX + 1);
  let length = 0;
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) return fail(stat.isDirectory() ? 'it is a directory' : 'it is not a regular file');
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    const isSystem = error instanceof Error && 'errno' in error && typeof error.errno === 'number';
    fail(isSystem ? getSystemErrorMessage(Number(error.errno)) : String(error));
  }
  return buffer.subarray(0, length);
}
