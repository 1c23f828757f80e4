// What a channel is configured with: a place in the network that alerts are sent to.
import type { Severity } from '../alerts/rule.ts';

/** A value that must not be seen: where it is read from, at each use, so that a changed one is found. */
export type Secret =
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'environment'; readonly variable: string };

interface Common {
  /** Unique; `notify` of a rule names it. */
  readonly name: string;
  /** Alerts below are not sent. */
  readonly severityMin: Severity;
  /** False: that an alert is over is not sent. */
  readonly isResolvedSent: boolean;
}

/** A URL may hold a secret itself, as those of chats do. */
export type Url = { readonly from: 'text'; readonly url: string } | Secret;

export type ChannelConfig =
  | (Common & {
      readonly type: 'webhook';
      readonly url: Url;
      /** Of the HMAC-SHA256 signature; null: not signed. */
      readonly secret: Secret | null;
      /** Headers to send, such as an API key's; values are secrets or text. */
      readonly headers: readonly { readonly name: string; readonly value: string | Secret }[];
      /** Template of the body; null: the event as JSON. */
      readonly template: string | null;
    })
  | (Common & { readonly type: 'slack'; readonly url: Secret })
  | (Common & {
      readonly type: 'sns';
      readonly topicArn: string;
      readonly region: string;
      /** Null: that of the region. */
      readonly endpoint: string | null;
    })
  | (Common & {
      readonly type: 'alertmanager';
      readonly url: Url;
      readonly labels: Readonly<Record<string, string>>;
    })
  | (Common & { readonly type: 'pagerduty'; readonly routingKey: Secret; readonly url: string })
  | (Common & {
      readonly type: 'email';
      readonly host: string;
      readonly port: number;
      /** `always`: TLS from the first byte; `starttls`: required; `never`: none. */
      readonly tls: 'always' | 'starttls' | 'never';
      readonly user: string | null;
      readonly password: Secret | null;
      readonly sender: string;
      readonly recipients: readonly string[];
    });

export type ChannelType = ChannelConfig['type'];
