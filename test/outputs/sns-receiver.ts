// Speaks as much of SNS over HTTP as publishing needs, on loopback: the Query protocol that the AWS SDK sends.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

export interface SnsRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface SnsReceiver extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly SnsRequest[];
  /** Resolves once so many requests have come. */
  requested(count: number): Promise<void>;
}

/** Instead of taking the message. `hang`: no answer at all; `reset`: the connection is cut. */
export type SnsAnswer =
  | 'hang'
  | 'reset'
  | {
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** Gives `answers` one after the other and takes every message after that. */
export async function startSnsReceiver(answers: readonly SnsAnswer[] = []): Promise<SnsReceiver> {
  const requests: SnsRequest[] = [];
  const left = [...answers];
  const come = new EventEmitter();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { url: path = '', headers } = request;
      requests.push({ path, headers, parameters: Object.fromEntries(new URLSearchParams(body)) });
      answer(response, left.shift() ?? null);
      come.emit('request');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    requested: async (count) => {
      while (requests.length < count) await once(come, 'request');
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, choice: SnsAnswer | null): void {
  if (choice === 'hang') return;
  if (choice === 'reset') {
    response.destroy();
    return;
  }
  const head = { 'content-type': 'text/xml', 'x-amzn-requestid': '567910cd-659e-55d4-8ccb-5aaf14679dc0' };
  if (choice === null) {
    response.writeHead(200, head);
    response.end(
      '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>' +
        '<MessageId>94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult></PublishResponse>',
    );
    return;
  }
  const { status, code, message, headers } = choice;
  response.writeHead(status, { ...head, ...headers });
  response.end(
    '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error>' +
      `<Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>` +
      '<RequestId>567910cd-659e-55d4-8ccb-5aaf14679dc0</RequestId></ErrorResponse>',
  );
}
