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

/** The mail that some have got and others have not. */
interface PartlySent {
  readonly messageId: string;
  readonly remainder: Remainder;
}

export function createEmail(
  config: EmailConfig,
  { clock, secrets }: ChannelContext,
  { hostName = hostname(), timeoutMs = TIMEOUT_MS }: EmailOptions = {},
): Sender {
  const { sender, recipients } = config;
  const rest = new Rest(`${config.host}:${config.port}`, recipients);
  const readServer = async (): Promise<SmtpServer> => ({
    ...config,
    password: config.password === null ? null : await secrets.read(config.password),
    timeoutMs,
  });
  return {
    batchMax: BATCH_MAX,
    check: async () => {
      await readServer();
    },
    send: async (alerts, signal) => {
      rest.throwKnownRefusal(alerts);
      const message = renderEmail(alerts, { hostName, sender });
      const server = await readServer();
      await rest.reduce(alerts, message.messageId, (to) =>
        sendMail(server, { message, sender, recipients, to }, { clock, signal }),
      );
    },
  };
}

/** Who of the recipients still has to get a mail: those who have it do not get it again. */
class Rest {
  readonly #where: string;
  readonly #recipients: readonly string[];
  #partlySent: PartlySent | null = null;
  /** Of alerts that came to all but some. Each is tried again by itself after several were refused together. */
  readonly #refusals = new WeakMap<AlertEvent, DeliveryError>();

  constructor(where: string, recipients: readonly string[]) {
    this.#where = where;
    this.#recipients = recipients;
  }

  throwKnownRefusal(alerts: readonly AlertEvent[]): void {
    for (const alert of alerts) {
      const refusal = this.#refusals.get(alert);
      if (refusal !== undefined) throw refusal;
    }
  }

  /** Resolves once everybody has the mail. Rejects with a DeliveryError. */
  async reduce(
    alerts: readonly AlertEvent[],
    messageId: string,
    send: (to: readonly string[]) => Promise<Remainder>,
  ): Promise<void> {
    const before = this.#partlySent?.messageId === messageId ? this.#partlySent.remainder : null;
    const now = await sendRest(before, () => send(before?.putOff ?? this.#recipients));
    const remainder = { putOff: now.putOff, refused: [...(before?.refused ?? []), ...now.refused] };
    const { putOff, refused } = remainder;
    this.#partlySent = putOff.length > 0 ? { messageId, remainder } : null;
    if (putOff.length > 0) throw new DeliveryError(this.#sentence('put off', putOff));
    if (refused.length === 0) return;
    const refusal = new DeliveryError(this.#sentence('refused', refused), { isFinal: true });
    for (const alert of alerts) this.#refusals.set(alert, refusal);
    throw refusal;
  }

  #sentence(verb: string, addresses: readonly string[]): string {
    return `${this.#where} ${verb} ${addresses.join(', ')}; the others have the mail`;
  }
}

/** A server that refuses all whom it is asked for refuses the mail; here others have it. */
async function sendRest(before: Remainder | null, send: () => Promise<Remainder>): Promise<Remainder> {
  try {
    return await send();
  } catch (error) {
    if (before === null || !(error instanceof DeliveryError && error.isFinal)) throw error;
    return { putOff: [], refused: before.putOff };
  }
}
