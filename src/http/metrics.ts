// The numbers of the monitor as Prometheus' metrics. Pure: made from counters that exist anyway, so nothing is counted
// twice and an unread metric costs nothing. Labels are bounded; docs/METRICS.md explains each metric.
import { LATENCY_BOUNDS_SECONDS } from '../aggregate/latency-histogram.ts';
import { METHOD_NAMES } from '../aggregate/methods.ts';
import { STATUS_CLASSES } from '../aggregate/totals.ts';
import type { Totals } from '../aggregate/totals.ts';
import type { Rule } from '../alerts/rule.ts';
import { sumFailures } from '../telemetry.ts';
import type { Snapshot } from './api.ts';
import { counter, gauge, histogram, renderExposition, summary } from './exposition.ts';
import type { Labels, Metric } from './exposition.ts';

const STATUS_MIN = 100;
const STATUS_MAX = 599;

export function renderMetrics(snapshot: Snapshot): string {
  return renderExposition([
    ...trafficMetrics(snapshot.totals),
    ...alertMetrics(snapshot),
    ...readingMetrics(snapshot),
    ...sourceMetrics(snapshot),
    ...outputMetrics(snapshot),
    ...stateMetrics(snapshot),
    ...processMetrics(snapshot),
  ]);
}

function trafficMetrics(totals: Totals): Metric[] {
  const { latencies } = totals;
  return [
    counter(
      'fluffy_http_requests_total',
      'Requests in the access log, by method and status class.',
      everyMethodAndClass(totals),
    ),
    counter(
      'fluffy_http_responses_total',
      'Requests in the access log, by status code; a code is there from its first request on.',
      codes(totals),
    ),
    counter('fluffy_http_response_bytes_total', 'Response bytes in the access log.', totals.bytesSent),
    histogram(
      'fluffy_http_request_duration_seconds',
      'How long requests took, seconds, of those for which the log says; bounds are off by 2 % at most, the sum by 1 %.',
      {
        bounds: LATENCY_BOUNDS_SECONDS,
        cumulative: latencies.cumulative(),
        sum: latencies.sumSeconds,
      },
    ),
  ];
}

/** From the start, those without requests too: the rate of a counter that comes with its first count misses that one. */
function everyMethodAndClass(totals: Totals): [Labels, number][] {
  const known = new Map(
    totals.methodClasses().map(({ method, statusClass, requests }) => [`${method} ${statusClass}`, requests]),
  );
  return METHOD_NAMES.flatMap((method) =>
    STATUS_CLASSES.map((statusClass): [Labels, number] => [
      { method, status_class: statusClass },
      known.get(`${method} ${statusClass}`) ?? 0,
    ]),
  );
}

/** What is no status of HTTP, or none at all, is `unknown`. */
function codes(totals: Totals): [Labels, number][] {
  const requestsByCode = new Map<string, number>();
  for (const [status, requests] of totals.statuses()) {
    const code = status >= STATUS_MIN && status <= STATUS_MAX ? String(status) : 'unknown';
    requestsByCode.set(code, (requestsByCode.get(code) ?? 0) + requests);
  }
  return Array.from(requestsByCode, ([code, requests]) => [{ code }, requests]);
}

function alertMetrics({ rules, silences }: Snapshot): Metric[] {
  return [
    gauge(
      'fluffy_alert_firing',
      'Whether the rule is firing: 1 firing, 0 not.',
      rules.map(({ rule, standing }) => [labelsOf(rule), standing === 'firing' ? 1 : 0]),
    ),
    gauge(
      'fluffy_alert_value',
      'Value of the rule at its last evaluation, in the unit of its metric; NaN when there is none.',
      rules.map(({ rule, value }) => [labelsOf(rule), value ?? Number.NaN]),
    ),
    gauge(
      'fluffy_alert_threshold',
      'Threshold of the rule, in the unit of its metric.',
      rules.map(({ rule }) => [labelsOf(rule), rule.threshold]),
    ),
    gauge(
      'fluffy_alert_muted',
      'Whether nobody is told of the rule, for a silence or maintenance: 1 muted, 0 not.',
      rules.map(({ rule, isMuted }) => [labelsOf(rule), isMuted ? 1 : 0]),
    ),
    counter(
      'fluffy_alerts_total',
      'Alerts of the rule that began (state firing) and that ended (state resolved), told or muted.',
      rules.flatMap(({ rule, counts }) => [
        [{ rule: rule.name, state: 'firing' }, counts.firing],
        [{ rule: rule.name, state: 'resolved' }, counts.resolved],
      ]),
    ),
    gauge('fluffy_silences', 'Silences in force.', silences.length),
  ];
}

function labelsOf({ name, metric, severity }: Rule): Labels {
  return { rule: name, metric, severity };
}

function readingMetrics({ logs, limits }: Snapshot): Metric[] {
  return [
    counter(
      'fluffy_log_lines_total',
      'Lines read from the access logs.',
      logs.reduce((sum, log) => sum + log.lines, 0),
    ),
    counter(
      'fluffy_log_parse_failures_total',
      'Lines that are no record, by reason.',
      [...sumFailures(logs)].map(([reason, failures]) => [{ reason }, failures]),
    ),
    counter(
      'fluffy_log_late_records_total',
      'Records that came after their second was closed.',
      limits.lateRecords,
    ),
    counter(
      'fluffy_log_future_records_total',
      'Records with a time ahead of the clock.',
      limits.futureRecords,
    ),
    counter(
      'fluffy_log_other_path_records_total',
      'Records counted under (other) as too many paths are in use.',
      limits.otherPathRecords,
    ),
    counter(
      'fluffy_log_forced_seconds_total',
      'Seconds of the log closed before their time as too many were open.',
      limits.forcedSeconds,
    ),
  ];
}

function sourceMetrics({ sources, logs, nowMs }: Snapshot): Metric[] {
  const lastReadMs = new Map(logs.map((log) => [log.path, log.lastReadMs]));
  return [
    gauge(
      'fluffy_log_lag_bytes',
      'Bytes written to the log and not read yet.',
      sources.map(({ path, lagBytes }) => [{ path }, lagBytes]),
    ),
    gauge(
      'fluffy_log_readable',
      'Whether the log can be read: 1 yes, 0 no.',
      sources.map(({ path, problem }) => [{ path }, problem === null ? 1 : 0]),
    ),
    gauge(
      'fluffy_log_last_line_age_seconds',
      'Seconds since the log was last written; NaN when nothing was read of it yet.',
      sources.map(({ path }) => {
        const readMs = lastReadMs.get(path) ?? null;
        return [{ path }, readMs === null ? Number.NaN : Math.max(0, (nowMs - readMs) / 1000)];
      }),
    ),
    counter(
      'fluffy_log_possible_losses_total',
      'How often lines were, or may have been, removed before they could be read.',
      sources.map(({ path, possibleLoss }) => [{ path }, possibleLoss]),
    ),
  ];
}

function outputMetrics({ outputs }: Snapshot): Metric[] {
  return [
    gauge(
      'fluffy_output_writable',
      'Whether the output can be written: 1 yes, 0 no.',
      outputs.map(({ name, problem }) => [{ output: name }, problem === null ? 1 : 0]),
    ),
    gauge(
      'fluffy_output_waiting',
      'Events that the output has not taken yet.',
      outputs.map(({ name, waiting }) => [{ output: name }, waiting]),
    ),
    counter(
      'fluffy_output_dropped_total',
      'Events given up because too many were waiting for the output.',
      outputs.map(({ name, dropped }) => [{ output: name }, dropped]),
    ),
    counter(
      'fluffy_output_dead_letters_total',
      'Events given up because the output refused them, or could not be reached for too long.',
      outputs.map(({ name, deadLetters }) => [{ output: name }, deadLetters.count]),
    ),
  ];
}

/** Of what a restart goes on from. */
function stateMetrics({ store }: Snapshot): Metric[] {
  return [
    gauge(
      'fluffy_state_writable',
      'Whether the state can be kept for a restart: 1 yes, 0 no.',
      store.path !== null && store.problem === null ? 1 : 0,
    ),
    summary('fluffy_state_commit_duration_seconds', 'How long commits of the state took, seconds.', {
      sum: store.commitMs / 1000,
      count: store.commits,
    }),
    counter('fluffy_state_commit_failures_total', 'Commits of the state that failed.', store.failures),
  ];
}

/** By the names that Prometheus' own libraries give them. */
function processMetrics({ usage, startedMs, version }: Snapshot): Metric[] {
  return [
    counter('process_cpu_seconds_total', 'User and system CPU time spent, seconds.', usage.cpuSeconds),
    gauge('process_resident_memory_bytes', 'Resident memory, bytes.', usage.residentBytes),
    gauge(
      'process_start_time_seconds',
      'When the monitor started, seconds since the epoch.',
      startedMs / 1000,
    ),
    gauge('nodejs_heap_size_used_bytes', 'Memory used of the heap of Node.js, bytes.', usage.heapUsedBytes),
    counter(
      'nodejs_eventloop_active_seconds_total',
      'How long the event loop of Node.js was at work and not waiting, seconds.',
      usage.eventLoopActiveSeconds,
    ),
    gauge('fluffy_build_info', 'Always 1; the version is a label.', [[{ version }, 1]]),
  ];
}
