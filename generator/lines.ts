// Writes one request as a line in the format of a web server. Pure; the text is Latin-1, one character a byte.
import type { Request } from './request-mix.ts';
import { createClfTime } from './clf-time.ts';

export const FORMATS = ['common', 'combined', 'main', 'vhost_combined', 'caddy-json', 'traefik-clf'] as const;
export type Format = (typeof FORMATS)[number];

/** A line without its line end. `eventMs`: milliseconds since the epoch. */
export type LineFormatter = (request: Request, eventMs: number) => string;

export interface LineOptions {
  readonly format: Format;
  /** The server's own time zone, minutes east of UTC. */
  readonly utcOffsetMinutes: number;
}

export function createLineFormatter(options: LineOptions): LineFormatter {
  if (options.format === 'caddy-json') return caddyLine;
  const clfTime = createClfTime(options.utcOffsetMinutes);
  const { before, after } = AROUND_CLF[options.format];
  return (request, eventMs) =>
    `${before(request)}${request.client} - ${request.user} [${clfTime(eventMs)}] ` +
    `"${requestLine(request)}" ${request.status} ${after(request)}`;
}

interface AroundClf {
  readonly before: (request: Request) => string;
  /** What follows the status, from the size on. */
  readonly after: (request: Request) => string;
}

const nothing = (): string => '';

const AROUND_CLF: Readonly<Record<Exclude<Format, 'caddy-json'>, AroundClf>> = {
  common: { before: nothing, after: clfSize },
  combined: { before: nothing, after: (request) => request.sizeBytes + refererAndAgent(request, '\\x22') },
  main: {
    before: nothing,
    after: (request) => `${request.sizeBytes}${refererAndAgent(request, '\\x22')} "${forwardedFor(request)}"`,
  },
  vhost_combined: {
    before: (request) => `${virtualHost(request)} `,
    after: (request) => request.sizeBytes + refererAndAgent(request, '\\"'),
  },
  'traefik-clf': { before: nothing, after: traefikTail },
};

function requestLine(request: Request): string {
  // A request that was not HTTP has no method; its target is the whole request line as the server logs it.
  return request.method === '' ? request.target : `${request.method} ${request.target} ${request.protocol}`;
}

/** Apache's %b: a response without a body is a dash. */
function clfSize(request: Request): string {
  return request.sizeBytes === 0 ? '-' : String(request.sizeBytes);
}

function refererAndAgent(request: Request, escapedQuote: string): string {
  return ` "${request.referer}" "${escapeQuotes(request.agent, escapedQuote)}"`;
}

function escapeQuotes(text: string, escapedQuote: string): string {
  return text.includes('"') ? text.replaceAll('"', escapedQuote) : text;
}

/** Some requests came through proxies; which ones follows from the request, so that no chance is spent on it. */
function forwardedFor(request: Request): string {
  const choice = request.durationMicros % 5;
  if (choice === 0) return '198.51.100.7';
  return choice === 1 ? '2001:db8::17, 198.51.100.8' : '-';
}

function virtualHost(request: Request): string {
  return request.durationMicros % 3 === 0 ? 'api.example:443' : 'shop.example:443';
}

function traefikTail(request: Request): string {
  const router = request.target.startsWith('/api/') ? 'api' : 'shop';
  const millis = Math.floor(request.durationMicros / 1000);
  return (
    `${request.sizeBytes}${refererAndAgent(request, '\\"')} ${request.durationMicros % 1000} ` +
    `"${router}@docker" "http://172.18.0.${router === 'api' ? 3 : 4}:8080" ${millis}ms`
  );
}

function caddyLine(request: Request, eventMs: number): string {
  const headers =
    `"User-Agent":["${escapeQuotes(request.agent, '\\"')}"]` +
    (request.referer === '-' ? '' : `,"Referer":["${request.referer}"]`);
  return (
    `{"level":"${request.status < 500 ? 'info' : 'error'}","ts":${secondsText(eventMs)},` +
    `"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"${request.client}",` +
    `"remote_port":"${1024 + (request.durationMicros % 60_000)}","client_ip":"${request.client}",` +
    `"proto":"${request.protocol}","method":"${request.method}","host":"shop.example",` +
    `"uri":"${request.target}","headers":{${headers}}},"bytes_read":0,` +
    `"user_id":"${request.user === '-' ? '' : request.user}","duration":${request.durationMicros / 1_000_000},` +
    `"size":${request.sizeBytes},"status":${request.status},"resp_headers":{"Server":["Caddy"]}}`
  );
}

/** Rounded down: a time just before the full second must not be logged in the next one. */
function secondsText(timeMs: number): string {
  return (Math.floor(timeMs * 1000) / 1_000_000).toFixed(6);
}
