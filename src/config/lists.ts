// The keys whose values are lists of blocks, read in the order in which one refers to the other. Pure; a part of
// validate.ts.
import { DEFAULT_RULE_NAMES } from '../alerts/default-rules.ts';
import { TRAFFIC_RULE_NAME } from '../alerts/traffic-rule.ts';
import { readAlerts } from './alerts.ts';
import type { Place } from './blocks.ts';
import { readChannels } from './channels.ts';
import type { CheckContext } from './checks.ts';
import { readMaintenance } from './maintenance.ts';
import type { ConfigProblem } from './problem.ts';
import type { ConfigKey, ListKey, Lists } from './schema.ts';
import type { Setting } from './settings.ts';
import type { YamlValue } from './yaml-document.ts';

interface ReadLists extends Lists {
  readonly problems: readonly ConfigProblem[];
}

/** `repeatSeconds` is for rules that don't say. */
export function readLists(
  given: ReadonlyMap<ConfigKey, Setting>,
  repeatSeconds: number | null,
  { isCronExpression, isEndless, hasChannels = true, grouping = null }: CheckContext,
): ReadLists {
  const problems: ConfigProblem[] = [];
  const listAt = (key: ListKey): [YamlValue, Place] => {
    const setting = given.get(key);
    const file = setting?.origin.file ?? '';
    const report: Place['report'] = (problem) => problems.push({ file, ...problem });
    return [setting?.tree ?? OFF, { key, isHidden: false, report }];
  };
  const { channels, names: channelNames } = readChannels(...listAt('channels'));
  const isChannelKnown = hasChannels && isReadable(given.get('channels'));
  const context = { repeatSeconds, channelNames: isChannelKnown ? channelNames : null, grouping };
  const { rules, names } = readAlerts(...listAt('alerts'), context);
  const allNames = [TRAFFIC_RULE_NAME, ...names, ...DEFAULT_RULE_NAMES];
  const ruleNames = isReadable(given.get('alerts')) ? allNames : null;
  const maintenance = readMaintenance(...listAt('maintenance'), { ruleNames, isCronExpression, isEndless });
  return { alerts: rules, channels, maintenance, problems };
}

/**
 * Whether a list says which names there are. Not when it is none at all, or is turned off by a variable for a while:
 * then those who refer to its items did nothing wrong.
 */
function isReadable(setting: Setting | undefined): boolean {
  if (setting === undefined) return true;
  const { tree } = setting;
  return tree?.kind === 'list' || (tree?.kind === 'scalar' && tree.value === 'off');
}

const OFF: YamlValue = { kind: 'scalar', value: 'off', line: 1, column: 1 };
