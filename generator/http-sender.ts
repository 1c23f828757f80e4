// Sends requests over kept-alive connections, so many at a time and no more, and reports each response or failure.
import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { errorCode } from './output-error.ts';

export interface HttpRequest {
  readonly method: string;
  /** Path and query string. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly pathIndex: number;
}

export interface HttpSenderOptions {
  readonly url: URL;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly onResponse: (request: HttpRequest, response: HttpResponse) => void;
  readonly onFailure: (code: string) => void;
  readonly now: () => number;
}

export interface HttpResponse {
  readonly status: number;
  /** When the server answered, seconds since the epoch, by the server's own clock if it tells. */
  readonly second: number;
  readonly sizeBytes: number;
}

const BODY = 'name=value';

export class HttpSender {
  readonly #options: HttpSenderOptions;
  readonly #agent: Agent;
  readonly #inFlight = new Set<ClientRequest>();
  #onSettled: () => void = () => {};

  constructor(options: HttpSenderOptions) {
    this.#options = options;
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.concurrency });
  }

  get hasRoom(): boolean {
    return this.#inFlight.size < this.#options.concurrency;
  }

  get isIdle(): boolean {
    return this.#inFlight.size === 0;
  }

  /** Resolves when a request has been answered or has failed, or at `wake`; for one waiter at a time. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#onSettled = resolve;
    });
  }

  /** Lets the waiter look around although nothing was settled. */
  wake(): void {
    this.#onSettled();
  }

  /** The caller sees to it that there is room. */
  send(request: HttpRequest): void {
    const { url, timeoutMs, onFailure } = this.#options;
    const hasBody = request.method === 'POST' || request.method === 'PUT' || request.method === 'PATCH';
    const client = httpRequest({
      agent: this.#agent,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? 80 : Number(url.port),
      method: request.method,
      path: request.target,
      headers: hasBody
        ? { ...request.headers, 'content-length': String(BODY.length) }
        : { ...request.headers },
    });
    this.#inFlight.add(client);
    const deadline = setTimeout(() => client.destroy(timeoutError(timeoutMs)), timeoutMs);
    let response: HttpResponse | null = null;
    let failure: unknown = null;
    client.on('response', (message) => this.#read(message, (whole) => (response = whole)));
    client.on('error', (error) => (failure = error));
    // Every request ends here once, whatever happened to it.
    client.on('close', () => {
      clearTimeout(deadline);
      this.#inFlight.delete(client);
      if (response === null) onFailure(failure === null ? 'ECONNRESET' : errorCode(failure));
      else this.#options.onResponse(request, response);
      this.#onSettled();
    });
    client.end(hasBody ? BODY : undefined);
  }

  /** Gives up what has not been answered, and lets the connections go. */
  close(): void {
    for (const client of this.#inFlight) client.destroy();
    this.#agent.destroy();
  }

  #read(message: IncomingMessage, onWhole: (response: HttpResponse) => void): void {
    let sizeBytes = 0;
    message.on('data', (chunk: Buffer) => (sizeBytes += chunk.length));
    // A body that breaks off is a failure of the request, which its own `close` reports.
    message.on('error', () => {});
    message.on('end', () => {
      const serverMs = Date.parse(message.headers.date ?? '');
      const timeMs = Number.isNaN(serverMs) ? this.#options.now() : serverMs;
      onWhole({ status: message.statusCode ?? 0, second: Math.floor(timeMs / 1000), sizeBytes });
    });
  }
}

function timeoutError(timeoutMs: number): Error {
  return Object.assign(new Error(`no response within ${timeoutMs} ms`), { code: 'ETIMEDOUT' });
}
