// A server behind a gate, and requests with any headers: fetch would not send a Host or an Origin of one's own.
import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';
import { Access } from '../../src/http/access.ts';
import { LiveStreams } from '../../src/http/live-streams.ts';
import { createHttpServer, listen } from '../../src/http/server.ts';
import { FakeClock } from '../fake-clock.ts';
import { EVENTS } from './live-events.ts';
import { SNAPSHOT } from './snapshot.ts';

export interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Gated {
  readonly access: Access;
  readonly clock: FakeClock;
  readonly streams: LiveStreams;
  readonly port: number;
  /** What was ordered. */
  readonly orders: readonly unknown[];
  readonly ask: (path: string, asking?: Asking) => Promise<Answered>;
}

/** `token` null: none is needed. */
export async function startGated(
  context: TestContext,
  { token, allowedHosts = [] }: { token: string | null; allowedHosts?: readonly string[] },
): Promise<Gated> {
  const clock = new FakeClock();
  const access = new Access({ token, allowedHosts, clock });
  const streams = new LiveStreams(EVENTS);
  const orders: unknown[] = [];
  const server = createHttpServer({
    snapshot: () => SNAPSHOT,
    access,
    control: {
      silence: (order) => {
        orders.push(order);
        return { ok: true };
      },
      unsilence: (rule) => orders.push(rule) > 0,
      reload: () => {
        orders.push('reload');
        return { ok: true, needRestart: [] };
      },
    },
    streams,
    page: null,
    series: null,
  });
  const port = await listen(server, '127.0.0.1', 0);
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const ask = async (path: string, asking: Asking = {}): Promise<Answered> => askAt(port, path, asking);
  return { access, clock, streams, port, orders, ask };
}

export async function askAt(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<Answered> {
  const arrived = Promise.withResolvers<IncomingMessage>();
  request({ host: '127.0.0.1', port, path, method, headers, agent: false }, arrived.resolve)
    .on('error', arrived.reject)
    .end(body);
  const response = await arrived.promise;
  let text = '';
  for await (const part of response) text += String(part);
  return { status: response.statusCode, headers: response.headers, body: text };
}

/** A log-in as a browser sends its form. */
export function logIn(token: string, headers: Readonly<Record<string, string>> = {}): Asking {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', ...headers },
    body: new URLSearchParams({ user: 'fluffy', token }).toString(),
  };
}

/** `name=value` of the cookie that was set. */
export function cookieOf({ headers }: Answered): string {
  return headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
}
