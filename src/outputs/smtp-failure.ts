// What an SMTP failure means for what comes next, and a sentence on it without anything secret. Pure; email.ts meets
// the failures.
import { DeliveryError } from './delivery-error.ts';
import { oneLine } from './one-line.ts';
import { NO_ANSWER } from './remedy.ts';

export interface SmtpPlace {
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  /** For the connection, the greeting and each answer. */
  readonly timeoutMs: number;
}

/** What nodemailer's errors have, as far as it matters. */
interface SmtpError extends Error {
  readonly code?: unknown;
  /** Of the server's reply, if it was one. */
  readonly responseCode?: unknown;
  readonly response?: unknown;
}

/** Replies that ask for a login or for TLS (RFC 4954, RFC 3207): the mail is not what is wrong. */
const LOGIN_REPLIES: ReadonlySet<number> = new Set([530, 534, 535, 538]);
const REPLY_CHARACTERS_MAX = 200;

/** `error`: what nodemailer threw when it sent to `place`. */
export function smtpFailure(error: unknown, { host, port, user, timeoutMs }: SmtpPlace): DeliveryError {
  const where = `${host}:${port}`;
  if (!(error instanceof Error)) return new DeliveryError(`${where}: sending failed`);
  const { code, responseCode, response }: SmtpError = error;
  const reply = typeof responseCode === 'number' ? responseCode : null;
  // Of a login nothing but the number is told: who refuses it may repeat it.
  if (code === 'EAUTH' || code === 'ENOAUTH' || (reply !== null && LOGIN_REPLIES.has(reply)))
    return new DeliveryError(loginSentence(where, user, reply), {
      remedy: user === null ? 'configure user and password-file' : 'check user and its password',
    });
  if (code === 'ETIMEDOUT')
    return new DeliveryError(`${where} did not answer within ${timeoutMs / 1000} s`, { remedy: NO_ANSWER });
  const isAboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (reply === null) {
    const verb = isAboutMail ? 'cannot send to' : 'cannot reach';
    return new DeliveryError(`${verb} ${where}: ${oneLine(error.message, REPLY_CHARACTERS_MAX)}`, {
      isFinal: isAboutMail,
      remedy: isAboutMail ? 'check from and to' : 'check host, port and tls',
    });
  }
  return new DeliveryError(`${where} answered ${oneLine(String(response), REPLY_CHARACTERS_MAX)}`, {
    isFinal: isAboutMail && isRefusal(reply),
  });
}

/** For good: the same mail to the same address is refused again. */
export function isRefusal(reply: number): boolean {
  return reply >= 500 && reply !== 503;
}

function loginSentence(where: string, user: string | null, reply: number | null): string {
  const answer = reply === null ? '' : ` (${reply})`;
  return user === null
    ? `${where} asks for a login${answer}`
    : `${where} refused the login of ${user}${answer}`;
}
