// Asks the running monitor over HTTP. Not with fetch: that refuses some ports, and follows proxies and redirects.
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import { CONTROL_HEADER } from '../http/control.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { printable } from './printable.ts';

export interface MonitorAddress {
  /** What the monitor listens on. */
  readonly address: string;
  readonly port: number;
  /** Left out: none is needed. */
  readonly token?: string;
}

export type Reply =
  | { readonly isAnswer: true; readonly status: number; readonly body: string }
  | {
      readonly isAnswer: false;
      /** One clause for a person: why there is no answer. */
      readonly reason: string;
    };

const TIMEOUT_MS = 3000;

export interface Order {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  /** To be sent as JSON; null: nothing. */
  readonly body: unknown;
}

export type OrderOutcome =
  | { readonly ok: true; readonly answer: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly result: { readonly exitCode: ExitCode; readonly text: string } };

/** Gives the monitor an order. What goes wrong is a sentence, with the exit code for it. */
export async function orderMonitor(
  monitor: MonitorAddress,
  order: Order,
  clock: Clock,
): Promise<OrderOutcome> {
  const reply = await askMonitor(monitor, order.path, clock, order);
  if (!reply.isAnswer)
    return {
      ok: false,
      result: { exitCode: EXIT.notRunning, text: `fluffy is not running: ${reply.reason}` },
    };
  const answer = parseAnswer(reply.body);
  if (answer === null) {
    const text = `what answers on port ${monitor.port} is not this fluffy`;
    return { ok: false, result: { exitCode: EXIT.notRunning, text } };
  }
  if (answer['ok'] === true) return { ok: true, answer };
  return { ok: false, result: { exitCode: EXIT.failed, text: problemsOf(answer) } };
}

/** What a monitor that does not let whoever asks in says of it; null for any other answer. */
export function findRefusal(reply: Reply): string | null {
  const isRefusal = reply.isAnswer && [401, 421, 429].includes(reply.status);
  const answer = isRefusal ? parseAnswer(reply.body) : null;
  return answer === null ? null : problemsOf(answer);
}

function problemsOf({ problems }: Readonly<Record<string, unknown>>): string {
  const lines = Array.isArray(problems) ? problems.map(String) : ['the monitor refuses'];
  return lines.map(printable).join('\n');
}

function parseAnswer(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const answer: unknown = JSON.parse(body);
    return typeof answer === 'object' && answer !== null && 'ok' in answer ? { ...answer } : null;
  } catch {
    return null;
  }
}

/** Gets `path` from the monitor, or gives it an order. Never rejects; waits for three seconds at most. */
export async function askMonitor(
  monitor: MonitorAddress,
  path: string,
  clock: Clock,
  order: Order | null = null,
): Promise<Reply> {
  const { port } = monitor;
  const abort = new AbortController();
  const cancel = clock.after(TIMEOUT_MS, () => abort.abort());
  try {
    return { isAnswer: true, ...(await ask(monitor, { path, order, signal: abort.signal })) };
  } catch {
    const reason = abort.signal.aborted
      ? `what listens on port ${port} gave no answer within ${TIMEOUT_MS / 1000} s`
      : `nothing answers on port ${port}`;
    return { isAnswer: false, reason };
  } finally {
    cancel();
  }
}

interface Question {
  readonly path: string;
  readonly order: Order | null;
  readonly signal: AbortSignal;
}

async function ask(
  { address, port, token }: MonitorAddress,
  { path, order, signal }: Question,
): Promise<{ status: number; body: string }> {
  const arrived = Promise.withResolvers<IncomingMessage>();
  const method = order?.method ?? 'GET';
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(order === null ? {} : { [CONTROL_HEADER]: '1', 'content-type': 'application/json' }),
  };
  request({ host: hostOf(address), port, path, method, headers, signal, agent: false }, arrived.resolve)
    .on('error', arrived.reject)
    .end(order === null || order.body === null ? undefined : JSON.stringify(order.body));
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
