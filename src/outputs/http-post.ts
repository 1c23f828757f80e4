// One POST to a place in the network, under one deadline. What it says of a failure names the host and nothing else of
// the request: a URL of a chat is a secret, and so are headers.
import { request as requestHttp, STATUS_CODES } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as requestHttps } from 'node:https';
import { getSystemErrorMessage } from 'node:util';
import type { Clock } from '../clock.ts';
import { DeliveryError } from './delivery-error.ts';
import { NO_ANSWER, remedyOfCode, remedyOfStatus } from './remedy.ts';

export interface Post {
  /** http or https. A user and a password in it are sent as basic authentication. */
  readonly url: string;
  /** `content-type` is JSON unless it is among them. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** For all of it, from the look-up of the name to the answer; 10 s if not given. */
  readonly timeoutMs?: number;
  /** Ends it early: fluffy is about to stop. */
  readonly signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 10_000;
/** An answer is read so far, so that its sender need not see a reset, and is not looked at. */
const ANSWER_BYTES_MAX = 4096;
const RETRY_AFTER_MS_MAX = 3_600_000;
/** What was sent is refused as such: the same again would be refused again. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 413, 422]);

/**
 * Resolves when the place has answered with a status 2xx. Rejects with a DeliveryError otherwise; a redirect is not
 * followed, as it would hand the alert to a place that nobody has configured.
 */
export async function postJson(post: Post, clock: Clock): Promise<void> {
  const url = URL.parse(post.url);
  // The error of `new URL` has the text of it.
  if (url === null || !(url.protocol === 'http:' || url.protocol === 'https:'))
    throw new DeliveryError('the URL is not one of http or https', {
      remedy: 'it must begin with http:// or https:// and name a host',
    });
  const answer = await receive(url, post, clock);
  const { statusCode: status = 0, headers } = answer;
  if (status >= 200 && status < 300) return;
  const redirect =
    status >= 300 && status < 400
      ? `${describeTarget(url, headers.location)}, and redirects are not followed`
      : '';
  throw new DeliveryError(
    `${url.host} answered ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd() + redirect,
    {
      isFinal: FINAL_STATUSES.has(status),
      remedy: remedyOfStatus(status),
      retryAfterMs: readRetryAfter(headers['retry-after'], clock.now()),
    },
  );
}

/** `: it redirects to https://example.org`, without what may be a secret: path, query and user. Empty when not known. */
function describeTarget(url: URL, location: string | undefined): string {
  const target = location === undefined ? null : URL.parse(location, url.href);
  if (target === null || !(target.protocol === 'http:' || target.protocol === 'https:')) return '';
  return `: it redirects to ${target.origin === url.origin ? 'another path there' : target.origin}`;
}

/** `Retry-After` in milliseconds from `nowMs` on, at most an hour; null when there is none that can be read. */
export function readRetryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : readHttpDate(value) - nowMs;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX);
}

function readHttpDate(value: string): number {
  return /^[A-Z][a-z]{2}, .* GMT$/.test(value) ? Date.parse(value) : Number.NaN;
}

/** The answer once its status is known and its body is read, or as much of it as is read of any. */
async function receive(url: URL, post: Post, clock: Clock): Promise<IncomingMessage> {
  const { timeoutMs = TIMEOUT_MS, signal } = post;
  const deadline = new AbortController();
  const cancel = clock.after(timeoutMs, () => deadline.abort());
  try {
    return await send(
      url,
      post,
      AbortSignal.any([deadline.signal, ...(signal === undefined ? [] : [signal])]),
    );
  } catch (error) {
    // Without its cause: that one may know the path.
    if (deadline.signal.aborted)
      throw new DeliveryError(`${url.host} did not answer within ${timeoutMs / 1000} s`, {
        remedy: NO_ANSWER,
      });
    if (signal?.aborted === true) throw new DeliveryError(`${url.host} did not answer before the end`);
    const first = firstOf(error);
    throw new DeliveryError(`cannot reach ${url.host}: ${reasonOf(first)}`, {
      remedy: remedyOfCode(codeOf(first), url.hostname),
    });
  } finally {
    cancel();
  }
}

function send(url: URL, { headers, body }: Post, signal: AbortSignal): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const outcome = Promise.withResolvers<IncomingMessage>();
  // No agent: alerts are rare, and a connection kept from the last one has mostly been closed by the other side.
  const sent = request(url, { method: 'POST', agent: false, signal, headers: headersOf(headers, body) });
  sent.on('error', outcome.reject);
  sent.on('response', (answer) => {
    const end = (): void => {
      sent.destroy();
      outcome.resolve(answer);
    };
    let bytes = 0;
    // The status alone counts: a body that breaks off, or never ends, changes nothing of what was taken.
    sent.off('error', outcome.reject).on('error', end);
    answer.on('error', end).on('close', end);
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES_MAX) end();
    });
  });
  sent.end(body);
  return outcome.promise;
}

function headersOf(headers: Post['headers'], body: string): OutgoingHttpHeaders {
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'fluffy',
    ...Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
    'content-length': Buffer.byteLength(body),
  };
}

/** Several addresses were tried: the first failure stands for all. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError ? error.errors[0] : error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Messages of the system and of TLS know the host at most. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if ('errno' in error && typeof error.errno === 'number') return getSystemErrorMessage(error.errno);
  return error.message;
}
