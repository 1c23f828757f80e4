// The keys of a channel of type sns. Pure; a part of channels.ts.
import { blockOf, scalar } from './blocks.ts';
import { CHANNEL_FIELDS, type ChannelReader } from './channel-keys.ts';
import type { Reading } from './duration.ts';
import { plainUrl } from './secrets.ts';

/** The partition, the region, the account and the name of the topic. */
const TOPIC_ARN = /^arn:aws[a-z-]*:sns:(?<region>[a-z0-9-]+):\d{12}:[\w-]{1,256}(?:\.fifo)?$/;
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/;

const readBlock = blockOf({
  ...CHANNEL_FIELDS,
  'topic-arn': scalar(readTopicArn),
  region: scalar(readRegion),
  endpoint: plainUrl,
});

/** Credentials are found as by every tool of AWS: there is no key for them. */
export const readSns: ChannelReader = (value, place, claim) => {
  const block = readBlock(value, place);
  if (block === undefined) return undefined;
  const base = claim(block);
  if (!block.isGiven('topic-arn')) block.refuse([], 'needs a topic-arn');
  const topicArn = block.values['topic-arn'];
  if (base === undefined || topicArn === undefined) return undefined;
  const region = block.values.region ?? TOPIC_ARN.exec(topicArn)?.groups?.['region'] ?? '';
  return { ...base, type: 'sns', topicArn, region, endpoint: block.values.endpoint ?? null };
};

function readTopicArn(raw: unknown): Reading<string> {
  if (typeof raw === 'string' && TOPIC_ARN.test(raw)) return { ok: true, value: raw };
  return {
    ok: false,
    message: 'must be the ARN of a topic such as arn:aws:sns:eu-central-1:123456789012:alerts',
  };
}

function readRegion(raw: unknown): Reading<string> {
  if (typeof raw === 'string' && REGION.test(raw)) return { ok: true, value: raw };
  return { ok: false, message: 'must be a region such as eu-central-1' };
}
