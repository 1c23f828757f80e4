// The token in a file: a secret that is mounted into a container, and may change while fluffy runs. What is said of it
// names the file, never what is in it.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';

const LENGTH_MIN = 16;
const LENGTH_MAX = 1024;

export type TokenReading =
  | { readonly ok: true; readonly token: string }
  | {
      readonly ok: false;
      /** A sentence for a person. */
      readonly problem: string;
    };

/** `path` is relative to the working directory. White space around the token does not count. */
export function readTokenFile(path: string): TokenReading {
  const refuse = (reason: string): TokenReading => ({
    ok: false,
    problem: `http.token-file ${path} ${reason}`,
  });
  const text = readStart(path);
  if (!text.ok) return refuse(`cannot be read: ${text.reason}`);
  const token = text.text.trim();
  if (token === '') return refuse('is empty: it must hold a token');
  if (token.length > LENGTH_MAX) return refuse(`must hold a token of at most ${LENGTH_MAX} characters`);
  // What may stand behind `Bearer` in a header.
  if (!/^[\w.~+/=-]+$/.test(token))
    return refuse('must hold a token of letters, digits and any of . _ ~ + / = - only, on one line');
  if (token.length < LENGTH_MIN) return refuse(`must hold a token of at least ${LENGTH_MIN} characters`);
  return { ok: true, token };
}

type Text = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** Somewhat more than the longest token at most. A pipe would hold up everything, and has its token once only. */
function readStart(path: string): Text {
  const buffer = Buffer.alloc(2 * LENGTH_MAX);
  let descriptor: number | null = null;
  let length = 0;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(descriptor).isFile()) return { ok: false, reason: 'it is not a regular file' };
    for (let count = -1; count !== 0 && length < buffer.length; length += count)
      count = readSync(descriptor, buffer, length, buffer.length - length, null);
  } catch (error) {
    const isSystem = error instanceof Error && 'errno' in error && typeof error.errno === 'number';
    return { ok: false, reason: isSystem ? getSystemErrorMessage(Number(error.errno)) : String(error) };
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
  return { ok: true, text: buffer.toString('utf8', 0, length) };
}
