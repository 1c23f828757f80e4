// An alert as an event of PagerDuty's Events API v2. Pure.
import { createHash } from 'node:crypto';
import type { AlertEvent } from '../alerts/rule.ts';
import { alertDetails, describeReasons } from './alert-text.ts';
import { isoTime } from './alert-times.ts';

/** Limits of the API, in characters. */
const SUMMARY_LENGTH_MAX = 1024;
const DEDUP_KEY_LENGTH_MAX = 255;

/** All that is told of one alert has the same `dedup_key`, so the resolve closes what the trigger has opened. */
export function renderPagerdutyEvent(alert: AlertEvent, routingKey: string): string {
  const { rule, metric, unit, severity, value, peak, comparison, threshold, windowSeconds } = alert;
  return JSON.stringify({
    routing_key: routingKey,
    dedup_key: dedupKeyOf(alert.id),
    event_action: alert.state === 'firing' ? 'trigger' : 'resolve',
    client: 'fluffy',
    payload: {
      summary: `${rule}: ${alert.summary}`.slice(0, SUMMARY_LENGTH_MAX),
      source: 'fluffy',
      severity,
      timestamp: isoTime(alert.timeSeconds),
      component: rule,
      class: metric,
      custom_details: {
        value,
        unit,
        peak,
        comparison,
        threshold,
        window_seconds: windowSeconds,
        message: alert.message,
        reasons: describeReasons(alert.explanation),
        text: alertDetails(alert).join('\n'),
      },
    },
  });
}

function dedupKeyOf(id: string): string {
  return id.length <= DEDUP_KEY_LENGTH_MAX ? id : createHash('sha256').update(id).digest('hex');
}
