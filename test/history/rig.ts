// A pipeline with history, on a database in a temporary folder: commits when a test says so, can be killed at any moment,
// and gives the rows of every resolution as text.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import { quantileOf, LATENCY_BINS } from '../../src/aggregate/latency.ts';
import { METHOD_NAMES } from '../../src/aggregate/methods.ts';
import { methodIdIn, statusIn } from '../../src/aggregate/second.ts';
import type { Second } from '../../src/aggregate/second.ts';
import { History, HISTORY_DETAILS } from '../../src/history/history.ts';
import { addBins } from '../../src/history/latency-bins.ts';
import { createParser } from '../../src/parse/detect.ts';
import type { LineParser } from '../../src/parse/record.ts';
import { Pipeline } from '../../src/pipeline.ts';
import type { GenerationSink } from '../../src/source/source.ts';
import { openStore } from '../../src/store/sqlite.ts';
import type { HistoryChanges, Store } from '../../src/store/store.ts';

export const T0 = Date.UTC(2026, 10, 23, 22, 14, 0) / 1000;
const DAY = 86_400;
const FORMAT = '$remote_addr - - [$time_local] "$request" $status $body_bytes_sent $request_time';

export interface HistoryRigOptions {
  readonly latenessSeconds?: number;
  readonly keepSeconds?: readonly number[];
  readonly bytesMax?: number;
}

export class HistoryRig {
  readonly folder = mkdtempSync(join(tmpdir(), 'fluffy-history-'));
  readonly path = join(this.folder, 'fluffy.db');
  nowMs = T0 * 1000;
  history: History;
  pipeline: Pipeline;
  commitsAsked = 0;
  #store: Store;
  readonly #options: HistoryRigOptions;
  readonly #sinks = new Map<string, GenerationSink>();
  /** Written since the last commit, to be read again after a crash. */
  readonly #sinceCommit: { readonly path: string; readonly text: string; readonly nowMs: number }[] = [];
  /** A recount of all Seconds: what each row must hold. */
  recount = new Map<string, number>();

  constructor(options: HistoryRigOptions = {}) {
    this.#options = options;
    this.#store = this.#open();
    this.history = this.#createHistory();
    this.pipeline = this.#createPipeline();
  }

  /** Whole lines. */
  write(path: string, text: string): void {
    this.#sinceCommit.push({ path, text, nowMs: this.nowMs });
    this.#sink(path).write(Buffer.from(text));
  }

  advance(seconds: number): void {
    this.nowMs += seconds * 1000;
    this.pipeline.advance();
  }

  commitChanges(history: HistoryChanges): void {
    const parts = new Map<string, unknown>([['pipeline', this.pipeline.snapshot()]]);
    this.#store.commit({ parts, owed: [], settled: [], history });
  }

  commit(): void {
    this.commitChanges(this.history.changes());
    this.history.committed();
    this.#sinceCommit.length = 0;
  }

  /** As by `kill -9`: what is not committed is gone, and read again. */
  crash(): void {
    this.#store.close();
    const opening = openStore(this.path, this.nowMs);
    assert.ok(opening.ok);
    this.#store = opening.store;
    this.history = this.#createHistory();
    this.pipeline = this.#createPipeline();
    this.#sinks.clear();
    if (opening.saved.parts.has('pipeline'))
      assert.ok(this.pipeline.restore(opening.saved.parts.get('pipeline')));
    for (const { path, text } of this.#sinceCommit) this.#sink(path).write(Buffer.from(text));
  }

  finish(): void {
    this.pipeline.finish();
    this.commit();
  }

  close(): void {
    this.#store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  query(sql: string): Record<string, unknown>[] {
    const reader = new DatabaseSync(this.path, { readOnly: true });
    try {
      return reader
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }));
    } finally {
      reader.close();
    }
  }

  /** `22:14:00 a.log GET /x 200: 3 requests, 30 bytes`, and the median if latencies are known; from the documented views. */
  rows(level: '10s' | '1m' | '1h'): string[] {
    const sum = new Map<string, { requests: number; bytes: number; bins: Float64Array; known: number }>();
    for (const { time, source, path, method, status, requests, bytes, latencies } of this.query(
      `SELECT * FROM requests_${level}`,
    )) {
      const key = `${clockOf(Number(time))} ${String(source)} ${String(method)} ${String(path)} ${Number(status)}`;
      const row = sum.get(key) ?? { requests: 0, bytes: 0, bins: new Float64Array(LATENCY_BINS), known: 0 };
      sum.set(key, row);
      row.requests += Number(requests);
      row.bytes += Number(bytes);
      if (latencies instanceof Uint8Array) row.known += addBins(row.bins, latencies);
    }
    return Array.from(sum, ([key, { requests, bytes, bins, known }]) => {
      const median = known === 0 ? '' : `, p50 of ${known} ${quantileOf(bins, known, 0.5)?.toFixed(0)}`;
      return `${key}: ${requests} requests, ${bytes} bytes${median}`;
    }).toSorted();
  }

  /** What `rows` must give, but for bytes and latencies, from the Seconds themselves: of rows that begin at `from` or later. */
  expected(seconds: number, from = Number.NEGATIVE_INFINITY): string[] {
    const sums = new Map<string, number>();
    for (const [key, requests] of this.recount) {
      const [time = '', ...rest] = key.split(' ');
      const begin = Math.floor(Number(time) / seconds) * seconds;
      if (begin < from) continue;
      const row = [clockOf(begin), ...rest].join(' ');
      sums.set(row, (sums.get(row) ?? 0) + requests);
    }
    return Array.from(sums, ([key, requests]) => `${key}: ${requests} requests`).toSorted();
  }

  #sink(path: string): GenerationSink {
    const sink = this.#sinks.get(path) ?? this.pipeline.open(path);
    this.#sinks.set(path, sink);
    return sink;
  }

  #open(): Store {
    const opening = openStore(this.path, this.nowMs);
    assert.ok(opening.ok);
    return opening.store;
  }

  #createHistory(): History {
    const { keepSeconds = [DAY, 14 * DAY, 730 * DAY], bytesMax = 2 ** 30 } = this.#options;
    return new History({
      keepSeconds,
      bytesMax,
      now: () => this.nowMs,
      commitSoon: () => this.commitsAsked++,
    });
  }

  #createPipeline(): Pipeline {
    const create: (logFormat: string, saved: string | null) => LineParser = createParser;
    return new Pipeline({
      createParser: (saved) => create(FORMAT, saved),
      lineBytesMax: 4096,
      latenessSeconds: this.#options.latenessSeconds ?? 2,
      isReplay: false,
      paths: AGGREGATOR_DEFAULTS,
      details: HISTORY_DETAILS,
      consumers: [this.history, { add: (second) => this.#count(second), advanceTo: () => {} }],
      now: () => this.nowMs,
      look: () => [],
      formatFound: () => {},
    });
  }

  #count({ timeSeconds, seriesCount, seriesIds, seriesRequests, names }: Second): void {
    for (let i = 0; i < seriesCount; i++) {
      const id = seriesIds[i] ?? 0;
      const code = names.codeOf(id);
      const method = METHOD_NAMES[methodIdIn(code)];
      const key = `${timeSeconds} ${names.sourceOf(code)} ${method} ${names.pathOf(id)} ${statusIn(code)}`;
      this.recount.set(key, (this.recount.get(key) ?? 0) + (seriesRequests[i] ?? 0));
    }
  }
}

/** `22:14:00`, with the days since T0's in front when it is another day. */
function clockOf(timeSeconds: number): string {
  const days = Math.floor(timeSeconds / DAY) - Math.floor(T0 / DAY);
  return (days === 0 ? '' : `${days}d`) + new Date(timeSeconds * 1000).toISOString().slice(11, 19);
}

export interface LineOptions {
  readonly target?: string;
  readonly status?: number;
  readonly client?: string;
  readonly method?: string;
  /** Seconds. */
  readonly latency?: string;
}

/** A line at `T0 + offset`. */
export function lineAt(offset: number, options: LineOptions = {}): string {
  const { target = '/', status = 200, client = '192.0.2.1', method = 'GET', latency = '-' } = options;
  return `${client} - - [${stampAt(offset)}] "${method} ${target} HTTP/1.1" ${status} 10 ${latency}\n`;
}

/** Many lines are of the same moment. */
let [stampOffset, stamp] = [Number.NaN, ''];

function stampAt(offset: number): string {
  if (offset === stampOffset) return stamp;
  const time = new Date((T0 + offset) * 1000);
  const [, day, month, year] = time.toUTCString().split(' ');
  stampOffset = offset;
  return (stamp = `${day}/${month}/${year}:${time.toISOString().slice(11, 19)} +0000`);
}
