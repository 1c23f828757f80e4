// The list `channels`: from its blocks to what each channel is configured with. Pure; no message shows a value that
// may be a secret.
import type { ChannelConfig, ChannelType } from '../outputs/channel.ts';
import { readList, refuse, scalar, type Block, type Place } from './blocks.ts';
import { choice } from './block-values.ts';
import { CHANNEL_TYPES, type ChannelBase, type ChannelKeys, type ChannelReader } from './channel-keys.ts';
import { readEmail } from './email-channel.ts';
import { readSns } from './sns-channel.ts';
import { readAlertmanager, readPagerduty, readSlack, readWebhook } from './web-channels.ts';
import type { YamlValue } from './yaml-document.ts';

const READERS: Readonly<Record<ChannelType, ChannelReader>> = {
  webhook: readWebhook,
  slack: readSlack,
  sns: readSns,
  alertmanager: readAlertmanager,
  pagerduty: readPagerduty,
  email: readEmail,
};

export interface Channels {
  /** Without those that were refused. */
  readonly channels: readonly ChannelConfig[];
  /** Of refused ones, too. */
  readonly names: readonly string[];
}

export function readChannels(value: YamlValue, place: Place): Channels {
  const takenBy = new Map<string, string>();
  // A channel may be nothing but a pasted URL.
  const channels = readList(value, { ...place, isHidden: true }, (item, at) =>
    readChannel(item, at, takenBy),
  );
  return { channels, names: [...takenBy.keys()] };
}

/** The type decides which keys there are: without one nothing is said of the others. */
function readChannel(
  value: YamlValue,
  hiddenAt: Place,
  takenBy: Map<string, string>,
): ChannelConfig | undefined {
  if (value.kind !== 'mapping') return refuse(value, hiddenAt, 'must be a block of keys such as name');
  const at = { ...hiddenAt, isHidden: false };
  const given = valueOf(value, 'type');
  if (given === undefined) {
    claimName(valueOf(value, 'name'), at, takenBy);
    return refuse(value, hiddenAt, `needs a type: ${CHANNEL_TYPES.join(', ')}`);
  }
  const type = scalar(choice(CHANNEL_TYPES))(given, { ...at, key: `${at.key}.type` });
  if (type === undefined) return claimName(valueOf(value, 'name'), at, takenBy);
  return READERS[type](value, at, (block) => baseOf(block, at, takenBy));
}

function baseOf(block: Block<ChannelKeys>, at: Place, takenBy: Map<string, string>): ChannelBase | undefined {
  const { name, 'min-severity': severityMin = 'info', 'send-resolved': isResolvedSent = true } = block.values;
  if (!block.isGiven('name')) return block.refuse([], 'needs a name');
  if (name === undefined) return undefined;
  if (name === 'none')
    return block.refuse(['name'], 'must not be none, which stands for no channel in notify');
  const other = takenBy.get(name);
  if (other !== undefined) return block.refuse(['name'], `must differ from the name of ${other}`);
  takenBy.set(name, at.key);
  return { name, severityMin, isResolvedSent };
}

/** So that rules may name a channel that is refused for something else: one mistake, one message. */
function claimName(value: YamlValue | undefined, at: Place, takenBy: Map<string, string>): undefined {
  const name = value?.kind === 'scalar' ? value.value : undefined;
  if (typeof name === 'string' && !takenBy.has(name)) takenBy.set(name, at.key);
}

function valueOf(value: YamlValue, key: string): YamlValue | undefined {
  return value.kind === 'mapping' ? value.entries.find((entry) => entry.key === key)?.value : undefined;
}
