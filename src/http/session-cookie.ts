// The cookie that holds a browser's session. No script can read it, and no other site can have it sent.
import type { IncomingMessage } from 'node:http';
import { SESSION_SECONDS } from './sessions.ts';

/** Null without one. */
export function sessionOf(request: IncomingMessage): string | null {
  const name = nameFor(request);
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined && value !== '') return value;
  }
  return null;
}

/** The value of `Set-Cookie`; null: it is taken away. */
export function cookieFor(request: IncomingMessage, session: string | null): string {
  const attributes = ['HttpOnly', 'SameSite=Strict', 'Path=/', ...(isEncrypted(request) ? ['Secure'] : [])];
  const age = `Max-Age=${session === null ? 0 : SESSION_SECONDS}`;
  return [`${nameFor(request)}=${session ?? ''}`, age, ...attributes].join('; ');
}

/** Browsers send the cookies of one port to all ports of a host: two fluffys there must not log each other out. */
function nameFor({ headers }: IncomingMessage): string {
  const port = /:(\d{1,5})$/.exec(headers.host ?? '')?.[1];
  return port === undefined ? 'fluffy_session' : `fluffy_session_${port}`;
}

/** As far as can be told behind a proxy. Whoever says so wrongly spoils nobody's cookie but its own. */
function isEncrypted({ headers }: IncomingMessage): boolean {
  const proto = headers['x-forwarded-proto'];
  return /^https\b/i.test(String(proto ?? '')) || (headers.origin ?? '').startsWith('https://');
}
