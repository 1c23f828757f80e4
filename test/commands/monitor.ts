// Something that listens where the commands look for the monitor.
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { TestContext } from 'node:test';
import type { MonitorAddress } from '../../src/commands/monitor-client.ts';
import { createStatus } from '../../src/http/api.ts';
import type { Snapshot } from '../../src/http/api.ts';

/** Answers as `listener` does until the test ends. */
export async function listenAs(context: TestContext, listener: RequestListener): Promise<MonitorAddress> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const bound = server.address();
  return { address: '127.0.0.1', port: typeof bound === 'object' && bound !== null ? bound.port : 0 };
}

/** A monitor with this state. */
export async function listenWith(context: TestContext, snapshot: Snapshot): Promise<MonitorAddress> {
  return listenAs(context, (request, response) => {
    response.writeHead(request.url === '/status' ? 200 : 404);
    response.end(`${JSON.stringify(createStatus(snapshot))}\n`);
  });
}

/** Always the same answer. */
export async function listenSaying(
  context: TestContext,
  status: number,
  body: string,
): Promise<MonitorAddress> {
  return listenAs(context, (_, response) => {
    response.writeHead(status);
    response.end(body);
  });
}

/** A port on which nothing listens any more. */
export async function freePort(): Promise<MonitorAddress> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return { address: '127.0.0.1', port: typeof bound === 'object' && bound !== null ? bound.port : 0 };
}
