// A pipeline with its consumers on a clock and on logs that a test moves by hand, and which can be ended and begun anew
// from its snapshots at any moment.
import { AGGREGATOR_DEFAULTS } from '../src/aggregate/aggregator-options.ts';
import { Totals } from '../src/aggregate/totals.ts';
import { AlertEngine } from '../src/alerts/engine.ts';
import { createTrafficRule } from '../src/alerts/traffic-rule.ts';
import type { AlertEvent } from '../src/alerts/rule.ts';
import { createParser } from '../src/parse/detect.ts';
import type { LineParser } from '../src/parse/record.ts';
import { Pipeline } from '../src/pipeline.ts';
import { ReportSummary } from '../src/reports/summary.ts';
import type { Report } from '../src/reports/summary.ts';
import type { GenerationSink, SourceProblem, SourceState } from '../src/source/source.ts';

export const T0 = Date.UTC(2026, 10, 23, 22, 14, 0) / 1000;

export interface RigOptions {
  readonly latenessSeconds?: number;
  readonly windowSeconds?: number;
  readonly threshold?: number;
  readonly lineBytesMax?: number;
  readonly logFormat?: string;
}

export interface LogHead {
  lagBytes: number;
  problem: SourceProblem | null;
}

export class PipelineRig {
  nowMs = T0 * 1000;
  readonly heads = new Map<string, LogHead>();
  readonly alerts: AlertEvent[] = [];
  readonly reports: Report[] = [];
  readonly formats: string[] = [];
  /** What is wrong with the reading of a log. */
  readonly told: string[] = [];
  totals: Totals;
  engine: AlertEngine;
  summary: ReportSummary;
  pipeline: Pipeline;
  readonly #options: RigOptions;
  readonly #sinks = new Map<string, GenerationSink>();
  /** The bytes of each log that stand after its last newline. */
  readonly #tails = new Map<string, Buffer>();

  constructor(options: RigOptions = {}) {
    this.#options = options;
    const parts = this.#create();
    this.totals = parts.totals;
    this.engine = parts.engine;
    this.summary = parts.summary;
    this.pipeline = parts.pipeline;
  }

  write(path: string, text: string | Buffer): void {
    const bytes = Buffer.from(text);
    this.head(path);
    const all = Buffer.concat([this.#tails.get(path) ?? Buffer.alloc(0), bytes]);
    this.#tails.set(path, all.subarray(all.lastIndexOf(0x0a) + 1));
    const sink = this.#sinks.get(path) ?? this.pipeline.open(path);
    this.#sinks.set(path, sink);
    sink.write(bytes);
  }

  end(path: string): void {
    this.#sinks.get(path)?.end();
    this.#sinks.delete(path);
    this.#tails.delete(path);
  }

  head(path: string): LogHead {
    const head = this.heads.get(path) ?? { lagBytes: 0, problem: null };
    this.heads.set(path, head);
    return head;
  }

  /** Moves the clock and looks. */
  advance(seconds: number): void {
    this.nowMs += seconds * 1000;
    this.pipeline.advance();
  }

  finish(): void {
    this.pipeline.finish();
    this.summary.finish(Math.floor(this.nowMs / 1000));
  }

  /** What the state database would hold now, as text. */
  save(): string {
    const { totals, engine, summary, pipeline } = this;
    return JSON.stringify([totals, engine, summary, pipeline].map((part) => part.snapshot()));
  }

  /** Ends as by `kill -9` and begins anew: incomplete lines are read again, as positions stop before them. */
  crash(): readonly boolean[] {
    const saved: unknown = JSON.parse(this.save());
    Object.assign(this, this.#create());
    const results = this.restore(saved);
    this.#sinks.clear();
    for (const [path, tail] of this.#tails) {
      const sink = this.pipeline.open(path);
      this.#sinks.set(path, sink);
      if (tail.length > 0) sink.write(tail);
    }
    return results;
  }

  /** The result of each part: totals, alerts, summary, pipeline. */
  restore(saved: unknown): readonly boolean[] {
    const parts: readonly unknown[] = Array.isArray(saved) ? saved : [];
    const { totals, engine, summary, pipeline } = this;
    return [totals, engine, summary, pipeline].map((part, i) => part.restore(parts[i]));
  }

  #create() {
    const { latenessSeconds = 2, windowSeconds = 10, threshold = 2, lineBytesMax = 300 } = this.#options;
    const { logFormat = 'auto' } = this.#options;
    const create: (logFormat: string, saved: string | null) => LineParser = createParser;
    const totals = new Totals();
    const engine = new AlertEngine([createTrafficRule(threshold, windowSeconds)], {
      emit: (event) => this.alerts.push(event),
    });
    const emit = (report: Report): void => {
      this.reports.push(report);
    };
    const summary = new ReportSummary({ top: 5, pathsMax: 100, emit });
    const pipeline = new Pipeline({
      createParser: (saved) => create(logFormat, saved),
      lineBytesMax,
      latenessSeconds,
      isReplay: false,
      paths: AGGREGATOR_DEFAULTS,
      consumers: [totals, engine, summary],
      now: () => this.nowMs,
      look: () => this.#look(),
      formatFound: (path, format) => this.formats.push(`${path} ${format}`),
      formatMissing: (path, [first]) => this.told.push(`${path} ${first?.reason} ${first?.lines}`),
      skewFound: (path, skewSeconds) => this.told.push(`${path} ${skewSeconds}`),
    });
    return { totals, engine, summary, pipeline };
  }

  #look(): SourceState[] {
    return Array.from(this.heads, ([path, { lagBytes, problem }]) => ({
      path,
      inode: 1,
      offset: 0,
      lagBytes,
      problem,
      warning: null,
      possibleLoss: 0,
    }));
  }
}

/** Lines of the common format, each with its newline, at `T0 + offset`. */
export function commonLines(offset: number, count = 1, target = '/'): string {
  const time = new Date((T0 + offset) * 1000);
  const [, day, month, year] = time.toUTCString().split(' ');
  const clock = time.toISOString().slice(11, 19);
  return `192.0.2.1 - - [${day}/${month}/${year}:${clock} +0000] "GET ${target} HTTP/1.1" 200 10\n`.repeat(
    count,
  );
}
