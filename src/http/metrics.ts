// The numbers of the monitor in Prometheus' text format, version 0.0.4. Pure: written from counters that exist
// anyway, so nothing is counted twice and an unread metric costs nothing.
import type { Rule } from '../alerts/rule.ts';
import { sumFailures } from '../telemetry.ts';
import type { Snapshot } from './api.ts';

type Labels = Readonly<Record<string, string>>;

interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly (readonly [Labels, number])[];
}

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function renderMetrics(snapshot: Snapshot): string {
  return [...trafficMetrics(snapshot), ...alertMetrics(snapshot), ...selfMetrics(snapshot)]
    .map(renderMetric)
    .join('');
}

function trafficMetrics({ totals }: Snapshot): Metric[] {
  return [
    counter(
      'fluffy_http_requests_total',
      'Requests in the access log, by method and status class.',
      totals
        .methodClasses()
        .map(({ method, statusClass, requests }) => [{ method, status_class: statusClass }, requests]),
    ),
    counter('fluffy_http_response_bytes_total', 'Response bytes in the access log.', [
      [{}, totals.bytesSent],
    ]),
  ];
}

function alertMetrics({ rules }: Snapshot): Metric[] {
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
  ];
}

function labelsOf({ name, metric, severity }: Rule): Labels {
  return { rule: name, metric, severity };
}

function selfMetrics(snapshot: Snapshot): Metric[] {
  const { logs, sources, limits } = snapshot;
  const lines = logs.reduce((sum, log) => sum + log.lines, 0);
  return [
    counter('fluffy_log_lines_total', 'Lines read from the access logs.', [[{}, lines]]),
    counter(
      'fluffy_log_parse_failures_total',
      'Lines that are no record, by reason.',
      [...sumFailures(logs)].map(([reason, failures]) => [{ reason }, failures]),
    ),
    counter('fluffy_log_late_records_total', 'Records that came after their second was closed.', [
      [{}, limits.lateRecords],
    ]),
    counter('fluffy_log_future_records_total', 'Records with a time ahead of the clock.', [
      [{}, limits.futureRecords],
    ]),
    counter(
      'fluffy_log_other_path_records_total',
      'Records counted under (other) as too many paths are in use.',
      [[{}, limits.otherPathRecords]],
    ),
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
    counter(
      'fluffy_log_possible_losses_total',
      'How often lines were, or may have been, removed before they could be read.',
      sources.map(({ path, possibleLoss }) => [{ path }, possibleLoss]),
    ),
    ...keepingMetrics(snapshot),
    gauge('fluffy_start_time_seconds', 'When the monitor started, seconds since the epoch.', [
      [{}, snapshot.startedMs / 1000],
    ]),
    gauge('fluffy_build_info', 'Always 1; the version is a label.', [[{ version: snapshot.version }, 1]]),
  ];
}

/** What fluffy writes: outputs, and the state that a restart goes on from. */
function keepingMetrics({ outputs, store }: Snapshot): Metric[] {
  return [
    gauge(
      'fluffy_output_writable',
      'Whether the output can be written: 1 yes, 0 no.',
      outputs.map(({ name, problem }) => [{ output: name }, problem === null ? 1 : 0]),
    ),
    counter(
      'fluffy_output_dropped_total',
      'Events given up because too many were waiting for the output.',
      outputs.map(({ name, dropped }) => [{ output: name }, dropped]),
    ),
    gauge(
      'fluffy_output_waiting',
      'Events that the output has not taken yet.',
      outputs.map(({ name, waiting }) => [{ output: name }, waiting]),
    ),
    gauge('fluffy_state_writable', 'Whether the state can be kept for a restart: 1 yes, 0 no.', [
      [{}, store.path !== null && store.problem === null ? 1 : 0],
    ]),
  ];
}

function counter(name: string, help: string, samples: Metric['samples']): Metric {
  return { name, type: 'counter', help, samples };
}

function gauge(name: string, help: string, samples: Metric['samples']): Metric {
  return { name, type: 'gauge', help, samples };
}

function renderMetric({ name, type, help, samples }: Metric): string {
  const lines = samples.map(([labels, value]) => `${name}${renderLabels(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}
