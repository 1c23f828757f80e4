// A report over a span of history, in its four forms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { runReport } from '../../src/commands/report.ts';
import type { ReportFormat } from '../../src/commands/report.ts';
import { createZone } from '../../src/parse/zone.ts';
import { openHistory } from '../../src/store/history-reader.ts';
import { HistoryRig, lineAt, T0 } from './rig.ts';

const SPAN = { from: '2026-11-23T22:14', to: '2026-11-23T22:24' };

function createRig(t: TestContext): HistoryRig {
  const rig = new HistoryRig();
  t.after(() => rig.close());
  for (let minute = 0; minute < 10; minute++) {
    rig.write('a.log', lineAt(60 * minute, { target: '/a', latency: '0.1' }).repeat(3));
    rig.write('a.log', lineAt(60 * minute, { target: '/<script>|', status: 500 }));
    rig.advance(60);
    rig.commit();
  }
  const alert = { id: 'x', rule: 'traffic', metric: 'request-rate', severity: 'warning', unit: 'requests/s' };
  for (const [state, offset] of [
    ['firing', 60],
    ['resolved', 180],
  ] as const)
    rig.commitChanges({
      ...rig.history.changes(),
      alerts: [
        {
          ...alert,
          timeSeconds: T0 + offset,
          state,
          value: 9,
          threshold: 5,
          sinceSeconds: T0 + 60,
          peak: 9,
          summary: 'too "much" <b>',
        },
      ],
    });
  rig.advance(10);
  rig.commit();
  return rig;
}

function report(rig: HistoryRig, format: ReportFormat, options = SPAN): string {
  const opening = openHistory(rig.path);
  assert.ok(opening.ok);
  const { reader } = opening;
  try {
    const context = { reader, format, zone: createZone('UTC'), timezone: 'UTC', top: 1 };
    return runReport(options, { ...context, nowSeconds: T0 + 3600 }).text;
  } finally {
    reader.close();
  }
}

void test('the page with the cow', (t) => {
  const lines = report(createRig(t), 'text').split('\n');
  assert.equal(lines[7], '                Report for DATE: 2026-11-23 22:24:00 UTC');
  assert.deepEqual(lines.slice(11), [
    '/a                              30',
    'and 1 further path with 10 requests',
    '',
    '---ERROR RATE: 25.00%----',
    '40 requests from 2026-11-23 22:14:00 UTC to 2026-11-23 22:24:00 UTC',
    '',
  ]);
});

void test('JSON has all of it in one document', (t) => {
  const { slots, ...rest } = JSON.parse(report(createRig(t), 'json'));
  const p50 = 100.23;
  assert.deepEqual(rest, {
    type: 'report',
    id: 'history-1795472040-1795472640',
    from: '2026-11-23T22:14:00.000Z',
    to: '2026-11-23T22:24:00.000Z',
    isPartial: false,
    requests: 40,
    errors: 10,
    bytes: 400,
    statuses: { 200: 30, 500: 10 },
    paths: [{ path: '/a', count: 30, errors: 0, p95: p50 }],
    furtherPaths: 1,
    furtherRequests: 10,
    resolution: '10s',
    completeFrom: null,
    p50,
    p95: p50,
    p99: p50,
    clients: [{ client: '192.0.2.1', count: 40, errors: 10 }],
    slotSeconds: 10,
    alerts: [
      {
        id: 'x',
        rule: 'traffic',
        metric: 'request-rate',
        severity: 'warning',
        since: '2026-11-23T22:15:00.000Z',
        until: '2026-11-23T22:17:00.000Z',
        peak: 9,
        unit: 'requests/s',
        threshold: 5,
        reason: 'too "much" <b>',
      },
    ],
  });
  assert.equal(slots.length, 60);
  assert.deepEqual(slots.slice(0, 2), [
    { time: '2026-11-23T22:14:00.000Z', classes: { '2xx': 3, '5xx': 1 }, p50, p95: p50 },
    { time: '2026-11-23T22:14:10.000Z', classes: {}, p50: null, p95: null },
  ]);
});

void test('Markdown', (t) => {
  const rig = createRig(t);
  assert.equal(
    report(rig, 'markdown'),
    `# Requests from 2026-11-23 22:14:00 to 2026-11-23 22:24:00 UTC

40 requests, 10 of them errors (25.00 %), 400 bytes.
Latency: median 100.2 ms, p95 100.2 ms, p99 100.2 ms.

    ${'█     '.repeat(10)}

## Alerts

| rule | from | to | what |
| --- | --- | --- | --- |
| traffic | 2026-11-23 22:15:00 | 2026-11-23 22:17:00 | too "much" <b> |

## Paths

| path | requests | errors | p95 ms |
| --- | --- | --- | --- |
| /a | 30 | 0 | 100.2 |

and 1 further with 10 requests

## Statuses

| status | requests | share |
| --- | --- | --- |
| 200 | 30 | 75.00 % |
| 500 | 10 | 25.00 % |

## Clients, estimated

| client | requests | errors |
| --- | --- | --- |
| 192.0.2.1 | 40 | 10 |`,
  );
});

void test('HTML needs nothing from elsewhere, and nothing from a log becomes markup', (t) => {
  const rig = createRig(t);
  const html = report(rig, 'html');
  assert.match(html, /default-src 'none'; style-src 'unsafe-inline'/);
  assert.doesNotMatch(html, /<script|https?:|url\(|@import|<b>/);
  assert.match(html, /too &quot;much&quot; &lt;b&gt;/);
  assert.match(html, /prefers-color-scheme: dark/);
  assert.equal(html.match(/<svg /g)?.length, 2);
  assert.equal(html.match(/<rect class="c5xx"/g)?.length, 10);
  // From a tenth to three tenths of what is between 60 and 960.
  assert.match(html, /<rect class="alert" x="150" y="10" width="180" height="186"><title>traffic<\/title>/);
});

void test('a span in which nothing was counted has a report too', (t) => {
  const rig = createRig(t);
  const quiet = { from: '2026-11-22', to: '2026-11-23' };
  assert.match(report(rig, 'text', quiet), /No requests in this period\.\n\n---ERROR RATE: 0\.00%----/);
  assert.match(report(rig, 'markdown', quiet), /^0 requests, 0 of them errors \(0\.00 %\), 0 bytes\.$/m);
  assert.match(report(rig, 'html', quiet), /0 requests/);
  assert.partialDeepStrictEqual(JSON.parse(report(rig, 'json', quiet)), {
    requests: 0,
    paths: [],
    p50: null,
  });
  assert.equal(report(rig, 'html', { from: '2h', to: '3h' }), 'error: --to must be after --from');
});
