// Alerting rules about fluffy itself: that it runs, reads, understands, writes and loses nothing.
import type { AlertingRule } from './exported-rule.ts';

export interface OwnRulesOptions {
  /** The job under which fluffy is scraped. */
  readonly job: string;
  /** The state is to be kept for a restart. */
  readonly hasState: boolean;
  /** No rule of the configuration is about lines that can't be read. */
  readonly watchesParsing: boolean;
}

const RULE = { keepFiringSeconds: 0, remarks: [] } as const;

export function createOwnRules({ job, hasState, watchesParsing }: OwnRulesOptions): AlertingRule[] {
  return [
    {
      ...RULE,
      alert: 'FluffyDown',
      lines: [`up{job="${job}"} == 0`],
      forSeconds: 60,
      severity: 'critical',
      summary: 'fluffy on {{ $labels.instance }} does not answer: nobody watches its logs',
    },
    {
      ...RULE,
      alert: 'FluffyLogUnreadable',
      lines: ['fluffy_log_readable == 0'],
      forSeconds: 120,
      severity: 'critical',
      summary: 'fluffy cannot read {{ $labels.path }}; /status says why',
    },
    ...(watchesParsing ? [PARSE_FAILURES] : []),
    {
      ...RULE,
      alert: 'FluffyLinesLost',
      lines: ['increase(fluffy_log_possible_losses_total[15m]) > 0'],
      forSeconds: 0,
      severity: 'warning',
      summary: 'lines of {{ $labels.path }} were, or may have been, removed before fluffy could read them',
    },
    {
      ...RULE,
      alert: 'FluffyOutputUnwritable',
      lines: ['fluffy_output_writable == 0'],
      forSeconds: 120,
      severity: 'critical',
      summary: 'fluffy cannot write to {{ $labels.output }}; /status says why',
    },
    {
      ...RULE,
      alert: 'FluffyEventsGivenUp',
      lines: [
        'increase(fluffy_output_dropped_total[15m]) > 0',
        'or increase(fluffy_output_dead_letters_total[15m]) > 0',
      ],
      forSeconds: 0,
      severity: 'warning',
      summary: 'fluffy has given up alerts or reports that {{ $labels.output }} did not take',
    },
    ...(hasState ? [STATE_UNWRITABLE] : []),
  ];
}

const PARSE_FAILURES: AlertingRule = {
  ...RULE,
  alert: 'FluffyParseFailures',
  lines: [
    '100 * sum without (reason) (rate(fluffy_log_parse_failures_total[5m])) / rate(fluffy_log_lines_total[5m]) > 10',
    'and increase(fluffy_log_lines_total[5m]) >= 50',
  ],
  forSeconds: 0,
  keepFiringSeconds: 120,
  severity: 'warning',
  summary:
    'fluffy cannot read {{ printf "%.0f" $value }} % of the lines; fluffy check says where they do not fit',
};

const STATE_UNWRITABLE: AlertingRule = {
  ...RULE,
  alert: 'FluffyStateUnwritable',
  lines: ['fluffy_state_writable == 0'],
  forSeconds: 120,
  severity: 'warning',
  summary: 'fluffy cannot save its state: after a crash it would go back to what was saved last',
};
