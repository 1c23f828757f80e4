// A place in the network on loopback: it keeps what it is sent and behaves as each test says.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers, or does not; called once the request is read. */
export type Behaviour = (answer: ServerResponse, request: IncomingMessage) => void;

export interface Receiver {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly received: Received[];
  behaviour: Behaviour;
  /** Resolves when `count` requests have come in all. */
  arrived(count: number): Promise<void>;
}

export function answering(status: number, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (answer) => answer.writeHead(status, headers).end('an answer');
}

/** The request is taken and nothing comes back. */
export const stalling: Behaviour = () => {};

/** Closed when the test ends. */
export async function startReceiver(
  context: TestContext,
  behaviour: Behaviour = answering(200),
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, answer) => void receive(request, answer));
  const receive = async (request: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const { method = '', url: path = '', headers } = request;
    received.push({ method, path, headers, body: await text(request) });
    receiver.behaviour(answer, request);
    server.emit('arrival');
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    received,
    behaviour,
    arrived: async (count) => {
      while (received.length < count) await once(server, 'arrival');
    },
  };
  return receiver;
}
