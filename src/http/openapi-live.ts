// The description of the events of `/api/live`; src/live/event.ts says what they are.
import { DIMENSIONS } from '../alerts/rule.ts';
import { STATUS_CLASSES } from '../live/event.ts';
import { COUNT, FLAG, NUMBER, SHARE, TEXT } from './openapi-schema.ts';
import { described, exactly, listOf, named, object, oneOf, orNull, tupleOf } from './openapi-schema.ts';
import type { Schema } from './openapi-schema.ts';
import { OF_RULES } from './openapi-status.ts';

const { METRIC, SEVERITY, STANDING, COMPARISON, ENDING } = OF_RULES;

/** Seconds since the epoch, of the log. */
const EVENT_TIME = COUNT;

const SECONDS = object({
  times: listOf(EVENT_TIME),
  requests: listOf(COUNT),
  classes: described(
    tupleOf(...STATUS_CLASSES.map(() => listOf(COUNT))),
    'Requests by class of status, a column each: unknown, 1xx, 2xx, 3xx, 4xx, 5xx.',
  ),
  bytes: listOf(COUNT),
  p50: described(listOf(orNull(NUMBER)), 'Of the latency over 10 s, in milliseconds; null when not known.'),
  p95: listOf(orNull(NUMBER)),
  p99: listOf(orNull(NUMBER)),
  values: described(listOf(listOf(orNull(NUMBER))), 'Of each rule, in the order of rules.'),
});

const STEP = object({
  timeSeconds: EVENT_TIME,
  cells: described(listOf(tupleOf(TEXT, COUNT, COUNT)), 'Path, status and requests, over ten seconds.'),
});

const RULE = object({
  name: TEXT,
  metric: METRIC,
  where: object({
    paths: listOf(TEXT),
    methods: listOf(TEXT),
    statuses: listOf(object({ first: COUNT, last: COUNT })),
    sources: listOf(TEXT),
  }),
  severity: SEVERITY,
  standing: STANDING,
  isMuted: FLAG,
  value: orNull(NUMBER),
  unit: TEXT,
  comparison: COMPARISON,
  threshold: NUMBER,
  recoverThreshold: NUMBER,
  recoverForSeconds: COUNT,
  windowSeconds: COUNT,
  sinceSeconds: orNull(EVENT_TIME),
  ending: ENDING,
  neverKnown: described(orNull(TEXT), 'What it needs and no request has told so far.'),
});

const EXPLANATION = object(
  {
    lookedAt: described(COUNT, 'Requests looked at: all in the window, or a sample.'),
    shareError: described(SHARE, 'With 95 % certainty a share is at most so far off.'),
    of: described(TEXT, 'What shares are of, where not of all requests.'),
    reasons: listOf(
      object(
        {
          dimension: oneOf(DIMENSIONS),
          name: TEXT,
          share: SHARE,
          previousShare: described(orNull(SHARE), 'Before the window; null when there was hardly anything.'),
          isDemanded: described(exactly(true), 'The rule itself demands it; left out otherwise.'),
        },
        ['isDemanded'],
      ),
    ),
    lines: described(listOf(TEXT), 'Of the log, from when it fired: at most 20.'),
  },
  ['of', 'lines'],
);

const ALERT = object({
  id: described(TEXT, 'The same for all that is told of one alert.'),
  rule: TEXT,
  state: oneOf(['firing', 'resolved']),
  isReminder: FLAG,
  timeSeconds: EVENT_TIME,
  sinceSeconds: EVENT_TIME,
  summary: TEXT,
  explanation: described(
    orNull(EXPLANATION),
    'Null: not asked for, or an end. Without lines of alerts from before the start.',
  ),
  message: described(orNull(TEXT), "The rule's own, filled in."),
});

const SOURCE = object({
  path: TEXT,
  format: TEXT,
  lines: COUNT,
  lagBytes: COUNT,
  lastLineAgeSeconds: orNull(NUMBER),
  unparsed: COUNT,
  sample: orNull(object({ reason: TEXT, text: TEXT })),
  problem: orNull(TEXT),
  warning: described(orNull(TEXT), 'What will go wrong, and what to do about it.'),
  possibleLoss: COUNT,
});

export const LIVE_SCHEMAS: Readonly<Record<string, Schema>> = {
  LiveEvent: object({
    version: TEXT,
    nowMs: described(COUNT, 'Wall time, milliseconds since the epoch.'),
    startedMs: COUNT,
    toldSeconds: described(orNull(EVENT_TIME), 'Every second before it is told.'),
    isWhole: described(FLAG, 'It holds the whole window and not only what is new.'),
    seconds: described(SECONDS, 'Columns: one entry a second, at the same place in all of them.'),
    steps: listOf(STEP),
    rules: listOf(RULE),
    silences: listOf(object({ rule: TEXT, untilSeconds: COUNT, reason: TEXT })),
    alerts: listOf(named('LiveAlert')),
    clients: orNull(
      object({
        lookedAt: COUNT,
        top: listOf(object({ client: TEXT, share: SHARE, previousShare: orNull(SHARE) })),
      }),
    ),
    sources: listOf(SOURCE),
    sourceCount: COUNT,
    problems: listOf(TEXT),
  }),
  LiveAlert: ALERT,
};
