// Numbers and times in words, as they are told elsewhere in fluffy too. Pure but for the time zone of the browser.
import { formatAmount, formatEnding, formatRecovery, formatSpan, isBeyond } from '../src/alerts/summary.ts';
import { formatShare } from '../src/alerts/render.ts';
import type { LiveRule, LiveSource } from '../src/live/event.ts';

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `14:05:09`, in the time zone of the reader. */
export function formatClock(seconds: number): string {
  return CLOCK.format(seconds * 1000);
}

const COMPACT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** `14:05:09`, and of another day than that of `nowSeconds` `23 Nov 14:05`. */
export function formatWhen(seconds: number, nowSeconds: number): string {
  if (formatDay(seconds) === formatDay(nowSeconds)) return formatClock(seconds);
  return `${formatDay(seconds)} ${formatMinute(seconds)}`;
}

/** `23 Nov`, in the time zone of the reader. */
export function formatDay(seconds: number): string {
  return DAY.format(seconds * 1000);
}

/** `14:05`. */
export function formatMinute(seconds: number): string {
  return formatClock(seconds).slice(0, 5);
}

/** Three digits that matter: `0.25`, `12.3`, `1,234`. */
export function formatCount(value: number): string {
  if (value !== 0 && Math.abs(value) < 100)
    return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
  return Math.round(value).toLocaleString('en-US');
}

/** As short as a headline needs it: `12,345`, `283M`. */
export function formatLarge(value: number): string {
  return value < 1e7 ? formatCount(value) : COMPACT.format(value);
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatCount(bytes / 1000 ** power)} ${units[power] ?? ''}`;
}

/** `820 ms`, `1.2 s`. */
export function formatMs(ms: number): string {
  return ms < 1000 ? `${formatCount(ms)} ms` : `${formatCount(ms / 1000)} s`;
}

/** How a share has changed, in percentage points: `+12`, `−3`, `new`; empty when it has not. */
export function formatChange(share: number, previousShare: number | null): string {
  if (previousShare === null) return '';
  if (previousShare === 0 && share > 0) return 'new';
  const points = Math.round((share - previousShare) * 100);
  if (points === 0) return '';
  return points > 0 ? `+${points}` : `−${-points}`;
}

export function formatRuleValue({ value, metric, unit, neverKnown }: LiveRule): string {
  if (neverKnown !== null) return 'never known';
  return value === null ? 'no verdict' : formatAmount(value, metric, unit);
}

/** `above 80 requests/s over 2m`. */
export function formatCondition({ comparison, threshold, metric, unit, windowSeconds }: LiveRule): string {
  const limit = `${comparison} ${formatAmount(threshold, metric, unit)}`;
  return metric === 'silence' ? limit : `${limit} over ${formatSpan(windowSeconds)}`;
}

/** Of a rule that fires, which may go on after its value has come back: `above 80 requests/s over 2m`. */
export function formatFiring(rule: LiveRule): string {
  const { value, comparison, threshold } = rule;
  const hasComeBack = value !== null && !isBeyond({ value, comparison, threshold });
  const condition = formatCondition(rule);
  return hasComeBack ? `was ${condition}, ${formatRecovery(rule)}` : condition;
}

/** Why the last alert of a rule is over, when it has not recovered: `, too few requests to judge`; else empty. */
export function formatUnjudged({ ending, metric }: LiveRule): string {
  return ending === null || ending === 'recovered' ? '' : `, ${formatEnding(ending, metric)}`;
}

/** What is wrong with a log, or will be: `read; lines may have been lost once`. */
export function describeReading({ problem, warning, possibleLoss }: LiveSource): string {
  const times = possibleLoss === 1 ? 'once' : `${possibleLoss} times`;
  const parts = [
    problem ?? 'read',
    ...(warning === null ? [] : [warning]),
    ...(possibleLoss > 0 ? [`lines may have been lost ${times}`] : []),
  ];
  return parts.join('; ');
}

/** What a rule looks at: `status 5xx · /api/**`; empty for everything. */
export function formatWhere({ where: { paths, methods, statuses, sources } }: LiveRule): string {
  const codes = statuses.map(({ first, last }) => {
    if (first === last) return String(first);
    return first % 100 === 0 && last === first + 99 ? `${first / 100}xx` : `${first}–${last}`;
  });
  const parts = [
    methods.join(', '),
    codes.length === 0 ? '' : `status ${codes.join(', ')}`,
    paths.join(', '),
    sources.join(', '),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

export { formatAmount, formatRecovery, formatShare, formatSpan };
