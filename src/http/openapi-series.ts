// The description of what `/api/series` takes and answers; series-answer.ts says what it is.
import { STATUS_CLASSES } from '../live/event.ts';
import { COUNT, exactly, FLAG, NUMBER, SHARE, TEXT } from './openapi-schema.ts';
import { described, listOf, object, oneOf, orNull, tupleOf } from './openapi-schema.ts';
import type { Schema } from './openapi-schema.ts';
import { SERIES_STEPS_MAX } from './series-answer.ts';

/** Seconds since the epoch, of the log. */
const EVENT_TIME = COUNT;
const KNOWN = orNull(NUMBER);

const STEPS = object({
  times: listOf(EVENT_TIME),
  seconds: described(listOf(COUNT), 'How much of each step was counted.'),
  requests: listOf(COUNT),
  classes: described(
    tupleOf(...STATUS_CLASSES.map(() => listOf(COUNT))),
    'Requests by class of status, a column each: unknown, 1xx, 2xx, 3xx, 4xx, 5xx.',
  ),
  errors: described(listOf(COUNT), 'With a status of 400 or above.'),
  bytes: listOf(COUNT),
  p50: described(listOf(KNOWN), 'Of the latency, in milliseconds; null when none is known.'),
  p95: listOf(KNOWN),
  p99: listOf(KNOWN),
});

const WHOLE = object({
  requests: COUNT,
  classes: tupleOf(...STATUS_CLASSES.map(() => COUNT)),
  errors: COUNT,
  bytes: COUNT,
  p50: KNOWN,
  p95: KNOWN,
  p99: KNOWN,
});

const TOPS = listOf(
  object({
    name: TEXT,
    requests: described(NUMBER, 'Of clients an estimate.'),
    share: SHARE,
    previousShare: described(orNull(SHARE), 'Of the span of the same length before; null when not known.'),
  }),
);

const ALERT = object({
  timeSeconds: EVENT_TIME,
  id: described(TEXT, 'The same for all that happens to one alert.'),
  state: oneOf(['firing', 'resolved']),
  rule: TEXT,
  metric: TEXT,
  severity: TEXT,
  value: KNOWN,
  unit: TEXT,
  threshold: NUMBER,
  sinceSeconds: EVENT_TIME,
  peak: KNOWN,
  summary: TEXT,
});

const FOUND = object({
  available: exactly(true),
  fromSeconds: EVENT_TIME,
  toSeconds: EVENT_TIME,
  everySeconds: COUNT,
  resolution: oneOf(['10s', '1m', '1h']),
  firstSeconds: described(orNull(EVENT_TIME), 'Where counting began.'),
  completeFromSeconds: described(
    orNull(EVENT_TIME),
    'What was before is removed; null: nothing of the span.',
  ),
  steps: described(
    STEPS,
    'Columns: one entry for each step, at the same place in all of them. Steps that nobody watched are left out; quiet ones are there.',
  ),
  whole: described(WHOLE, 'The span in one.'),
  paths: TOPS,
  statuses: TOPS,
  clients: described(orNull(TOPS), 'Null when only some requests are asked for.'),
  alerts: described(listOf(ALERT), 'Newest first.'),
  hasMoreAlerts: FLAG,
});

const REFUSED = object({ available: exactly(false), reason: TEXT });

export const SERIES_SCHEMAS: Readonly<Record<string, Schema>> = {
  Series: { anyOf: [FOUND, REFUSED] },
  SeriesRefusal: REFUSED,
};

function parameter(name: string, description: string): Readonly<Record<string, unknown>> {
  return { name, in: 'query', description, schema: TEXT };
}

const TIME = 'Seconds since the epoch, a time such as 2026-11-23T22:14Z, or how long ago, such as 14d.';

export const SERIES_PARAMETERS = [
  parameter('from', TIME),
  parameter('to', TIME),
  parameter(
    'every',
    `The length of a step, such as 5m, a multiple of 10s; at most ${SERIES_STEPS_MAX} steps.`,
  ),
  parameter('path', 'Only requests of exactly this path.'),
  parameter('status', 'Only with this status, such as 404, or of this class, such as 5xx.'),
  parameter('method', 'Only with this method.'),
  parameter('source', 'Only of this log.'),
];
