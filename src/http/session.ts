// Logging in and out, for browsers: `/api/session`. Programs send the token with every request instead.
import type { IncomingMessage } from 'node:http';
import type { Access, Verdict } from './access.ts';
import { json, refusal } from './answer.ts';
import type { Answer } from './answer.ts';
import { readBody } from './body.ts';
import { addressOf, refuse, wantsHtml } from './gate.ts';
import { logInPage } from './log-in-page.ts';
import { cookieFor, sessionOf } from './session-cookie.ts';

/** For GET, HEAD, POST and DELETE. `verdict` is null for a log-in by somebody who is not allowed in yet. */
export async function answerSession(
  request: IncomingMessage,
  access: Access,
  verdict: Extract<Verdict, { isAllowed: true }> | null,
): Promise<Answer> {
  if (request.method === 'POST') return logIn(request, access);
  if (request.method !== 'DELETE') return json(200, { by: verdict?.by ?? 'nothing' });
  const session = sessionOf(request);
  if (session !== null) access.logOut(session);
  return json(200, { ok: true }, { 'Set-Cookie': cookieFor(request, null) });
}

async function logIn(request: IncomingMessage, access: Access): Promise<Answer> {
  const token = new URLSearchParams((await readBody(request)) ?? '').get('token')?.trim() ?? '';
  if (token === '') return refusal(400, 'a log-in is a form with the field token, of at most 4096 bytes');
  const outcome = access.logIn(token, addressOf(request));
  if (!outcome.isAllowed) return wantsHtml(request) ? logInPage(outcome) : refuse(outcome);
  return json(303, { ok: true }, { Location: '/', 'Set-Cookie': cookieFor(request, outcome.session) });
}
