// Rules as expressions of PromQL, written out; test/servers/ holds what they do against Prometheus itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANY } from '../../src/alerts/rule.ts';
import type { Rule } from '../../src/alerts/rule.ts';
import { createRule } from '../../src/config/rule-defaults.ts';
import { conditionOf } from '../../src/prometheus/condition.ts';

function ruleOf(given: Partial<Rule> & Pick<Rule, 'metric'>): Rule {
  return createRule({ name: 'x', comparison: 'above', threshold: 5, requestsMin: 0, ...given });
}

const SUM = 'sum without (method, status_class)';
const EXPRESSED: readonly (readonly [title: string, rule: Rule, lines: readonly string[]])[] = [
  [
    'a rate of requests by method, in two windows',
    ruleOf({
      metric: 'request-rate',
      where: { ...ANY, methods: ['GET', 'POST'] },
      windowsSeconds: [60, 300],
    }),
    [
      `${SUM} (rate(fluffy_http_requests_total{method=~"GET|POST"}[1m])) > 5`,
      `and ${SUM} (rate(fluffy_http_requests_total{method=~"GET|POST"}[5m])) > 5`,
    ],
  ],
  [
    'a share of errors, with requests enough',
    ruleOf({ metric: 'error-rate', windowsSeconds: [300], requestsMin: 100 }),
    [
      `100 * ${SUM} (rate(fluffy_http_requests_total{status_class="5xx"}[5m])) / ${SUM} (rate(fluffy_http_requests_total[5m])) > 5`,
      `and ${SUM} (increase(fluffy_http_requests_total[5m])) >= 100`,
    ],
  ],
  [
    'a share of classes that must not be low: watched long enough',
    ruleOf({
      metric: 'status-share',
      comparison: 'below',
      where: { ...ANY, statuses: [{ first: 100, last: 399 }] },
    }),
    [
      `100 * ${SUM} (rate(fluffy_http_requests_total{status_class=~"1xx|2xx|3xx"}[1m])) / ${SUM} (rate(fluffy_http_requests_total[1m])) < 5`,
      'and fluffy_http_response_bytes_total offset 1m',
    ],
  ],
  [
    'a rate of codes, none of which may have come yet',
    ruleOf({
      metric: 'status-rate',
      where: {
        ...ANY,
        statuses: [
          { first: 429, last: 430 },
          { first: 500, last: 599 },
        ],
      },
    }),
    [
      `(sum without (code) (rate(fluffy_http_responses_total{code=~"429|430|5.."}[1m])) or 0 * ${SUM} (rate(fluffy_http_requests_total[1m]))) > 5`,
    ],
  ],
  [
    'a status of 500 and more is one of the class, as there are none above 599',
    ruleOf({ metric: 'status-rate', where: { ...ANY, statuses: [{ first: 500, last: 999 }] } }),
    [`${SUM} (rate(fluffy_http_requests_total{status_class="5xx"}[1m])) > 5`],
  ],
  [
    'bytes',
    ruleOf({ metric: 'bytes-rate', threshold: 1e6 }),
    ['rate(fluffy_http_response_bytes_total[1m]) > 1000000'],
  ],
  [
    'a latency beside that of the time before',
    ruleOf({
      metric: 'latency-p95',
      threshold: 2,
      previousSeconds: 600,
      requestsMin: 50,
    }),
    [
      '(1000 * histogram_quantile(0.95, rate(fluffy_http_request_duration_seconds_bucket[1m]))) / ((1000 * histogram_quantile(0.95, rate(fluffy_http_request_duration_seconds_bucket[10m] offset 1m))) > 0) > 2',
      'and increase(fluffy_http_request_duration_seconds_count[1m]) >= 50',
      'and fluffy_http_response_bytes_total offset 11m',
    ],
  ],
  [
    'a rate beside that of the day before',
    ruleOf({
      metric: 'request-rate',
      comparison: 'below',
      threshold: 0.5,
      windowsSeconds: [300],
      previousSeconds: 600,
      previousOffsetSeconds: 86_400,
    }),
    [
      `(${SUM} (rate(fluffy_http_requests_total[5m]))) / ((${SUM} (rate(fluffy_http_requests_total[10m] offset 1d))) > 0) < 0.5`,
      'and fluffy_http_response_bytes_total offset 1d10m',
    ],
  ],
  [
    'lines that are no record',
    ruleOf({ metric: 'parse-failure-rate', requestsMin: 20 }),
    [
      `100 * sum without (reason) (rate(fluffy_log_parse_failures_total[1m])) / (sum without (reason) (rate(fluffy_log_parse_failures_total[1m])) + ${SUM} (rate(fluffy_http_requests_total[1m]))) > 5`,
      `and (sum without (reason) (increase(fluffy_log_parse_failures_total[1m])) + ${SUM} (increase(fluffy_http_requests_total[1m]))) >= 20`,
    ],
  ],
];

for (const [title, rule, lines] of EXPRESSED) {
  void test(`expressed: ${title}`, () => {
    assert.deepEqual(conditionOf(rule, 15), { ok: true, lines, forSeconds: 0 });
  });
}

void test('a silence is short stretches without a request, one after the other', () => {
  assert.deepEqual(conditionOf(ruleOf({ metric: 'silence', threshold: 900 }), 15), {
    ok: true,
    lines: [`${SUM} (increase(fluffy_http_requests_total[1m])) == 0`],
    forSeconds: 840,
  });
});

const LEFT: readonly (readonly [rule: Rule, reason: string])[] = [
  [ruleOf({ metric: 'request-rate', where: { ...ANY, paths: ['/a'] } }), 'paths are no label'],
  [
    ruleOf({ metric: 'error-rate', where: { ...ANY, sources: ['a.log'] } }),
    'requests are not told apart by log',
  ],
  [
    ruleOf({
      metric: 'status-rate',
      where: { ...ANY, methods: ['GET'], statuses: [{ first: 404, last: 404 }] },
    }),
    'codes are not told apart by method',
  ],
  [
    ruleOf({ metric: 'status-rate', where: { ...ANY, statuses: [{ first: 700, last: 799 }] } }),
    'statuses above 599 are not told apart',
  ],
  [
    ruleOf({ metric: 'bytes-rate', where: { ...ANY, methods: ['GET'] } }),
    'bytes are counted of all requests together',
  ],
  [
    ruleOf({ metric: 'latency-p50', where: { ...ANY, methods: ['GET'] } }),
    'latencies are counted of all requests together',
  ],
  [ruleOf({ metric: 'latency-p99', threshold: 10_000 }), 'the histogram of latencies ends at 10 s'],
  [ruleOf({ metric: 'unique-clients' }), 'clients are no label'],
  [
    ruleOf({ metric: 'parse-failure-rate', where: { ...ANY, sources: ['a.log'] } }),
    'failures are not told apart by log',
  ],
  [
    ruleOf({ metric: 'silence', where: { ...ANY, sources: ['a.log'] } }),
    'requests are not told apart by log',
  ],
  [ruleOf({ metric: 'silence', threshold: 59 }), 'a silence of 59s is shorter than four scrapes, 1m'],
  [
    ruleOf({ metric: 'request-rate', windowsSeconds: [300, 59] }),
    'a window of 59s is shorter than four scrapes, 1m',
  ],
];

for (const [rule, reason] of LEFT) {
  void test(`left to fluffy, as ${reason}: ${rule.metric}`, () => {
    assert.deepEqual(conditionOf(rule, 15), { ok: false, reason });
  });
}
