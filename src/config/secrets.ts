// Places of secrets, and values that may be secrets themselves: where a channel's keys say that its URL, password or
// key is found. Pure; nothing is opened here, and no message shows what was given.
import type { Secret, Url } from '../outputs/channel.ts';
import { blockOf, hidden, mappingOf, refuse, scalar, type Block, type Reader } from './blocks.ts';
import { readLine } from './block-values.ts';
import type { Reading } from './duration.ts';
import { readPath } from './fields.ts';

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]{1,128}$/;
/** Of the message itself: another value would break it. */
const OWN_HEADERS = new Set(['connection', 'content-length', 'host', 'transfer-encoding']);
const SECRET_HEADER = /auth|cookie|key|password|secret|signature|token/i;

export const secretFile = hidden(scalar(readSecretPath));
export const secretVariable = hidden(scalar(readVariable));
export const plainUrl = hidden(scalar(readUrl));

interface Header {
  readonly name: string;
  readonly value: string | Secret;
}

/** What to do instead of writing a secret down, for `blockOf`. */
export function secretRemedy(key: string): Readonly<Record<string, string>> {
  const message = `give ${key}-file or ${key}-env: secrets do not belong into the configuration`;
  return { [key]: message };
}

/** From the values of `…-file` and `…-env`; null without them. */
export function secretOf(path: string | undefined, variable: string | undefined): Secret | null {
  if (path !== undefined) return { from: 'file', path };
  return variable === undefined ? null : { from: 'environment', variable };
}

export function urlOf(url: string | undefined, secret: Secret | null): Url | null {
  return url === undefined ? secret : { from: 'text', url };
}

/** At most one of `keys`, which say the same thing in different ways. */
export function needsOneOf<T>(
  block: Block<T>,
  keys: readonly (keyof T & string)[],
  { isOptional = false }: { isOptional?: boolean } = {},
): void {
  const given = keys.filter((key) => block.isGiven(key));
  const all = `${keys.slice(0, -1).join(', ')} or ${keys.at(-1)}`;
  if (given.length === 0 && !isOptional && !block.hasRemedied) block.refuse([], `needs ${all}`);
  if (given.length > 1)
    block.refuse(given.slice(1), `must not be there along with ${given[0]}: give one of them`);
}

/** Text, or `{file: …}` or `{env: …}`, by the name of the header. */
export const readHeaders: Reader<readonly Header[]> = (value, place) => {
  const names = new Set<string>();
  const findProblem = (name: string): string | null => {
    const lower = name.toLowerCase();
    if (!HEADER_NAME.test(name)) return 'is not the name of a header';
    if (OWN_HEADERS.has(lower)) return 'is a header that fluffy sets itself';
    if (names.has(lower)) return 'is there twice: letter case does not count in headers';
    names.add(lower);
    return null;
  };
  const headers = mappingOf(findProblem, readerOfHeader)(value, { ...place, isHidden: true });
  return headers && [...headers].map(([name, given]) => ({ name, value: given }));
};

const readHeaderSecret = blockOf({ file: secretFile, env: secretVariable });

function readerOfHeader(name: string): Reader<string | Secret> {
  return (value, place) => {
    if (value.kind !== 'mapping') {
      if (SECRET_HEADER.test(name))
        return refuse(
          value,
          place,
          'must be {file: …} or {env: …}: secrets do not belong into the configuration',
        );
      return scalar(readHeaderText)(value, place);
    }
    const block = readHeaderSecret(value, place);
    if (block === undefined) return undefined;
    needsOneOf(block, ['file', 'env']);
    return secretOf(block.values.file, block.values.env) ?? undefined;
  };
}

function readHeaderText(raw: unknown): Reading<string> {
  return readLine(typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : raw);
}

function readSecretPath(raw: unknown): Reading<string> {
  const isUrl = typeof raw === 'string' && raw.includes('://');
  return isUrl ? { ok: false, message: 'must be the path of a file that holds it' } : readPath(raw);
}

function readVariable(raw: unknown): Reading<string> {
  if (typeof raw !== 'string' || !/^[A-Za-z_]\w{0,127}$/.test(raw))
    return { ok: false, message: 'must be the name of a variable that holds it, such as SLACK_URL' };
  if (raw.startsWith('FLUFFY_'))
    return {
      ok: false,
      message: 'must not begin with FLUFFY_: such variables are keys of the configuration',
    };
  return { ok: true, value: raw };
}

/** A user and a password in it would be a secret in the configuration; other parts may be one, and nobody can tell. */
function readUrl(raw: unknown): Reading<string> {
  const text = typeof raw === 'string' ? raw.trim() : '';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:\/\//i.test(text))
    return { ok: false, message: 'must be a URL that begins with http:// or https://' };
  if (url.username !== '' || url.password !== '')
    return {
      ok: false,
      message: 'must not hold a user or a password: secrets do not belong into the configuration',
    };
  return { ok: true, value: text };
}
