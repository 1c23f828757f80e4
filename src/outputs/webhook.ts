// The channel `webhook`: alerts posted to any place that takes HTTP, signed if asked.
import type { ChannelConfig, Secret } from './channel.ts';
import type { ChannelContext, Sender } from './channel-output.ts';
import { postJson } from './http-post.ts';
import { BATCH_MAX } from './output.ts';
import {
  deliveryIdOf,
  isJsonTemplate,
  renderTemplate,
  renderWebhookJson,
  signatureOf,
} from './webhook-body.ts';

type WebhookConfig = Extract<ChannelConfig, { type: 'webhook' }>;

/** One POST for each group of alerts; with a template, which is of one alert, one for each. */
export function createWebhook(config: WebhookConfig, { clock, secrets }: ChannelContext): Sender {
  const { template } = config;
  const read = async (value: string | Secret): Promise<string> =>
    typeof value === 'string' ? value : secrets.read(value);
  const readAll = async () => ({
    url: await secrets.readUrl(config.url),
    key: config.secret === null ? null : await secrets.read(config.secret),
    headers: Object.fromEntries(
      await Promise.all(config.headers.map(async ({ name, value }) => [name, await read(value)] as const)),
    ),
  });
  const type =
    template === null || isJsonTemplate(template)
      ? 'application/json; charset=utf-8'
      : 'text/plain; charset=utf-8';
  return {
    batchMax: template === null ? BATCH_MAX : 1,
    check: async () => {
      await readAll();
    },
    send: async (alerts, signal) => {
      const { url, key, headers } = await readAll();
      const body =
        template === null
          ? renderWebhookJson(alerts)
          : alerts.map((alert) => renderTemplate(template, alert)).join('\n');
      const ours = {
        'x-fluffy-delivery': deliveryIdOf(alerts),
        ...(key === null ? {} : { 'x-fluffy-signature-256': signatureOf(body, key) }),
      };
      await postJson(
        { url, headers: { 'content-type': type, ...lowerCased(headers), ...ours }, body, signal },
        clock,
      );
    },
  };
}

/** So that a configured `Content-Type` takes the place of ours. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
