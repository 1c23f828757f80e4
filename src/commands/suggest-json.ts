// What `fluffy suggest` has to say, as one JSON object.
import { unitOf } from '../alerts/summary.ts';
import type { LevelCount } from '../suggest/crossings.ts';
import type { Incident } from '../suggest/incidents.ts';
import { isShort, ruleOf, weeksOf } from '../suggest/suggestion.ts';
import type { HistorySpan, Suggestion } from '../suggest/suggestion.ts';
import type { SuggestReport } from './suggest-report.ts';

/** `reading`: what is to be said of the files. */
export function renderSuggestJson(
  { span, timezone, alertsPerWeek, incidents, suggestions, configBlock }: SuggestReport,
  reading: Readonly<Record<string, unknown>>,
): string {
  return JSON.stringify({
    type: 'suggestion',
    from: new Date(span.fromSeconds * 1000).toISOString(),
    to: new Date(span.toSeconds * 1000).toISOString(),
    seconds: span.toSeconds - span.fromSeconds,
    isShort: isShort(span),
    timezone,
    alertsPerWeek,
    incidents: incidents.found.map((incident) => describeIncident(incident, incidents.usualShare)),
    metrics: suggestions.map((suggestion) => describe(suggestion, span)),
    configuration: configBlock,
    ...reading,
  });
}

function describeIncident(incident: Incident, usualShare: number): Record<string, unknown> {
  const { fromSeconds, toSeconds, requests, failed } = incident;
  return {
    from: new Date(fromSeconds * 1000).toISOString(),
    to: new Date(toSeconds * 1000).toISOString(),
    requests,
    failed,
    usualShare,
  };
}

function describe(suggestion: Suggestion, span: HistorySpan): Record<string, unknown> {
  const { rule, whole, hours, maxAtSeconds, remark, suggested, table } = suggestion;
  return {
    rule: rule.name,
    metric: rule.metric,
    where: rule.where,
    unit: unitOf(rule),
    windowSeconds: rule.metric === 'silence' ? null : rule.windowsSeconds[0],
    minRequests: rule.requestsMin,
    remark,
    ...(whole ?? { seconds: 0, median: null, p99: null, max: null }),
    maxAt: maxAtSeconds === null ? null : new Date(maxAtSeconds * 1000).toISOString(),
    hours: hours.map((hour, index) => (hour === null ? null : { hour: index, ...hour })),
    thresholds: table.map((level) => describeLevel(level, span)),
    suggested:
      suggested === null
        ? null
        : { ...describeLevel(suggested, span), severity: ruleOf(suggestion)?.severity },
  };
}

function describeLevel(level: LevelCount, span: HistorySpan): Record<string, number> {
  return { ...level, alertsPerWeek: level.alerts / weeksOf(span) };
}
