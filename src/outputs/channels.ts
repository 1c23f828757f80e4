// The channels that a configuration asks for, as outputs. The file of a channel, and the library behind it, is loaded
// when one of its type is configured: most fluffies need one type at most.
import type { AlertEvent } from '../alerts/rule.ts';
import type { Clock } from '../clock.ts';
import type { ChannelConfig } from './channel.ts';
import { createChannelOutput } from './channel-output.ts';
import type { ChannelContext, Sender } from './channel-output.ts';
import type { Output } from './output.ts';
import { createSecretReader } from './secret.ts';
import type { Environment } from './secret.ts';

export interface ChannelsOptions {
  readonly clock: Clock;
  /** Of the process, for the secrets that are there. */
  readonly environment: Environment;
  /** The alerts that fire now, each as it was told last. */
  readonly firing: () => readonly AlertEvent[];
}

/** Nothing is sent and no secret is read yet. */
export async function createChannels(
  configs: readonly ChannelConfig[],
  options: ChannelsOptions,
): Promise<Output[]> {
  return Promise.all(configs.map((config) => createChannel(config, options)));
}

export async function createChannel(
  config: ChannelConfig,
  { clock, environment, firing }: ChannelsOptions,
): Promise<Output> {
  const context: ChannelContext = { clock, firing, secrets: createSecretReader(environment) };
  return createChannelOutput(config, await createSender(config, context));
}

async function createSender(config: ChannelConfig, context: ChannelContext): Promise<Sender> {
  switch (config.type) {
    case 'webhook': {
      const { createWebhook } = await import('./webhook.ts');
      return createWebhook(config, context);
    }
    case 'slack': {
      const { createSlack } = await import('./slack.ts');
      return createSlack(config, context);
    }
    case 'pagerduty': {
      const { createPagerduty } = await import('./pagerduty.ts');
      return createPagerduty(config, context);
    }
    case 'sns': {
      const { createSns } = await import('./sns.ts');
      return createSns(config, context);
    }
    case 'email': {
      const { createEmail } = await import('./email.ts');
      return createEmail(config, context);
    }
    case 'alertmanager': {
      const { createAlertmanager } = await import('./alertmanager.ts');
      return createAlertmanager(config, context);
    }
  }
}
