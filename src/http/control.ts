// Orders to the running monitor over HTTP: silences, and reading the configuration again. A page in a browser can't give
// them by accident: they need a header that no other site may send.
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';

export interface Control {
  /** False for a rule that does not exist, with those that do. */
  silence(order: {
    rule: string;
    seconds: number;
    reason: string;
  }): { readonly ok: true } | { readonly ok: false; readonly known: readonly string[] };
  /** False when the rule is not silenced. */
  unsilence(rule: string): boolean;
  reload():
    | { readonly ok: true; readonly needRestart: readonly string[] }
    | { readonly ok: false; readonly problems: readonly string[] };
}

export interface Reply {
  readonly status: number;
  /** To be sent as JSON. */
  readonly body: unknown;
}

export const CONTROL_HEADER = 'x-fluffy-control';
export const SILENCES_PATH = '/api/silences';
export const RELOAD_PATH = '/api/reload';

const BODY_BYTES_MAX = 4096;
const SILENCE_SECONDS_MAX = 30 * 86_400;

const SilenceSchema = v.strictObject({
  rule: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  seconds: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(SILENCE_SECONDS_MAX)),
  reason: v.pipe(v.string(), v.maxLength(500)),
});

/** Null when `path` is none of these. */
export async function obey(request: IncomingMessage, path: string, control: Control): Promise<Reply | null> {
  const isSilence = path === SILENCES_PATH || path.startsWith(`${SILENCES_PATH}/`);
  if (!isSilence && path !== RELOAD_PATH) return null;
  if (request.headers[CONTROL_HEADER] === undefined)
    return refuse(403, `an order needs the header ${CONTROL_HEADER}: 1`);
  if (path === RELOAD_PATH && request.method === 'POST') {
    const outcome = control.reload();
    return { status: outcome.ok ? 200 : 409, body: outcome };
  }
  if (path === SILENCES_PATH && request.method === 'POST') return silence(await readBody(request), control);
  if (path !== SILENCES_PATH && request.method === 'DELETE') {
    const rule = decode(path.slice(SILENCES_PATH.length + 1));
    return control.unsilence(rule)
      ? { status: 200, body: { ok: true } }
      : refuse(404, `${rule} is not silenced`);
  }
  return refuse(405, `POST ${SILENCES_PATH}, DELETE ${SILENCES_PATH}/RULE or POST ${RELOAD_PATH}`);
}

function silence(body: unknown, control: Control): Reply {
  const order = v.safeParse(SilenceSchema, body);
  if (!order.success)
    return refuse(
      400,
      'a silence is {"rule": NAME, "seconds": 1 to 2592000, "reason": TEXT of at most 500 characters}',
    );
  const outcome = control.silence(order.output);
  if (outcome.ok) return { status: 200, body: outcome };
  return refuse(404, `there is no rule ${order.output.rule}; there are ${outcome.known.join(', ')}`);
}

function refuse(status: number, problem: string): Reply {
  return { status, body: { ok: false, problems: [problem] } };
}

/** Undefined for what is too long or no JSON. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
