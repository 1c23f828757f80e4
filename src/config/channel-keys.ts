// The keys that every channel has, whatever its type. Pure; each type's own file adds its own.
import { SEVERITIES, type Severity } from '../alerts/rule.ts';
import type { ChannelConfig, ChannelType } from '../outputs/channel.ts';
import { scalar, type Block, type Place } from './blocks.ts';
import { choice, readName, readSwitch } from './block-values.ts';
import type { YamlValue } from './yaml-document.ts';

export const CHANNEL_TYPES = [
  'webhook',
  'slack',
  'sns',
  'alertmanager',
  'pagerduty',
  'email',
] as const satisfies readonly ChannelType[];

export interface ChannelKeys {
  readonly name: string;
  readonly type: ChannelType;
  readonly 'min-severity': Severity;
  readonly 'send-resolved': boolean;
}

export const CHANNEL_FIELDS = {
  name: scalar(readName),
  type: scalar(choice(CHANNEL_TYPES)),
  'min-severity': scalar(choice(SEVERITIES)),
  'send-resolved': scalar(readSwitch),
};

export type ChannelBase = Pick<ChannelConfig, 'name' | 'severityMin' | 'isResolvedSent'>;

/** Gives the common part; undefined when the channel has no name of its own. */
type Claim = (block: Block<ChannelKeys>) => ChannelBase | undefined;

export type ChannelReader = (value: YamlValue, place: Place, claim: Claim) => ChannelConfig | undefined;
