// The file of alerting rules that Prometheus loads: the rules of a configuration, and those about fluffy itself, as YAML.
import { createRules } from '../alerts/rules.ts';
import type { RulesOptions } from '../alerts/rules.ts';
import { exportRule } from './exported-rule.ts';
import type { AlertingRule } from './exported-rule.ts';
import { createOwnRules } from './own-rules.ts';
import { durationOf } from './promql.ts';

export interface RulesFileOptions extends RulesOptions {
  /** Null when the state is not kept. */
  readonly statePath: string | null;
  /** How often Prometheus scrapes fluffy, 1 to 300. */
  readonly scrapeSeconds: number;
  /** The job under which it does. */
  readonly job: string;
}

/** Ends without a line end. */
export function renderRulesFile(options: RulesFileOptions): string {
  const { scrapeSeconds, job, statePath } = options;
  const rules = createRules(options);
  const watchesParsing = !rules.some(
    ({ metric, where }) => metric === 'parse-failure-rate' && where.sources.length === 0,
  );
  return [
    '# Made by `fluffy export prometheus-rules` of a configuration of fluffy: make it anew when that changes.',
    `# For a scrape every ${durationOf(scrapeSeconds)}. Silences and maintenance of fluffy have no say here.`,
    'groups:',
    ...renderGroup(
      'fluffy',
      rules.map((rule) => exportRule(rule, scrapeSeconds)),
    ),
    ...renderGroup('fluffy-itself', createOwnRules({ job, hasState: statePath !== null, watchesParsing })),
  ].join('\n');
}

function renderGroup(name: string, rules: readonly AlertingRule[]): string[] {
  return [`  - name: ${name}`, '    rules:', ...rules.flatMap(renderRule)];
}

/** A string of JSON is one of YAML. */
function renderRule(rule: AlertingRule): string[] {
  const { alert, lines, forSeconds, keepFiringSeconds, severity, summary, remarks } = rule;
  return [
    ...remarks.map((remark) => `      # ${remark}`),
    `      - alert: ${JSON.stringify(alert)}`,
    '        expr: |-',
    ...lines.map((line) => `          ${line}`),
    ...(forSeconds > 0 ? [`        for: ${durationOf(forSeconds)}`] : []),
    ...(keepFiringSeconds > 0 ? [`        keep_firing_for: ${durationOf(keepFiringSeconds)}`] : []),
    `        labels: { severity: ${severity}, source: fluffy }`,
    '        annotations:',
    `          summary: ${JSON.stringify(summary)}`,
  ];
}
