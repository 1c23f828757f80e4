// Every folder beside this file: a log in, and the alerts and reports that a person would read out. A log is read as a
// backlog, so its own times are the clock; a report is due every `reportSeconds`.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import nodePath from 'node:path';
import { test } from 'node:test';
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import { createTrafficRule } from '../../src/alerts/traffic-rule.ts';
import { renderAlertText } from '../../src/alerts/render.ts';
import { AlertEngine } from '../../src/alerts/engine.ts';
import { createParser } from '../../src/parse/detect.ts';
import { Pipeline } from '../../src/pipeline.ts';
import { createReportRenderer } from '../../src/reports/render.ts';
import { ReportSummary } from '../../src/reports/summary.ts';

interface Case {
  readonly windowSeconds: number;
  readonly threshold: number;
  readonly latenessSeconds: number;
  readonly reportSeconds: number;
  readonly top: number;
  readonly timeZone: string;
  /** When the log begins and when the monitor ends, ISO form. */
  readonly from: string;
  readonly to: string;
}

const CASES: Readonly<Record<string, Case>> = {
  'burst-and-recovery': {
    windowSeconds: 5,
    threshold: 2,
    latenessSeconds: 0,
    reportSeconds: 10,
    top: 3,
    timeZone: 'UTC',
    from: '2020-12-30T21:15:50Z',
    to: '2020-12-30T21:16:14Z',
  },
  'late-lines-and-broken-ones': {
    windowSeconds: 4,
    threshold: 1,
    latenessSeconds: 2,
    reportSeconds: 60,
    top: 10,
    timeZone: 'Europe/Berlin',
    from: '2026-10-25T00:59:50Z',
    to: '2026-10-25T01:00:20Z',
  },
};

/** The log's lines go in at the times that stand in them, one after the other. */
function play(log: string, given: Case): { alerts: string; reports: string } {
  const alerts: string[] = [];
  const reports: string[] = [];
  const render = createReportRenderer(given.timeZone);
  const { windowSeconds, threshold, latenessSeconds, top, reportSeconds } = given;
  const engine = new AlertEngine([createTrafficRule(threshold, windowSeconds)], {
    emit: (event) => alerts.push(`${renderAlertText(event)}\n`),
  });
  const summary = new ReportSummary({ top, pathsMax: 1000, emit: (report) => reports.push(render(report)) });
  const fromSeconds = Date.parse(given.from) / 1000;
  const toSeconds = Date.parse(given.to) / 1000;
  let nowSeconds = fromSeconds;
  const pipeline = new Pipeline({
    createParser: () => createParser('auto'),
    lineBytesMax: 1000,
    latenessSeconds,
    isReplay: false,
    paths: AGGREGATOR_DEFAULTS,
    consumers: [engine, summary],
    now: () => nowSeconds * 1000,
    look: () => [],
    formatFound: () => {},
  });
  const sink = pipeline.open('access.log');
  const lines = log.split(/(?<=\n)/);
  for (; nowSeconds < toSeconds; nowSeconds++) {
    pipeline.advance();
    if (nowSeconds > fromSeconds && nowSeconds % reportSeconds === 0) summary.cutAt(nowSeconds);
    // `+N` in front of a line: it is written N seconds after `from`.
    for (const line of lines) {
      const [, after, text] = /^\+(\d+) (.*\n)$/s.exec(line) ?? [];
      if (Number(after) === nowSeconds - fromSeconds) sink.write(Buffer.from(text ?? ''));
    }
  }
  pipeline.advance();
  sink.end();
  pipeline.finish();
  summary.finish(toSeconds);
  return { alerts: alerts.join(''), reports: reports.join('') };
}

const folders = fs
  .readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();

void test('every folder has its case', () => {
  assert.deepEqual(folders, Object.keys(CASES).toSorted());
});

for (const name of folders) {
  void test(`${name}: alerts and reports are, to the byte, the expected ones`, () => {
    const read = (file: string): string =>
      fs.readFileSync(nodePath.join(import.meta.dirname, name, file), 'utf8');
    const given = CASES[name];
    assert.ok(given !== undefined);
    const { alerts, reports } = play(read('access.log'), given);
    assert.equal(alerts, read('alerts.txt'));
    assert.equal(reports, read('reports.txt'));
  });
}
