// The list `alerts`: from its blocks to the rules of the alert engine. Pure; validate.ts gives it what rules refer to.
import type { PathGrouping } from '../aggregate/paths.ts';
import { DEFAULT_RULE_NAMES } from '../alerts/default-rules.ts';
import { findTemplateProblems } from '../alerts/message.ts';
import { ANY, METRICS, SEVERITIES, type MetricName, type Rule } from '../alerts/rule.ts';
import { TRAFFIC_RULE_NAME } from '../alerts/traffic-rule.ts';
import {
  blockOf,
  oneOrMore,
  readList,
  refuse,
  scalar,
  type Block,
  type Place,
  type Reader,
} from './blocks.ts';
import { choice, durationFrom, offOr, readLine, readName, wholeFrom } from './block-values.ts';
import type { Reading } from './duration.ts';
import { knownName } from './known-name.ts';
import { createRule } from './rule-defaults.ts';
import { readThresholds } from './rule-threshold.ts';
import { readWhere, type GivenWhere } from './where.ts';
import type { YamlValue } from './yaml-document.ts';

const WINDOWS_MAX = 5;
const DAY_SECONDS = 86_400;
const METRIC_NAMES = Object.keys(METRICS).filter(isMetricName);
/** Their lines are no requests: nothing is known of them but the log. */
const METRICS_OF_LINES: ReadonlySet<MetricName> = new Set(['silence', 'parse-failure-rate']);
const METRICS_OF_A_STATUS: ReadonlySet<MetricName> = new Set(['status-rate', 'status-share']);

export interface RuleContext {
  /** Of rules that don't say; null: no reminders. */
  readonly repeatSeconds: number | null;
  /** Null: `notify` is not checked. */
  readonly channelNames: readonly string[] | null;
  /** How paths are counted; null: `where` is not checked for it. */
  readonly grouping: PathGrouping | null;
}

export interface Alerts {
  /** Without those that were refused. */
  readonly rules: readonly Rule[];
  /** Of refused ones, too. */
  readonly names: readonly string[];
}

export function readAlerts(value: YamlValue, place: Place, context: RuleContext): Alerts {
  const takenBy = new Map<string, string>();
  const readBlock = blockOf(ruleFields(takenBy, context));
  const rules = readList(value, place, (item, at) => {
    const block = readBlock(item, at);
    return block === undefined ? undefined : toRule(block, context);
  });
  return { rules, names: [...takenBy.keys()] };
}

interface RuleKeys {
  readonly name: string;
  readonly metric: MetricName;
  readonly above: unknown;
  readonly below: unknown;
  readonly window: readonly number[];
  readonly for: number;
  readonly 'recover-below': unknown;
  readonly 'recover-above': unknown;
  readonly 'recover-for': number;
  readonly 'min-requests': number;
  readonly where: GivenWhere;
  readonly compare: Comparison;
  readonly severity: Rule['severity'];
  readonly notify: readonly string[];
  readonly message: string;
  readonly 'repeat-interval': number | null;
}

/** `takenBy` collects names, each with the rule that has it. */
function ruleFields(takenBy: Map<string, string>, { channelNames, grouping }: RuleContext) {
  const raw = scalar((given) => ({ ok: true, value: given }));
  const hold = scalar(durationFrom('0s', '24h'));
  return {
    name: uniqueName(takenBy),
    metric: scalar(choice(METRIC_NAMES)),
    above: raw,
    below: raw,
    window: readWindows,
    for: hold,
    'recover-below': raw,
    'recover-above': raw,
    'recover-for': hold,
    'min-requests': scalar(wholeFrom(0, 1_000_000_000)),
    where: readWhere(grouping),
    compare: scalar(readCompare),
    severity: scalar(choice(SEVERITIES)),
    notify: readNotify(channelNames),
    message: readMessage,
    'repeat-interval': scalar(offOr(durationFrom('1m', '7d'))),
  } satisfies { readonly [K in keyof RuleKeys]: Reader<RuleKeys[K]> };
}

function toRule(block: Block<RuleKeys>, { repeatSeconds }: RuleContext): Rule | undefined {
  const { values } = block;
  for (const key of ['name', 'metric'] as const) {
    if (!block.isGiven(key)) block.refuse([], `needs a ${key}`);
  }
  const thresholds = readThresholds(block);
  if (values.metric !== undefined) checkMetric(block, values.metric);
  const [window, ...further] = values.window ?? [];
  if (thresholds === undefined || values.name === undefined || values.metric === undefined) return undefined;
  return createRule({
    name: values.name,
    metric: values.metric,
    ...thresholds,
    ...(window !== undefined && { windowsSeconds: [window, ...further] as const }),
    ...(values['min-requests'] !== undefined && { requestsMin: values['min-requests'] }),
    where: values.where?.where ?? ANY,
    previousSeconds: values.compare?.seconds ?? null,
    ...(values.compare?.isYesterday === true && { previousOffsetSeconds: DAY_SECONDS }),
    forSeconds: values.for ?? 0,
    recoverForSeconds: values['recover-for'] ?? 0,
    severity: values.severity ?? 'warning',
    notify: values.notify ?? null,
    message: values.message ?? null,
    repeatSeconds: values['repeat-interval'] === undefined ? repeatSeconds : values['repeat-interval'],
  });
}

/** Keys that go with some metrics only. */
function checkMetric(block: Block<RuleKeys>, metric: MetricName): void {
  const { where } = block.values;
  if (metric.startsWith('latency') && block.values.compare?.isYesterday === true)
    block.refuse(['compare'], 'can be "previous" only for latencies, such as previous 1h');
  if (metric === 'unique-clients' && block.isGiven('compare'))
    block.refuse(
      ['compare'],
      'has no meaning for unique-clients: who came again is not known to have been there before',
    );
  if (metric === 'silence') {
    for (const key of ['window', 'compare', 'min-requests'] as const) {
      if (block.isGiven(key)) block.refuse([key], 'has no meaning for silence');
    }
  }
  const isOfRequests = (['path', 'method', 'status'] as const).some((key) => where?.isGiven(key) === true);
  if (METRICS_OF_LINES.has(metric) && isOfRequests)
    block.refuse(['where'], `can have nothing but a source for ${metric}`);
  const isWhereRefused = block.isGiven('where') && where === undefined;
  const hasStatus = isWhereRefused || where?.isGiven('status') === true;
  if (METRICS_OF_A_STATUS.has(metric) && !hasStatus)
    block.refuse(['where'], `needs a status for ${metric}, such as "where: {status: 5xx}"`);
}

function uniqueName(takenBy: Map<string, string>): Reader<string> {
  const reserved = new Set<string>([TRAFFIC_RULE_NAME, ...DEFAULT_RULE_NAMES]);
  return (value, place) => {
    const name = scalar(readName)(value, place);
    if (name === undefined) return undefined;
    if (reserved.has(name))
      return refuse(value, place, 'must not be the name of a rule that comes with fluffy');
    const other = takenBy.get(name);
    if (other !== undefined) return refuse(value, place, `must differ from ${other}`);
    takenBy.set(name, place.key);
    return name;
  };
}

const readWindows: Reader<readonly number[]> = (value, place) => {
  if (value.kind === 'list' && value.items.length > WINDOWS_MAX)
    refuse(value, { ...place, isHidden: true }, `must be at most ${WINDOWS_MAX} windows`);
  return oneOrMore(scalar(durationFrom('1s', '24h')))(value, place);
};

/** `none` is an empty list. */
function readNotify(channelNames: readonly string[] | null): Reader<readonly string[]> {
  const list = oneOrMore(scalar(knownName(channelNames, 'channel')));
  return (value, place) => (value.kind === 'scalar' && value.value === 'none' ? [] : list(value, place));
}

/** The time that a window is compared with: right before it, or ending a day ago. */
interface Comparison {
  readonly seconds: number;
  readonly isYesterday: boolean;
}

function readCompare(raw: unknown): Reading<Comparison> {
  const [, when, duration] =
    typeof raw === 'string' ? (/^(previous|yesterday) +(\S+)$/.exec(raw.trim()) ?? []) : [];
  if (when === undefined)
    return { ok: false, message: 'must be "previous" or "yesterday" and a duration, such as previous 1h' };
  const seconds = durationFrom('1m', '24h')(duration);
  return seconds.ok
    ? { ok: true, value: { seconds: seconds.value, isYesterday: when === 'yesterday' } }
    : seconds;
}

const readMessage: Reader<string> = (value, place) => {
  const message = scalar(readLine)(value, place);
  const problems = message === undefined ? [] : findTemplateProblems(message);
  // The sentence says which part is wrong: the whole template adds nothing.
  for (const problem of problems) refuse(value, { ...place, isHidden: true }, problem);
  return problems.length === 0 ? message : undefined;
};

function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}
