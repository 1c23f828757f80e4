// Stands before everything that is served, but for the health checks: lets a request pass, or answers it. Decided by
// access.ts and host.ts.
import type { IncomingMessage } from 'node:http';
import type { Access, Credentials, Refusal, Verdict } from './access.ts';
import { refusal } from './answer.ts';
import type { Answer } from './answer.ts';
import { isExpectedHost, isOwnOrigin } from './host.ts';
import { logInPage } from './log-in-page.ts';
import { SESSION_PATH } from './routes.ts';
import { sessionOf } from './session-cookie.ts';

export type Pass =
  | { readonly isOpen: true; readonly verdict: Extract<Verdict, { isAllowed: true }> | null }
  | { readonly isOpen: false; readonly answer: Answer };

/** The verdict is null for a request to log in only, which brings its token in its body. */
export function passGate(request: IncomingMessage, path: string, access: Access): Pass {
  const { method = 'GET', headers } = request;
  const { allowedHosts } = access;
  const isReading = method === 'GET' || method === 'HEAD';
  if (!access.isTokenNeeded && !isExpectedHost(headers.host, allowedHosts))
    return { isOpen: false, answer: MISDIRECTED };
  if (!isReading && !isOwnOrigin(headers.origin, headers.host, allowedHosts))
    return { isOpen: false, answer: FOREIGN };
  const verdict = access.judge(credentialsOf(request));
  if (verdict.isAllowed) return { isOpen: true, verdict };
  if (path === SESSION_PATH && method === 'POST') return { isOpen: true, verdict: null };
  const isPage = isReading && (path === '/' || path === SESSION_PATH) && wantsHtml(request);
  return { isOpen: false, answer: isPage ? logInPage(verdict) : refuse(verdict) };
}

/** To a browser that shows it, and not to a program or a script. */
export function wantsHtml({ headers }: IncomingMessage): boolean {
  return /\btext\/html\b/i.test(headers.accept ?? '');
}

export function addressOf({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? '';
}

/** For a program. */
export function refuse(verdict: Refusal): Answer {
  switch (verdict.reason) {
    case 'no-token':
      return refusal(401, 'this needs the token of http.token-file: Authorization: Bearer TOKEN', {
        'WWW-Authenticate': 'Bearer realm="fluffy"',
      });
    case 'wrong-token':
      return refusal(401, 'the token is not that of http.token-file', {
        'WWW-Authenticate': 'Bearer realm="fluffy", error="invalid_token"',
      });
    case 'too-many-tries':
      return refusal(429, `too many wrong tokens: the next try is in ${verdict.waitSeconds} s`, {
        'Retry-After': String(verdict.waitSeconds),
      });
  }
}

const MISDIRECTED = refusal(
  421,
  'fluffy is not asked under this name: put it into http.allowed-hosts, or set http.token-file',
);

const FOREIGN = refusal(
  403,
  'a page of another origin may not do this: behind a proxy that changes Host, put its name into http.allowed-hosts',
);

function credentialsOf(request: IncomingMessage): Credentials {
  const { authorization = '' } = request.headers;
  return {
    token: /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? null,
    session: sessionOf(request),
    address: addressOf(request),
  };
}
