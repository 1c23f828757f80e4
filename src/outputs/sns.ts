// Channel to a topic of Amazon SNS, with the credentials that AWS' own tools would find: environment, shared files,
// the role of the container or the machine. Sole importer of @aws-sdk/client-sns; loaded when there is such a channel.
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { AlertEvent } from '../alerts/rule.ts';
import type { ChannelConfig } from './channel.ts';
import type { ChannelContext, Sender } from './channel-output.ts';
import { DeliveryError } from './delivery-error.ts';
import { readRetryAfter } from './http-post.ts';
import { retryAfterOf, snsFailure } from './sns-failure.ts';
import { renderSnsMessage } from './sns-message.ts';

export type SnsConfig = Extract<ChannelConfig, { type: 'sns' }>;

const TIMEOUT_MS = 10_000;

export function createSns(
  config: SnsConfig,
  { clock }: ChannelContext,
  { timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
): Sender {
  const { topicArn, region, endpoint } = config;
  const client = new SNSClient({
    region,
    ...(endpoint === null ? {} : { endpoint }),
    // The lane tries again, with longer pauses.
    maxAttempts: 1,
  });
  const where = endpoint === null ? `SNS in ${region}` : (URL.parse(endpoint)?.host ?? 'SNS');
  const publish = async (alert: AlertEvent, signal: AbortSignal): Promise<void> => {
    const deadline = new AbortController();
    const cancel = clock.after(timeoutMs, () => deadline.abort());
    try {
      const command = new PublishCommand({ ...renderSnsMessage(alert, topicArn) });
      const abortSignal = AbortSignal.any([signal, deadline.signal]);
      // The look-up of credentials does not listen to the signal.
      await Promise.race([client.send(command, { abortSignal }), aborted(abortSignal)]);
    } catch (error) {
      if (deadline.signal.aborted)
        throw new DeliveryError(`${where} did not answer within ${timeoutMs / 1000} s`);
      if (signal.aborted) throw new DeliveryError(`${where} did not answer before the end`);
      throw snsFailure(error, where, readRetryAfter(retryAfterOf(error), clock.now()));
    } finally {
      cancel();
    }
  };
  return {
    // Each message is taken or refused for itself.
    batchMax: 1,
    // Credentials are looked up when there is something to send: asking a machine for its role takes a while.
    check: async () => {},
    send: async (alerts, signal) => {
      for (const alert of alerts) await publish(alert, signal);
    },
    close: async () => client.destroy(),
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
}
