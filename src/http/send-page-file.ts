// Sends a file of the page: packed as the browser takes it, not at all when it has it, and with what keeps a page that
// shows foreign text (paths, user agents) from doing anything with it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Encoding, PageFile } from './page-files.ts';

const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
};

const YEAR_SECONDS = 31_536_000;

/** For GET and HEAD. Rejects when the file can't be read. */
export async function sendPageFile(
  request: IncomingMessage,
  response: ServerResponse,
  { contentType, etag, isImmutable, read }: PageFile,
): Promise<void> {
  const headers = {
    ...SECURITY_HEADERS,
    ETag: etag,
    Vary: 'Accept-Encoding',
    'Cache-Control': isImmutable ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache',
  };
  if (isKnown(request.headers['if-none-match'], etag)) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  const encoding = chooseEncoding(request.headers['accept-encoding']);
  const body = await read(encoding);
  response.writeHead(200, {
    ...headers,
    'Content-Type': contentType,
    'Content-Length': body.length,
    ...(encoding === 'identity' ? {} : { 'Content-Encoding': encoding }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** `header`: the list of `If-None-Match`, whose weak tags count too. */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => ['*', etag].includes(one.trim().replace(/^W\//, '')));
}

/** The best of `Accept-Encoding`; what has the weight 0 is not wanted. */
function chooseEncoding(header = ''): Encoding {
  const accepted = new Set(
    header
      .split(',')
      .map((one) => one.trim().toLowerCase().split(';'))
      .filter(([, weight = '']) => !/^\s*q=0(?:\.0*)?\s*$/.test(weight))
      .map(([name]) => name),
  );
  if (accepted.has('br')) return 'br';
  return accepted.has('gzip') ? 'gzip' : 'identity';
}
