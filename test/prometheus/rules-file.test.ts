import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANY } from '../../src/alerts/rule.ts';
import { createRule } from '../../src/config/rule-defaults.ts';
import { renderRulesFile } from '../../src/prometheus/rules-file.ts';
import type { RulesFileOptions } from '../../src/prometheus/rules-file.ts';

const BARE: RulesFileOptions = {
  threshold: 10,
  alertWindowSeconds: 120,
  alerts: [],
  repeatSeconds: null,
  hasDefaultRules: false,
  objective: null,
  statePath: null,
  scrapeSeconds: 15,
  job: 'web',
};

function namesIn(file: string): string[] {
  return Array.from(file.matchAll(/- alert: "(.+)"/g), ([, name = '']) => name);
}

void test('a rule has its duration, its recovery, its severity and a sentence; what can not be expressed says why', () => {
  const file = renderRulesFile({
    ...BARE,
    alerts: [
      createRule({
        name: 'login-errors',
        metric: 'error-rate',
        comparison: 'above',
        threshold: 5,
        where: { ...ANY, paths: ['/login/**'] },
        severity: 'critical',
      }),
      createRule({
        name: 'heavy',
        metric: 'bytes-rate',
        comparison: 'above',
        threshold: 2_000_000,
        recoverThreshold: 1_000_000,
        forSeconds: 90,
        recoverForSeconds: 3600,
      }),
    ],
  });
  assert.equal(
    file.slice(file.indexOf('groups:'), file.indexOf('  - name: fluffy-itself')),
    `groups:
  - name: fluffy
    rules:
      - alert: "traffic"
        expr: |-
          sum without (method, status_class) (rate(fluffy_http_requests_total[2m])) > 10
        labels: { severity: warning, source: fluffy }
        annotations:
          summary: "{{ printf \\"%.2f\\" $value }} requests/s over 2m, above 10 requests/s"
      # Judged by fluffy, as paths are no label.
      - alert: "login-errors"
        expr: |-
          fluffy_alert_value{rule="login-errors"}
          and fluffy_alert_firing{rule="login-errors"} == 1
        labels: { severity: critical, source: fluffy }
        annotations:
          summary: "{{ printf \\"%.2f\\" $value }} % with status 5xx over 1m, above 5 %"
      # fluffy ends it at 1 MB/s; here it ends at the threshold itself.
      - alert: "heavy"
        expr: |-
          rate(fluffy_http_response_bytes_total[1m]) > 2000000
        for: 1m30s
        keep_firing_for: 1h
        labels: { severity: warning, source: fluffy }
        annotations:
          summary: "{{ humanize $value }}B/s over 1m, above 2 MB/s"
`,
  );
});

void test('there is a rule about the state only where it is kept, and one about parsing only where there is none', () => {
  const own = ['FluffyDown', 'FluffyLogUnreadable', 'FluffyParseFailures', 'FluffyLinesLost'];
  const outputs = ['FluffyOutputUnwritable', 'FluffyEventsGivenUp'];
  assert.deepEqual(namesIn(renderRulesFile(BARE)), ['traffic', ...own, ...outputs]);
  const full = renderRulesFile({ ...BARE, hasDefaultRules: true, objective: 99.9, statePath: 'x.db' });
  assert.deepEqual(namesIn(full), [
    'traffic',
    'server-errors-fast',
    'server-errors-slow',
    'client-errors',
    'few-successes',
    'slow-responses',
    'silence',
    'parse-failures',
    'burn-rate-fast',
    'burn-rate-slow',
    ...own.filter((name) => name !== 'FluffyParseFailures'),
    ...outputs,
    'FluffyStateUnwritable',
  ]);
  assert.match(full, /up\{job="web"\} == 0/);
});
