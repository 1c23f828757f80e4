// Which requests are in which report, and that none is lost between two.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ReportSummary } from '../../src/reports/summary.ts';
import type { Report } from '../../src/reports/summary.ts';
import { secondOf } from '../aggregate/records.ts';
import { takeSeed } from '../seed.ts';

function start({ top = 3, pathsMax = 100 } = {}) {
  const reports: Report[] = [];
  const summary = new ReportSummary({ top, pathsMax, emit: (report) => reports.push(report) });
  const add = (time: number, ...paths: string[]): void => {
    summary.advanceTo(time);
    summary.add(
      secondOf(
        time,
        paths.map((path) => ({ path })),
      ),
    );
  };
  /** `from-to requests`, with a mark when partial. */
  const told = () =>
    reports.map(
      (each) => `${each.fromSeconds}-${each.toSeconds} ${each.requests}${each.isPartial ? ' partial' : ''}`,
    );
  return { summary, reports, add, told };
}

void test('a report holds the seconds before its boundary and waits until they have closed', () => {
  const { summary, add, told } = start();
  summary.advanceTo(100);
  add(108, '/a');
  summary.cutAt(110);
  add(109, '/a', '/b');
  assert.deepEqual(told(), []);
  add(110, '/c');
  assert.deepEqual(told(), ['100-110 3']);
  summary.cutAt(120);
  summary.advanceTo(120);
  assert.deepEqual(told(), ['100-110 3', '110-120 1']);
});

void test('most requested first, ties by path, at most so many, and the rest in two numbers', () => {
  const { summary, reports, add } = start();
  add(1, '/b', '/c', '/d', '/d', '/a', '/e', '/b');
  summary.cutAt(10);
  summary.advanceTo(10);
  assert.deepEqual(reports[0]?.paths, [
    { path: '/b', requests: 2 },
    { path: '/d', requests: 2 },
    { path: '/a', requests: 1 },
  ]);
  assert.deepEqual([reports[0]?.furtherPaths, reports[0]?.furtherRequests], [2, 2]);
});

void test('several boundaries that are due at once each give their own report, in order', () => {
  const { summary, add, told } = start();
  summary.advanceTo(100);
  for (const boundary of [110, 120, 130]) summary.cutAt(boundary);
  add(105, '/');
  add(125, '/', '/');
  add(140, '/');
  assert.deepEqual(told(), ['100-110 1', '110-120 0', '120-130 2']);
});

void test('a boundary that comes late is reported at once with what has closed by then', () => {
  const { summary, add, told } = start();
  add(100, '/');
  add(112, '/');
  summary.cutAt(110);
  assert.deepEqual(told(), ['100-110 2']);
});

void test('late records are in the report that runs when they come', () => {
  const { summary, add, told } = start();
  summary.advanceTo(100);
  summary.cutAt(110);
  summary.advanceTo(110);
  summary.add(secondOf(105, [{}]));
  summary.cutAt(120);
  add(120, '/');
  assert.deepEqual(told(), ['100-110 0', '110-120 1']);
});

void test('a record of the future, even as the first of all, does not move the beginning of a report', () => {
  const { summary, told } = start();
  summary.add(secondOf(9999, [{}]));
  summary.advanceTo(100);
  summary.cutAt(110);
  summary.advanceTo(110);
  assert.deepEqual(told(), ['100-110 1']);
});

void test('the end makes the reports that were due and a partial one', () => {
  const { summary, add, told } = start();
  summary.advanceTo(100);
  summary.cutAt(110);
  add(108, '/');
  summary.finish(114);
  assert.deepEqual(told(), ['100-110 1', '110-114 0 partial']);
});

void test('at the end a boundary beyond it is not due any more', () => {
  const { summary, add, told } = start();
  add(100, '/');
  summary.cutAt(200);
  summary.finish(150);
  assert.deepEqual(told(), ['100-150 1 partial']);
});

void test('however boundaries fall, none is lost or told twice and the reports sum up to all requests', (t) => {
  const stepArbitrary = fc.oneof(
    fc.record({ add: fc.integer({ min: -5, max: 3 }), count: fc.nat(5) }),
    fc.record({ wait: fc.nat(30) }),
    fc.record({ cut: fc.nat(30) }),
  );
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 60 }), fc.array(fc.nat(60)), (steps, crashes) => {
      const reports: Report[] = [];
      const create = () =>
        new ReportSummary({ top: 2, pathsMax: 50, emit: (report) => reports.push(report) });
      let summary = create();
      let now = 1000;
      let boundary = 1000;
      let requests = 0;
      const boundaries: number[] = [];
      summary.advanceTo(now);
      for (const [i, step] of steps.entries()) {
        if ('wait' in step) summary.advanceTo((now += step.wait));
        if ('cut' in step) {
          boundaries.push((boundary += step.cut));
          summary.cutAt(boundary);
        }
        if ('add' in step) {
          requests += step.count;
          summary.add(
            secondOf(
              now + step.add,
              Array.from({ length: step.count }, (_, n) => ({ path: `/${n}` })),
            ),
          );
        }
        if (crashes.includes(i)) {
          const saved: unknown = JSON.parse(JSON.stringify(summary.snapshot()));
          summary = create();
          summary.advanceTo(now);
          assert.equal(summary.restore(saved), true);
          assert.deepEqual(summary.snapshot(), saved);
        }
      }
      summary.finish(boundary + now);
      assert.deepEqual(
        reports.map(({ toSeconds, isPartial }) => [toSeconds, isPartial]),
        [...boundaries.map((each) => [each, false]), [boundary + now, true]],
      );
      const sum = (value: (report: Report) => number): number =>
        reports.reduce((total, report) => total + value(report), 0);
      assert.equal(
        sum((report) => report.requests),
        requests,
      );
      assert.equal(
        sum((report) => report.furtherRequests + report.paths.reduce((all, path) => all + path.requests, 0)),
        requests,
      );
    }),
    { seed: takeSeed(t), numRuns: 300 },
  );
});

void test('a snapshot is the same object while nothing changes, and holds what is due', () => {
  const { summary, add } = start();
  add(100, '/a', '/a');
  summary.cutAt(110);
  const saved = summary.snapshot();
  assert.deepEqual(saved, {
    version: 1,
    fromSeconds: 100,
    boundaries: [110],
    lastBoundarySeconds: 110,
    running: { errors: 0, bytesSent: 2, statuses: [[200, 2]], paths: ['/a'], requests: [2] },
  });
  summary.advanceTo(105);
  assert.equal(summary.snapshot(), saved);
  summary.advanceTo(110);
  assert.deepEqual(summary.snapshot(), {
    version: 1,
    fromSeconds: 110,
    boundaries: [],
    lastBoundarySeconds: 110,
    running: { errors: 0, bytesSent: 0, statuses: [], paths: [], requests: [] },
  });
});

void test('another number of paths in a report, or of paths kept, applies to a restored one', () => {
  const { summary: before, add } = start();
  add(100, '/a', '/b', '/c', '/a', '/d');
  const { summary, reports } = start({ top: 1, pathsMax: 2 });
  assert.equal(summary.restore(before.snapshot()), true);
  summary.cutAt(110);
  summary.advanceTo(110);
  assert.deepEqual(reports[0]?.paths, [{ path: '(other)', requests: 2 }]);
  assert.deepEqual([reports[0]?.furtherPaths, reports[0]?.furtherRequests], [2, 3]);
});

void test('what is no snapshot is refused, and the summary stays', () => {
  const { summary, add } = start();
  add(100, '/a');
  const good = summary.snapshot();
  for (const saved of [
    null,
    'x',
    { ...good, version: 3 },
    { ...good, fromSeconds: '100' },
    { ...good, boundaries: [1, null] },
    { ...good, running: null },
    { ...good, running: { ...good.running, requests: [] } },
    { ...good, running: { ...good.running, paths: [3] } },
    { ...good, running: { ...good.running, errors: -1 } },
  ]) {
    assert.equal(summary.restore(saved), false, JSON.stringify(saved));
    assert.equal(summary.snapshot(), good);
  }
});
