// The channel `pagerduty`: each alert opens an incident, and its end closes it, by the Events API v2.
import type { ChannelConfig } from './channel.ts';
import type { ChannelContext, Sender } from './channel-output.ts';
import { postJson } from './http-post.ts';
import { renderPagerdutyEvent } from './pagerduty-event.ts';

type PagerdutyConfig = Extract<ChannelConfig, { type: 'pagerduty' }>;

export function createPagerduty(config: PagerdutyConfig, { clock, secrets }: ChannelContext): Sender {
  return {
    // The API takes one event at a time.
    batchMax: 1,
    check: async () => {
      await secrets.read(config.routingKey);
    },
    send: async (alerts, signal) => {
      const routingKey = await secrets.read(config.routingKey);
      for (const alert of alerts)
        await postJson({ url: config.url, body: renderPagerdutyEvent(alert, routingKey), signal }, clock);
    },
  };
}
