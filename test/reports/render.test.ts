// The page with the cow, to the byte, and the report as JSON.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createReportRenderer,
  createSpanReportRenderer,
  renderReportJson,
} from '../../src/reports/render.ts';
import type { Report } from '../../src/reports/summary.ts';

/** 2020-12-31 02:43:37 UTC */
const DATE_SECONDS = 1_609_382_617;
const REPORT: Report = {
  id: 'report-1609382607-1609382617',
  fromSeconds: DATE_SECONDS - 10,
  toSeconds: DATE_SECONDS,
  isPartial: false,
  requests: 10,
  errors: 3,
  bytesSent: 1234,
  statuses: { 200: 7, 404: 3 },
  paths: [
    { path: '/report/user', requests: 4 },
    { path: '/login/user', requests: 3 },
    { path: '/logout/user', requests: 2 },
  ],
  furtherPaths: 0,
  furtherRequests: 0,
};
const renderUtc = createReportRenderer('UTC');

function lineOf(report: Partial<Report>, start: string, render = renderUtc): string | undefined {
  return render({ ...REPORT, ...report })
    .split('\n')
    .find((line) => line.trimStart().startsWith(start));
}

void test('the page is, to the byte, the one with the cow', () => {
  const page = String.raw`         (__)
         (oo)
   /------\/
  / |    ||
 *  /\---/\
    ~~   ~~
--------------------------------------------------------------------
                Report for DATE: 2020-12-31 02:43:37 UTC
--------------------------------------------------------------------
PATH                    COUNT
--------------------------------------------------------------------
/report/user                    4
/login/user                     3
/logout/user                    2

---ERROR RATE: 30.00%----
`;
  assert.equal(renderUtc(REPORT), page);
});

void test('what did not fit is one line, in the singular or the plural', () => {
  assert.equal(lineOf({ furtherPaths: 1, furtherRequests: 1 }, 'and'), 'and 1 further path with 1 request');
  assert.equal(
    lineOf({ furtherPaths: 12, furtherRequests: 345 }, 'and'),
    'and 12 further paths with 345 requests',
  );
  assert.equal(lineOf({ furtherPaths: 1, furtherRequests: 2 }, 'and'), 'and 1 further path with 2 requests');
  assert.equal(lineOf({}, 'and'), undefined);
});

void test('a period without requests says so, with an error rate of nothing', () => {
  const page = renderUtc({ ...REPORT, requests: 0, errors: 0, paths: [] });
  assert.deepEqual(page.split('\n').slice(9), [
    'PATH                    COUNT',
    '-'.repeat(68),
    'No requests in this period.',
    '',
    '---ERROR RATE: 0.00%----',
    '',
  ]);
});

void test('a report that was cut short is marked as partial', () => {
  assert.equal(
    lineOf({ isPartial: true }, 'Report'),
    '                Report for DATE: 2020-12-31 02:43:37 UTC (partial)',
  );
});

void test('a path as long as its column or longer keeps one space before its count', () => {
  const row = (length: number): string | undefined =>
    lineOf({ paths: [{ path: `/${'x'.repeat(length - 1)}`, requests: 7 }] }, '/x');
  assert.equal(row(31), `/${'x'.repeat(30)} 7`);
  assert.equal(row(32), `/${'x'.repeat(31)} 7`);
  assert.equal(row(30), `/${'x'.repeat(29)}  7`);
  assert.equal(row(200), `/${'x'.repeat(199)} 7`);
});

void test('the error rate has two decimals, and only all errors are 100', () => {
  const rate = (errors: number, requests: number): string | undefined =>
    lineOf({ errors, requests }, '---ERROR')?.slice(3, -4);
  assert.equal(rate(1, 3), 'ERROR RATE: 33.33%');
  assert.equal(rate(2, 3), 'ERROR RATE: 66.67%');
  assert.equal(rate(1, 8), 'ERROR RATE: 12.50%');
  assert.equal(rate(5, 5), 'ERROR RATE: 100.00%');
  assert.equal(rate(0, 5), 'ERROR RATE: 0.00%');
});

void test('the date is in the given zone, whose offset is named, on both sides of a change of the clocks', () => {
  const render = createReportRenderer('Europe/Berlin');
  const date = (iso: string, zoned = render): string | undefined =>
    lineOf({ toSeconds: Date.parse(iso) / 1000 }, 'Report', zoned)?.slice(33);
  assert.equal(date('2026-03-29T00:59:59Z'), '2026-03-29 01:59:59 +01:00');
  assert.equal(date('2026-03-29T01:00:00Z'), '2026-03-29 03:00:00 +02:00');
  assert.equal(date('2026-10-25T00:30:00Z'), '2026-10-25 02:30:00 +02:00');
  assert.equal(date('2026-10-25T01:30:00Z'), '2026-10-25 02:30:00 +01:00');
  assert.equal(date('2026-12-31T23:00:00Z'), '2027-01-01 00:00:00 +01:00');
  assert.equal(
    date('2026-07-01T00:00:00Z', createReportRenderer('Asia/Kolkata')),
    '2026-07-01 05:30:00 +05:30',
  );
  assert.equal(date('2026-07-01T00:00:00Z', renderUtc), '2026-07-01 00:00:00 UTC');
  const london = createReportRenderer('Europe/London');
  assert.equal(date('2026-01-01T00:00:00Z', london), '2026-01-01 00:00:00 +00:00');
});

void test('a report that was asked for ends with its span and how many requests that had', () => {
  const render = createSpanReportRenderer('Europe/Berlin');
  const last = (requests: number): string[] =>
    render({ ...REPORT, requests })
      .split('\n')
      .slice(-3);
  assert.deepEqual(last(12_345), [
    '---ERROR RATE: 0.02%----',
    '12,345 requests from 2020-12-31 03:43:27 +01:00 to 2020-12-31 03:43:37 +01:00',
    '',
  ]);
  assert.match(last(1)[1] ?? '', /^1 request from /);
});

void test('an unknown time zone is refused', () => {
  assert.throws(() => createReportRenderer('Mars/Olympus')(REPORT), RangeError);
});

void test('as JSON a report is one line with all its numbers', () => {
  assert.equal(
    renderReportJson(REPORT),
    '{"type":"report","id":"report-1609382607-1609382617","from":"2020-12-31T02:43:27.000Z","to":"2020-12-31T02:43:37.000Z","isPartial":false,' +
      '"requests":10,"errors":3,"bytes":1234,"statuses":{"200":7,"404":3},"paths":[{"path":"/report/user","count":4},' +
      '{"path":"/login/user","count":3},{"path":"/logout/user","count":2}],' +
      '"furtherPaths":0,"furtherRequests":0}',
  );
});
