// Is anything wrong now: every rule, how it stands, its value against the threshold, since when, and why. Firing ones first.
import type { LiveAlert, LiveRule, LiveSilence } from '../src/live/event.ts';
import { renderTelling } from '../src/alerts/render.ts';
import { byId, element, setText } from './element.ts';
import { createKeyedList } from './keyed.ts';
import type { Row } from './keyed.ts';
import { createSparkline } from './sparkline.ts';
import type { State } from './state.ts';
import { hashOf, overviewOf } from './view.ts';
import {
  formatClock,
  formatCondition,
  formatFiring,
  formatRuleValue,
  formatSpan,
  formatUnjudged,
  formatWhere,
} from './wording.ts';

const REASONS_MAX = 4;
const ORDER = { firing: 0, pending: 1, ok: 2 } as const;
const LABELS = { firing: 'Firing', pending: 'Pending', ok: 'OK' } as const;

interface RuleItem {
  readonly rule: LiveRule;
  readonly values: readonly (number | null)[];
  /** The newest alert of the rule. */
  readonly alert: LiveAlert | null;
  readonly silence: LiveSilence | null;
  readonly nowSeconds: number;
  readonly href: string;
}

export function createRulesPanel(): (state: State) => void {
  const list = createKeyedList<RuleItem>(byId('rules'), ({ rule }) => rule.name, createRow);
  return ({ event, rows, alerts, toldSeconds, view }) => {
    const items = event.rules.map((rule) => ({
      rule,
      values: rows.map(({ values }) => values.get(rule.name) ?? null),
      alert: alerts.find(({ rule: name }) => name === rule.name) ?? null,
      silence: event.silences.find(({ rule: name }) => name === rule.name) ?? null,
      nowSeconds: toldSeconds,
      href: hashOf({ ...overviewOf(view), rule: rule.name }),
    }));
    list.update(items.toSorted((a, b) => ORDER[a.rule.standing] - ORDER[b.rule.standing]));
  };
}

function createRow({ rule }: RuleItem): Row<RuleItem> {
  const state = element('span', { class: 'state' });
  const name = element('a', { class: 'rule-name' }, rule.name);
  const where = element('span', { class: 'note' });
  const value = element('b', { class: 'rule-value' });
  const condition = element('span', { class: 'note' });
  const meter = element('span', { class: 'meter', 'aria-hidden': 'true' }, element('i'));
  const since = element('span', { class: 'rule-since note' });
  const why = element('p', { class: 'why' });
  const spark = createSparkline();
  const node = element(
    'li',
    { class: 'rule' },
    state,
    element('span', { class: 'rule-what' }, name, where),
    element('span', { class: 'rule-amount' }, value, condition, meter),
    spark.node,
    since,
    why,
  );
  const update = (item: RuleItem): void => {
    const { standing, isMuted, threshold } = item.rule;
    node.dataset['state'] = standing;
    name.setAttribute('href', item.href);
    setText(state, `${LABELS[standing]}${isMuted ? ', silenced' : ''}`);
    setText(where, formatWhere(item.rule));
    setText(value, formatRuleValue(item.rule));
    setText(
      condition,
      standing === 'firing' ? formatFiring(item.rule) : `alerts ${formatCondition(item.rule)}`,
    );
    const filled = Math.min(1, (item.rule.value ?? 0) / Math.max(threshold, 1e-9));
    meter.style.setProperty('--filled', `${(100 * filled).toFixed(1)}%`);
    spark.update(item.values, threshold);
    setText(since, describeSince(item));
    const reasons = describeWhy(item);
    why.hidden = reasons === '';
    setText(why, reasons);
  };
  return { node, update };
}

function describeSince({ rule, nowSeconds }: RuleItem): string {
  const { standing, sinceSeconds } = rule;
  if (sinceSeconds === null) return standing === 'ok' ? 'never fired' : '';
  const span = formatSpan(Math.max(0, nowSeconds - sinceSeconds));
  return standing === 'firing'
    ? `for ${span}, since ${formatClock(sinceSeconds)}`
    : `for ${span}${formatUnjudged(rule)}`;
}

/** Of a firing rule its reasons, of a silenced one until when, of one that was never known why. */
function describeWhy({ rule, alert, silence }: RuleItem): string {
  const held =
    silence === null
      ? ''
      : `Silenced until ${formatClock(silence.untilSeconds)}${silence.reason === '' ? '' : `: ${silence.reason}`}. `;
  if (rule.neverKnown !== null) return `${held}Never known: ${rule.neverKnown}.`;
  if (rule.standing !== 'firing' || alert === null || alert.state !== 'firing') return held;
  const reasons = alert.explanation === null ? [] : renderTelling(alert.explanation, REASONS_MAX);
  return `${held}When it fired: ${[alert.message ?? alert.summary, ...reasons].join(' · ')}`;
}
