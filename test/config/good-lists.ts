// What the good files with lists of blocks mean, written out by hand.
import { ANY, type Rule } from '../../src/alerts/rule.ts';
import type { Config } from '../../src/config/schema.ts';

/** A rule that says nothing but what it must. */
const LEAST = {
  where: ANY,
  comparison: 'above',
  windowsSeconds: [60],
  previousSeconds: null,
  forSeconds: 0,
  recoverForSeconds: 0,
  requestsMin: 0,
  severity: 'warning',
  notify: null,
  message: null,
  repeatSeconds: 14_400,
} as const;

const ALERTS: readonly Rule[] = [
  { ...LEAST, name: 'errors', metric: 'error-rate', threshold: 5, recoverThreshold: 5, requestsMin: 20 },
  {
    name: 'login-errors.v2',
    metric: 'status-share',
    where: {
      paths: ['/login/**', '/api/*/items'],
      methods: ['POST'],
      statuses: [
        { first: 404, last: 404 },
        { first: 500, last: 599 },
        { first: 500, last: 503 },
        { first: 500, last: 999 },
        { first: 600, last: 999 },
        { first: 100, last: 399 },
        { first: 100, last: 398 },
        { first: 200, last: 299 },
      ],
      sources: ['logs/*.log'],
    },
    comparison: 'below',
    threshold: 99.5,
    windowsSeconds: [3600, 300],
    previousSeconds: null,
    forSeconds: 60,
    recoverThreshold: 99.9,
    recoverForSeconds: 120,
    requestsMin: 50,
    severity: 'critical',
    notify: ['ops', 'desk'],
    message: '{rule} {value} {unit}',
    repeatSeconds: null,
  },
  {
    ...LEAST,
    name: 'bytes',
    metric: 'bytes-rate',
    threshold: 10_000_000,
    recoverThreshold: 5_000_000,
    notify: [],
  },
  {
    ...LEAST,
    name: 'doubled',
    metric: 'request-rate',
    threshold: 2.5,
    recoverThreshold: 2.5,
    previousSeconds: 3600,
    severity: 'info',
    repeatSeconds: 604_800,
  },
  {
    ...LEAST,
    name: 'no-lines',
    metric: 'silence',
    where: { ...ANY, sources: ['a.log', 'b.log'] },
    threshold: 300,
    recoverThreshold: 10,
    windowsSeconds: [1],
    notify: ['ops'],
  },
  {
    ...LEAST,
    name: 'format',
    metric: 'parse-failure-rate',
    where: { ...ANY, sources: ['a.log'] },
    threshold: 0,
    recoverThreshold: 0,
    requestsMin: 20,
  },
  {
    ...LEAST,
    name: 'slow',
    metric: 'latency-p95',
    threshold: 1500,
    recoverThreshold: 1500,
    windowsSeconds: [86_400],
  },
];

const ALL = { severityMin: 'info', isResolvedSent: true } as const;
const SLACK_URL = { from: 'environment', variable: 'SLACK_URL' } as const;

const CHANNELS: Config['channels'] = [
  {
    ...ALL,
    name: 'hook',
    type: 'webhook',
    url: { from: 'text', url: 'https://example.org/hook?a=b' },
    secret: { from: 'file', path: '/run/secrets/hook' },
    headers: [
      { name: 'X-Team', value: 'web' },
      { name: 'X-Number', value: '5' },
      { name: 'Authorization', value: { from: 'environment', variable: 'HOOK_AUTHORIZATION' } },
      { name: 'X-Api-Key', value: { from: 'file', path: '/run/secrets/key' } },
    ],
    template: '{"text": "{summary}", "nested": {"rule": "{rule}"}}\n',
  },
  {
    ...ALL,
    name: 'plain-hook',
    type: 'webhook',
    url: { from: 'file', path: '/run/secrets/url' },
    secret: null,
    headers: [],
    template: null,
  },
  {
    name: 'chat',
    type: 'slack',
    severityMin: 'warning',
    isResolvedSent: false,
    url: { from: 'file', path: '/run/secrets/slack' },
  },
  {
    ...ALL,
    name: 'topic',
    type: 'sns',
    topicArn: 'arn:aws:sns:eu-central-1:123456789012:alerts',
    region: 'eu-central-1',
    endpoint: null,
  },
  {
    ...ALL,
    name: 'local-topic',
    type: 'sns',
    topicArn: 'arn:aws:sns:us-east-1:000000000000:a',
    region: 'eu-west-1',
    endpoint: 'http://127.0.0.1:4566',
  },
  {
    ...ALL,
    name: 'manager',
    type: 'alertmanager',
    url: { from: 'text', url: 'http://alertmanager:9093' },
    labels: { team: 'web', tier: '1' },
  },
  {
    ...ALL,
    name: 'manager-2',
    type: 'alertmanager',
    url: { from: 'environment', variable: 'ALERTMANAGER_URL' },
    labels: {},
  },
  {
    ...ALL,
    name: 'pager',
    type: 'pagerduty',
    severityMin: 'critical',
    routingKey: { from: 'environment', variable: 'PAGER_KEY' },
    url: 'https://events.pagerduty.com/v2/enqueue',
  },
  {
    ...ALL,
    name: 'pager-eu',
    type: 'pagerduty',
    routingKey: { from: 'file', path: '/k' },
    url: 'https://events.eu.pagerduty.com/v2/enqueue',
  },
  {
    ...ALL,
    name: 'mail',
    type: 'email',
    host: 'mail.example.org',
    port: 587,
    tls: 'starttls',
    user: null,
    password: null,
    sender: 'fluffy@example.org',
    recipients: ['ops@example.org'],
  },
  {
    ...ALL,
    name: 'mail-2',
    type: 'email',
    host: '::1',
    port: 25,
    tls: 'never',
    user: 'u',
    password: { from: 'environment', variable: 'P' },
    sender: 'Fluffy <f@example.org>',
    recipients: ['a@example.org', 'B <b@example.org>'],
  },
];

const RATE = { ...LEAST, metric: 'request-rate', repeatSeconds: null } as const;
const PATH_A = { ...ANY, paths: ['/a'] };

/** How each of these files differs from the defaults. */
export const LIST_MEANINGS: Record<string, Partial<Config>> = {
  'alerts.yml': {
    repeatSeconds: 14_400,
    alerts: ALERTS,
    channels: [
      { ...ALL, name: 'ops', type: 'slack', url: SLACK_URL },
      { ...ALL, name: 'desk', type: 'slack', url: SLACK_URL },
    ],
  },
  'anchors-of-lists.yml': {
    alerts: [
      { ...RATE, name: 'a', threshold: 5, recoverThreshold: 5, where: PATH_A },
      { ...RATE, name: 'b', threshold: 5, recoverThreshold: 5, where: PATH_A },
    ],
  },
  'channels.yml': { channels: CHANNELS },
  'lists-are-off.yml': {},
  'maintenance.yml': {
    maintenance: [
      { expression: '0 3 * * 0', durationSeconds: 7200, rules: null },
      { expression: '0 0 3 * * sun', durationSeconds: 604_800, rules: ['traffic', 'silence', 'mine'] },
    ],
    alerts: [{ ...RATE, name: 'mine', threshold: 1, recoverThreshold: 1 }],
  },
};
