// The HTTP side of the monitor: the page and its events, status and metrics. The health checks are added by whoever owns
// the process.
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { messageOf } from '../message-of.ts';
import { createStatus } from './api.ts';
import type { Snapshot } from './api.ts';
import type { Access } from './access.ts';
import { send, text } from './answer.ts';
import { obey } from './control.ts';
import type { Control } from './control.ts';
import { METRICS_CONTENT_TYPE } from './exposition.ts';
import { passGate } from './gate.ts';
import { renderMetrics } from './metrics.ts';
import type { LiveStreams } from './live-streams.ts';
import { describeApi } from './openapi.ts';
import type { PageFiles } from './page-files.ts';
import { findRoute, isOrder, methodsOf, SESSION_PATH } from './routes.ts';
import { sendPageFile } from './send-page-file.ts';
import { SERIES_PATH } from './series-answer.ts';
import { replyToSeries } from './series.ts';
import type { SeriesEndpoint } from './series.ts';
import { answerSession } from './session.ts';

interface View {
  readonly contentType: string;
  readonly render: (snapshot: Snapshot) => string;
}

const LIVE_PATH = '/api/live';

const VIEWS: ReadonlyMap<string, View> = new Map([
  [
    '/',
    {
      contentType: 'text/plain; charset=utf-8',
      render: () =>
        'fluffy: the page was not built (npm run build:page)\n\n/status         JSON\n/metrics        Prometheus\n/health/live\n/health/ready\n',
    },
  ],
  [
    '/status',
    {
      contentType: 'application/json; charset=utf-8',
      render: (snapshot) => `${JSON.stringify(createStatus(snapshot), null, 2)}\n`,
    },
  ],
  [
    '/api/openapi.json',
    {
      contentType: 'application/json; charset=utf-8',
      render: ({ version }) => `${JSON.stringify(describeApi(version), null, 2)}\n`,
    },
  ],
  ['/metrics', { contentType: METRICS_CONTENT_TYPE, render: renderMetrics }],
]);

/** Connections at a time; above it new ones are refused. 200 of them may be open pages. */
const CONNECTIONS_MAX = 320;

const TIMEOUTS = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  // How often the timeouts above are looked at; by default every 30 s only.
  connectionsCheckingInterval: 1000,
};

export interface HttpOptions {
  readonly access: Access;
  readonly snapshot: () => Snapshot;
  readonly control: Control;
  readonly streams: LiveStreams;
  /** Null when the page was not built. */
  readonly page: PageFiles | null;
  /** Null when no history is kept. */
  readonly series: SeriesEndpoint | null;
}

/** Creates the server; it does not listen yet. */
export function createHttpServer(options: HttpOptions): Server {
  const server = createServer(TIMEOUTS, (request, response) => {
    // What goes wrong is the connection's: there is nobody left to tell.
    answer(request, response, options).catch(() => response.destroy());
  });
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

/** Listens on `address:port` (port 0: any free one) and returns the port. Rejects when it can't, saying why. */
export async function listen(server: Server, address: string, port: number): Promise<number> {
  const listening = Promise.withResolvers<undefined>();
  server.once('error', listening.reject);
  server.listen(port, address, () => listening.resolve(undefined));
  try {
    await listening.promise;
  } catch (error) {
    throw new Error(`cannot listen on ${address}:${port}: ${explain(error)}`, { cause: error });
  } finally {
    server.off('error', listening.reject);
  }
  // A connection that could not be taken, for want of descriptors say, must not end the monitor.
  server.on('error', () => {});
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : port;
}

function explain(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  switch (code) {
    case 'EADDRINUSE':
      return 'the port is in use: set http.port to another one';
    case 'EACCES':
      return 'this user may not use the port: set http.port to one above 1023';
    case 'EADDRNOTAVAIL':
      return 'this machine does not have the address: set http.address to one that it has';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the name is not known: set http.address to an IP address of this machine';
    default:
      return messageOf(error);
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpOptions,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const pass = passGate(request, path, options.access);
  if (!pass.isOpen) return send(response, pass.answer);
  const route = findRoute(path);
  if (isOrder(route)) return send(response, await obey(request, path, options.control));
  const methods = route === null ? READING : methodsOf(route);
  const isFound = route !== null || options.page?.has(path) === true;
  if (isFound && !methods.includes(request.method ?? ''))
    return send(response, text(405, `only ${methods.join(', ')}`, { Allow: methods.join(', ') }));
  if (route === SESSION_PATH) {
    const { access } = options;
    return send(response, await answerSession(request, access, pass.verdict));
  }
  return read({ request, response, path, isStill: pass.verdict?.isStill ?? (() => false) }, options);
}

const READING: readonly string[] = ['GET', 'HEAD'];

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  /** Whether whoever asks may do so still. */
  readonly isStill: () => boolean;
}

/** What is there for GET and HEAD. */
async function read(
  { request, response, path, isStill }: Exchange,
  { snapshot, streams, page, series }: HttpOptions,
): Promise<void> {
  const [file, view] = [page?.get(path), VIEWS.get(path)];
  if (file === undefined && view === undefined && path !== LIVE_PATH && path !== SERIES_PATH) {
    send(response, text(404, 'no such page'));
  } else if (file !== undefined) {
    await sendPageFile(request, response, file);
  } else if (view !== undefined) {
    send(response, { status: 200, contentType: view.contentType, body: view.render(snapshot()) });
  } else if (path === SERIES_PATH) {
    await sendSeries(request, response, series);
  } else if (request.method === 'HEAD') {
    send(response, { status: 200, contentType: 'text/event-stream; charset=utf-8', body: '' });
  } else if (!streams.open(response, isStill)) {
    send(response, text(503, 'too many open pages', { 'Retry-After': '5' }));
  }
}

async function sendSeries(
  request: IncomingMessage,
  response: ServerResponse,
  series: SeriesEndpoint | null,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { status, body } = await replyToSeries(request.url ?? '', series, gone.signal);
  const headers = status === 503 ? { 'Retry-After': '2' } : {};
  send(response, { status, contentType: 'application/json; charset=utf-8', body: `${body}\n`, headers });
}
