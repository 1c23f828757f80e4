// Orders to the running monitor over HTTP: silences, and reading the configuration again. A page in a browser can't give
// them by accident: they need a header that no other site may send.
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { json, refusal } from './answer.ts';
import type { Answer } from './answer.ts';
import { readBody } from './body.ts';
import { RELOAD_PATH, SILENCES_PATH } from './routes.ts';

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

export const CONTROL_HEADER = 'x-fluffy-control';

const SILENCE_SECONDS_MAX = 30 * 86_400;

const SilenceSchema = v.strictObject({
  rule: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  seconds: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(SILENCE_SECONDS_MAX)),
  reason: v.pipe(v.string(), v.maxLength(500)),
});

/** `path` is that of the request, one of those of orders. */
export async function obey(request: IncomingMessage, path: string, control: Control): Promise<Answer> {
  if (request.headers[CONTROL_HEADER] === undefined)
    return refusal(403, `an order needs the header ${CONTROL_HEADER}: 1`);
  if (path === RELOAD_PATH && request.method === 'POST') {
    const outcome = control.reload();
    return json(outcome.ok ? 200 : 409, outcome);
  }
  if (path === SILENCES_PATH && request.method === 'POST') return silence(await readJson(request), control);
  if (path.startsWith(`${SILENCES_PATH}/`) && request.method === 'DELETE') {
    const rule = decode(path.slice(SILENCES_PATH.length + 1));
    return control.unsilence(rule) ? json(200, { ok: true }) : refusal(404, `${rule} is not silenced`);
  }
  return refusal(405, `POST ${SILENCES_PATH}, DELETE ${SILENCES_PATH}/RULE or POST ${RELOAD_PATH}`);
}

function silence(body: unknown, control: Control): Answer {
  const order = v.safeParse(SilenceSchema, body);
  if (!order.success)
    return refusal(
      400,
      'a silence is {"rule": NAME, "seconds": 1 to 2592000, "reason": TEXT of at most 500 characters}',
    );
  const outcome = control.silence(order.output);
  if (outcome.ok) return json(200, outcome);
  return refusal(404, `there is no rule ${order.output.rule}; known: ${outcome.known.join(', ')}`);
}

/** Undefined for what is too long or no JSON. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse((await readBody(request)) ?? '');
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
