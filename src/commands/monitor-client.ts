// Asks the running monitor over HTTP. Not with fetch: that refuses some ports, and follows proxies and redirects.
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';

export interface MonitorAddress {
  /** What the monitor listens on. */
  readonly address: string;
  readonly port: number;
}

export type Reply =
  | { readonly isAnswer: true; readonly status: number; readonly body: string }
  | {
      readonly isAnswer: false;
      /** One clause for a person: why there is no answer. */
      readonly reason: string;
    };

const TIMEOUT_MS = 3000;

/** Gets `path` from the monitor. Never rejects; waits for three seconds at most. */
export async function askMonitor(monitor: MonitorAddress, path: string, clock: Clock): Promise<Reply> {
  const { port } = monitor;
  const abort = new AbortController();
  const cancel = clock.after(TIMEOUT_MS, () => abort.abort());
  try {
    return { isAnswer: true, ...(await request(monitor, path, abort.signal)) };
  } catch {
    const reason = abort.signal.aborted
      ? `what listens on port ${port} gave no answer within ${TIMEOUT_MS / 1000} s`
      : `nothing answers on port ${port}`;
    return { isAnswer: false, reason };
  } finally {
    cancel();
  }
}

async function request(
  { address, port }: MonitorAddress,
  path: string,
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  const arrived = Promise.withResolvers<IncomingMessage>();
  get({ host: hostOf(address), port, path, signal, agent: false }, arrived.resolve).on(
    'error',
    arrived.reject,
  );
  const response = await arrived.promise;
  response.setEncoding('utf8');
  let body = '';
  for await (const text of response) body += String(text);
  return { status: response.statusCode ?? 0, body };
}

/** The address to connect to for one that is listened on: "any address" means this machine. */
function hostOf(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}
