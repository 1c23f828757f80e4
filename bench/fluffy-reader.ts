// fluffy's own data path over a finished file, from its bytes to alerts and reports, as one contender of the benchmark.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { Alerting } from '../src/alerts/alerting.ts';
import { createTrafficRule } from '../src/alerts/traffic-rule.ts';
import { AGGREGATOR_DEFAULTS } from '../src/aggregate/aggregator-options.ts';
import { Totals } from '../src/aggregate/totals.ts';
import { createParser } from '../src/parse/detect.ts';
import { Pipeline } from '../src/pipeline.ts';
import { ReportSummary } from '../src/reports/summary.ts';
import { SOURCES } from './monitor.ts';
import type { Form } from './monitor.ts';

const CHUNK_BYTES = 64 * 1024;

/** Requests by status, as `Totals` has them after the last line. `hasLines`: as the monitor; a replay keeps no lines. */
export function readWithFluffy(path: string, { hasLines = false } = {}): ReadonlyMap<number, number> {
  const totals = new Totals();
  // As the shipped configuration has it: the rule there always is, with reasons.
  const alerting = new Alerting({
    rules: [createTrafficRule(10, 120)],
    isExplained: true,
    hasLines,
    isInMaintenance: () => false,
    tell: () => {},
  });
  const summary = new ReportSummary({ top: 20, pathsMax: AGGREGATOR_DEFAULTS.pathsMax, emit: () => {} });
  const pipeline = new Pipeline({
    createParser: (saved) => createParser('auto', saved),
    lineBytesMax: 64 * 1024,
    latenessSeconds: 2,
    isReplay: true,
    paths: AGGREGATOR_DEFAULTS,
    details: alerting.details,
    consumers: [totals, alerting, summary],
    now: () => Date.now(),
    look: () => [],
    formatFound: () => {},
  });
  const file = openSync(path, 'r');
  const sink = pipeline.open(path);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (;;) {
    const length = readSync(file, chunk, 0, CHUNK_BYTES, null);
    if (length === 0) break;
    sink.write(chunk.subarray(0, length));
  }
  closeSync(file);
  sink.end();
  summary.finish(pipeline.finish());
  return totals.statuses();
}

interface Replayed {
  readonly lines: number;
  readonly linesPerSecond: number;
  /** So many have read it. */
  readonly threads: number;
}

/** `fluffy replay` in a process of its own, with so many threads at most. */
export function replayWithFluffy(path: string, threadsMax: number, form: Form = SOURCES): Replayed {
  const args = ['replay', '--json', '--top', '1', '--threads', String(threadsMax), path];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...form.flags, form.entry, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...form.environment },
  });
  if (status !== 0) throw new Error(`fluffy replay ended with ${status}: ${stderr}`);
  const report: { readonly lines: number } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return {
    lines: report.lines,
    linesPerSecond: Number(/([\d,]+) lines\/s/.exec(stderr)?.[1]?.replaceAll(',', '')),
    threads: Number(/ by (\d+) threads/.exec(stderr)?.[1] ?? 1),
  };
}
