// Channel to people's mailboxes: one mail for each group of alerts, over the SMTP server that is configured.
import { hostname } from 'node:os';
import type { AlertEvent } from '../alerts/rule.ts';
import type { ChannelConfig } from './channel.ts';
import type { ChannelContext, Sender } from './channel-output.ts';
import { DeliveryError } from './delivery-error.ts';
import { renderEmail } from './email-message.ts';
import { sendMail } from './smtp.ts';
import type { Remainder, SmtpServer } from './smtp.ts';

export type EmailConfig = Extract<ChannelConfig, { type: 'email' }>;

export interface EmailOptions {
  /** Said in the mail, and part of its id. */
  readonly hostName?: string;
  /** For the connection, the greeting and each answer; 10 s if not given. */
  readonly timeoutMs?: number;
}

/** Alerts in one mail at most: more than anybody reads. */
const BATCH_MAX = 50;
const TIMEOUT_MS = 10_000;

export function createEmailSender(
  config: EmailConfig,
  { clock, secrets }: ChannelContext,
  { hostName = hostname(), timeoutMs = TIMEOUT_MS }: EmailOptions = {},
): Sender {
  const { host, port, sender, recipients } = config;
  const readServer = async (): Promise<SmtpServer> => ({
    ...config,
    password: config.password === null ? null : await secrets.read(config.password),
    timeoutMs,
  });
  /** The mail that some have got and others have not: it goes to those alone when it is sent again. */
  let partly: { readonly messageId: string; readonly remainder: Remainder } | null = null;
  const send = async (alerts: readonly AlertEvent[], signal: AbortSignal): Promise<void> => {
    const message = renderEmail(alerts, { hostName, sender });
    const { messageId } = message;
    const before = partly?.messageId === messageId ? partly.remainder : { putOff: recipients, refused: [] };
    const mail = { message, sender, recipients, to: before.putOff };
    const now = await sendMail(await readServer(), mail, { clock, signal });
    const remainder = { putOff: now.putOff, refused: [...before.refused, ...now.refused] };
    partly = remainder.putOff.length > 0 ? { messageId, remainder } : null;
    checkRemainder(remainder, `${host}:${port}`);
  };
  return {
    batchMax: BATCH_MAX,
    check: async () => void (await readServer()),
    send,
  };
}

function checkRemainder({ putOff, refused }: Remainder, where: string): void {
  if (putOff.length > 0)
    throw new DeliveryError(`${where} put off ${putOff.join(', ')}; the others have the mail`);
  if (refused.length > 0)
    throw new DeliveryError(`${where} refused ${refused.join(', ')}; the others have the mail`, {
      isFinal: true,
    });
}
