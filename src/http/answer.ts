// How an answer is written: everything that fluffy says over HTTP but the page's files and the streams.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: OutgoingHttpHeaders;
}

export const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';

/** For HEAD the body is left out by Node.js. */
export function send(response: ServerResponse, { status, contentType, body, headers = {} }: Answer): void {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(body);
}

export function json(status: number, value: unknown, headers: OutgoingHttpHeaders = {}): Answer {
  return { status, contentType: JSON_TYPE, body: `${JSON.stringify(value, null, 2)}\n`, headers };
}

export function text(status: number, sentence: string, headers: OutgoingHttpHeaders = {}): Answer {
  return { status, contentType: TEXT, body: `${sentence}\n`, headers };
}

/** What every refusal of an order or of access looks like. */
export function refusal(status: number, problem: string, headers: OutgoingHttpHeaders = {}): Answer {
  return json(status, { ok: false, problems: [problem] }, headers);
}
