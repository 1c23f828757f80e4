// The channel `slack`: alerts posted to an incoming webhook of Slack, Mattermost or Rocket.Chat.
import type { ChannelConfig } from './channel.ts';
import type { ChannelContext, Sender } from './channel-output.ts';
import { postJson } from './http-post.ts';
import { renderSlackMessage } from './slack-message.ts';

type SlackConfig = Extract<ChannelConfig, { type: 'slack' }>;

/** Slack advises against more attachments in a message. */
const ALERTS_PER_MESSAGE_MAX = 20;

export function createSlack(config: SlackConfig, { clock, secrets }: ChannelContext): Sender {
  return {
    batchMax: ALERTS_PER_MESSAGE_MAX,
    check: async () => {
      await secrets.read(config.url);
    },
    send: async (alerts, signal) => {
      const url = await secrets.read(config.url);
      await postJson({ url, body: renderSlackMessage(alerts), signal }, clock);
    },
  };
}
