// One mail to one SMTP server, under one deadline. Sole importer of nodemailer; email.ts, which imports it, is loaded
// when there is such a channel.
import { createTransport } from 'nodemailer';
import type { Clock } from '../clock.ts';
import { DeliveryError } from './delivery-error.ts';
import type { EmailMessage } from './email-message.ts';
import { isRefusal, smtpFailure } from './smtp-failure.ts';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `always`: TLS from the first byte; `starttls`: required; `never`: none. */
  readonly tls: 'always' | 'starttls' | 'never';
  readonly user: string | null;
  readonly password: string | null;
  /** For the connection, the greeting and each answer. */
  readonly timeoutMs: number;
}

export interface Mail {
  readonly message: EmailMessage;
  readonly sender: string;
  /** Whom the mail names. */
  readonly recipients: readonly string[];
  /** Whom it is sent to now. */
  readonly to: readonly string[];
}

/** Addresses that did not get a mail which others got. */
export interface Remainder {
  readonly putOff: readonly string[];
  readonly refused: readonly string[];
}

/** Of the time for one answer; a server that takes as long for each command must come to an end. */
const DEADLINE_TIMEOUTS = 3;

/** Resolves once the server has the mail for at least one address. Rejects with a DeliveryError. */
export async function sendMail(
  server: SmtpServer,
  mail: Mail,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Remainder> {
  const deadlineMs = server.timeoutMs * DEADLINE_TIMEOUTS;
  const deadline = new AbortController();
  const cancel = clock.after(deadlineMs, () => deadline.abort());
  try {
    return await post(server, mail, {
      nowMs: clock.now(),
      signal: AbortSignal.any([signal, deadline.signal]),
    });
  } catch (error) {
    const where = `${server.host}:${server.port}`;
    if (deadline.signal.aborted)
      throw new DeliveryError(`${where} did not take the mail within ${deadlineMs / 1000} s`);
    if (signal.aborted) throw new DeliveryError(`${where} did not answer before the end`);
    throw smtpFailure(error, server);
  } finally {
    cancel();
  }
}

async function post(
  server: SmtpServer,
  { message, sender, recipients, to }: Mail,
  { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<Remainder> {
  const info = await createTransport(optionsOf(server)).sendMail({
    ...message,
    references: [...message.references],
    from: sender,
    to: [...recipients],
    envelope: { from: sender, to: [...to] },
    date: new Date(nowMs),
    // RFC 3834: people on holiday need not answer.
    headers: { 'Auto-Submitted': 'auto-generated' },
    signal,
  });
  const refusals = info.rejectedErrors ?? [];
  const addressesOf = (isFinal: boolean): string[] =>
    refusals
      .filter(({ responseCode = 0 }) => isRefusal(responseCode) === isFinal)
      .flatMap(({ recipient = [] }) => recipient);
  return { putOff: addressesOf(false), refused: addressesOf(true) };
}

function optionsOf({ host, port, tls, user, password, timeoutMs }: SmtpServer) {
  return {
    host,
    port,
    secure: tls === 'always',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'never',
    // Without a login where one is configured the mail would go out as somebody else's.
    ...(user === null ? {} : { auth: { user, pass: password ?? '' }, forceAuth: true }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    socketCloseTimeout: 0,
    // What is in a mail comes from a log, which strangers write.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
