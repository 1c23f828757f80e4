// The description of what `/status`, the health checks, orders and sessions answer; api.ts, control.ts and session.ts make
// it.
import { ENDINGS, METRICS, SEVERITIES } from '../alerts/rule.ts';
import { COUNT, FLAG, NUMBER, TEXT, TIME } from './openapi-schema.ts';
import { described, exactly, listOf, mapOf, named, object, oneOf, orNull } from './openapi-schema.ts';
import type { Schema } from './openapi-schema.ts';

const METRIC = oneOf(Object.keys(METRICS));
const SEVERITY = oneOf(SEVERITIES);
const STANDING = described(
  oneOf(['ok', 'pending', 'firing']),
  'pending: the condition holds, but not for long enough.',
);
const COMPARISON = oneOf(['above', 'below']);

const ENDING = described(
  orNull(oneOf(ENDINGS)),
  'Why its last alert is over; null when that fires still or there was none, and when it is not known.',
);

/** What rules say of themselves, here and in the events of the page. */
export const OF_RULES = { METRIC, SEVERITY, STANDING, COMPARISON, ENDING };

const SOURCE = object({
  path: TEXT,
  inode: described(orNull(COUNT), 'Null while there is no such file.'),
  offset: described(COUNT, 'Bytes of the file that were taken.'),
  lagBytes: described(COUNT, 'Bytes that are written and not taken yet.'),
  lastLineAgeSeconds: described(orNull(COUNT), 'Null when no line was read since the start.'),
  lines: COUNT,
  parseFailures: described(
    mapOf(object({ lines: COUNT, sample: TEXT, column: COUNT })),
    'Lines that are no record, by reason, with the beginning of one and where it goes wrong.',
  ),
  format: described(TEXT, 'auto until it is known.'),
  problem: described(
    orNull(
      object({
        code: oneOf(['missing', 'unreadable', 'link-to-stdout', 'not-a-file', 'no-match', 'read-error']),
        message: described(TEXT, 'What is wrong, and what to do about it.'),
      }),
    ),
    'Null when the log can be read.',
  ),
  warning: described(
    orNull(
      object({
        code: exactly('single-file-mount'),
        message: described(TEXT, 'What will go wrong, and what to do about it.'),
      }),
    ),
    'Of a log that will not be read for ever. It is healthy all the same.',
  ),
  possibleLoss: described(
    COUNT,
    'How often lines were, or may have been, removed before they could be read.',
  ),
});

const ALERT = object({
  rule: TEXT,
  metric: METRIC,
  severity: SEVERITY,
  state: STANDING,
  muted: described(FLAG, 'Silenced or in maintenance: nobody is told.'),
  value: described(orNull(NUMBER), 'Null when there is none, as a share of no requests.'),
  unit: described(TEXT, 'Of value and threshold.'),
  comparison: COMPARISON,
  threshold: NUMBER,
  recoverThreshold: described(
    NUMBER,
    'What fires is over when the value has been on the other side of this …',
  ),
  recoverForSeconds: described(COUNT, '… for so long.'),
  windowSeconds: COUNT,
  sinceTime: described(orNull(TIME), 'Of the last change; null when there was none.'),
  ending: ENDING,
  neverKnown: described(
    orNull(TEXT),
    'What it needs and no request has told so far: its value says nothing. Null: nothing.',
  ),
});

const OUTPUT = object({
  name: TEXT,
  problem: described(orNull(TEXT), 'The last failure; null when all is well.'),
  waiting: described(COUNT, 'Events that were not delivered yet.'),
  dropped: described(COUNT, 'Events that were given up because too many waited.'),
  deadLetters: object({
    count: COUNT,
    last: described(
      listOf(object({ id: TEXT, rule: orNull(TEXT), reason: TEXT, timeMs: COUNT })),
      'Events that were refused or could not be delivered for too long, the newest last.',
    ),
  }),
});

const LIMITS = object(
  {
    futureRecords: COUNT,
    otherPathRecords: COUNT,
    forcedSeconds: COUNT,
    linesTooLong: COUNT,
    droppedOutputs: COUNT,
    historyDroppedRequests: COUNT,
  },
  ['historyDroppedRequests'],
);

export const STATUS_SCHEMAS: Readonly<Record<string, Schema>> = {
  Status: object({
    version: TEXT,
    uptimeSeconds: COUNT,
    healthy: FLAG,
    problems: described(listOf(TEXT), 'A sentence for each reason why it is not healthy.'),
    totals: object({
      lines: COUNT,
      requests: COUNT,
      errors: COUNT,
      bytes: COUNT,
      parseFailures: COUNT,
      lateRecords: COUNT,
    }),
    statuses: described(mapOf(COUNT), 'Requests by status code; 0: the log does not say.'),
    sources: listOf(named('Source')),
    alerts: listOf(named('Alert')),
    silences: listOf(object({ rule: TEXT, untilTime: TIME, reason: TEXT })),
    outputs: listOf(named('Output')),
    store: object({
      path: described(orNull(TEXT), 'Null when no state is kept.'),
      problem: orNull(TEXT),
    }),
    limits: described(LIMITS, 'How often each bound was hit.'),
  }),
  Source: SOURCE,
  Alert: ALERT,
  Output: OUTPUT,
  Healthy: object({ status: exactly('ok') }),
  Unhealthy: object({ status: exactly('error'), error: listOf(TEXT), details: listOf(TEXT) }, [
    'error',
    'details',
  ]),
  Session: object({
    by: described(
      oneOf(['nothing', 'token', 'session']),
      'What lets whoever asks in; nothing: no token is set.',
    ),
  }),
  Done: object({ ok: exactly(true) }),
  Reloaded: object({
    ok: exactly(true),
    needRestart: described(listOf(TEXT), 'Keys that have changed and are taken over at a restart only.'),
  }),
  Refusal: object({ ok: exactly(false), problems: described(listOf(TEXT), 'Sentences for a person.') }),
};
