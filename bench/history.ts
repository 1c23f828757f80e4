// What history costs: commits at 5,000 lines a second with and without it, rows written a second, bytes a day, and the time
// that queries take over a day, two weeks and two years; and the page's ranges, in their thread, with how much that delays
// the monitor. `npm run bench:history`.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { AGGREGATOR_DEFAULTS } from '../src/aggregate/aggregator-options.ts';
import { latencyBinOf } from '../src/aggregate/latency.ts';
import { runQuery } from '../src/commands/query.ts';
import { History, HISTORY_DETAILS } from '../src/history/history.ts';
import { packBins } from '../src/history/latency-bins.ts';
import { SeriesDesk } from '../src/history/series-desk.ts';
import { readSeriesQuery } from '../src/http/series-query.ts';
import { systemClock } from '../src/clock.ts';
import { createParser } from '../src/parse/detect.ts';
import { createZone } from '../src/parse/zone.ts';
import { Pipeline } from '../src/pipeline.ts';
import { openHistory } from '../src/store/history-reader.ts';
import { startSeriesThread } from '../src/store/series-worker.ts';
import { openStore } from '../src/store/sqlite.ts';
import type { Store } from '../src/store/store.ts';
import { rowsOf } from '../test/history/rows-of.ts';
import type { HistoryRow } from '../test/history/rows-of.ts';

const DAY = 86_400;
const KEEP = [DAY, 14 * DAY, 730 * DAY];
const BYTES_MAX = 2 ** 40;
/** A full day, so that its end is a round moment. */
const T0 = Date.UTC(2026, 10, 22) / 1000;
const PATHS = Array.from(
  { length: 100 },
  (_, i) =>
    `/api/${String.fromCodePoint(97 + (i % 26))}/section-${String.fromCodePoint(97 + Math.floor(i / 26))}`,
);
const FORMAT = '$remote_addr - - [$time_local] "$request" $status $body_bytes_sent $request_time';

const folder = mkdtempSync(join(tmpdir(), 'fluffy-bench-history-'));
try {
  for (const hasHistory of [false, true]) benchCommits(hasHistory);
  const path = benchWrites();
  benchQueries(path);
  await benchSeries(path);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function open(name: string): { store: Store; path: string } {
  const path = join(folder, name);
  const opening = openStore(path, 0);
  if (!opening.ok) throw new Error(opening.message);
  return { store: opening.store, path };
}

/** Three minutes at 5,000 lines a second, one commit a second. */
function benchCommits(hasHistory: boolean): void {
  const { store } = open(`commits-${hasHistory}.db`);
  const clock = { nowMs: T0 * 1000 };
  const history = new History({
    keepSeconds: KEEP,
    bytesMax: BYTES_MAX,
    now: () => clock.nowMs,
    commitSoon: () => {},
  });
  const pipeline = new Pipeline({
    createParser: () => createParser(FORMAT),
    lineBytesMax: 65_536,
    latenessSeconds: 2,
    isReplay: false,
    paths: AGGREGATOR_DEFAULTS,
    details: HISTORY_DETAILS,
    consumers: hasHistory ? [history] : [],
    now: () => clock.nowMs,
    look: () => [],
    formatFound: () => {},
  });
  const sink = pipeline.open('access.log');
  const times: number[] = [];
  for (let second = 0; second < 180; second++) {
    sink.write(Buffer.from(linesAt(second)));
    clock.nowMs += 1000;
    pipeline.advance();
    const begin = performance.now();
    const parts = new Map<string, unknown>([['pipeline', pipeline.snapshot()]]);
    const changes = hasHistory ? { history: history.changes() } : {};
    store.commit({ parts, owed: [], settled: [], ...changes });
    history.committed();
    times.push(performance.now() - begin);
  }
  store.close();
  globalThis.gc?.();
  const { heapUsed } = process.memoryUsage();
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(share * times.length)] ?? 0).toFixed(1);
  print(
    `commit at 5,000 lines/s, history ${hasHistory ? 'on ' : 'off'}`,
    `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(0.999)} ms, heap ${(heapUsed / 2 ** 20).toFixed(0)} MiB`,
  );
}

function linesAt(second: number): string {
  const time = new Date((T0 + second) * 1000);
  const [, day, month, year] = time.toUTCString().split(' ');
  const stamp = `${day}/${month}/${year}:${time.toISOString().slice(11, 19)} +0000`;
  let text = '';
  for (let i = 0; i < 5000; i++) {
    const status = i % 50 === 0 ? 500 : i % 20 === 0 ? 404 : 200;
    const latency = (((i * 7919) % 1000) / 1000) ** 3;
    text += `192.0.2.${i % 250} - - [${stamp}] "GET ${PATHS[(i * 31) % 100]} HTTP/1.1" ${status} 512 ${latency.toFixed(3)}\n`;
  }
  return text;
}

/** A day of rows, ten seconds at a time, with latencies: 100 paths, a third of them with errors too. */
function benchWrites(): string {
  const { store, path } = open('history.db');
  const begin = performance.now();
  let rowCount = 0;
  let longest = 0;
  for (let time = T0; time < T0 + DAY; time += 10) {
    const rows = rowsAt(time);
    rowCount += rows.length;
    const start = performance.now();
    commitRows(store, rows, time);
    longest = Math.max(longest, performance.now() - start);
  }
  const seconds = (performance.now() - begin) / 1000;
  store.close();
  const mebibytes = statSync(path).size / 2 ** 20;
  print(
    'rows of ten seconds, summed up twice',
    `${Math.round(rowCount / seconds).toLocaleString('en')} rows/s, longest ${longest.toFixed(1)} ms`,
  );
  print(
    'a day at 100 paths, all resolutions',
    `${rowCount.toLocaleString('en')} rows, ${mebibytes.toFixed(0)} MiB`,
  );
  return path;
}

function commitRows(store: Store, rows: readonly HistoryRow[], timeSeconds: number): void {
  const history = {
    rows: rowsOf(rows),
    clients: [],
    alerts: [],
    closedBeforeSeconds: timeSeconds + 10,
    liveFromSeconds: T0,
    keepFromSeconds: [0, 0, 0],
    bytesMax: BYTES_MAX,
  };
  store.commit({ parts: new Map(), owed: [], settled: [], history });
}

function rowsAt(timeSeconds: number): HistoryRow[] {
  return PATHS.flatMap((path, i) =>
    (i % 3 === 0 ? [200, 500] : [200]).map((status) => {
      const bins = Array.from({ length: 20 }, (_, n) =>
        latencyBinOf(((n * 37 + i + timeSeconds / 10) % 90) + 5),
      );
      const counts = { requests: 20, bytesSent: 20_480, latencies: packBins(bins) };
      return { timeSeconds, source: 'access.log', path, method: 'GET', status, ...counts };
    }),
  );
}

function benchQueries(path: string): void {
  const writer = new DatabaseSync(path);
  for (const [table, days] of [
    ['history_1m', 13],
    ['history_1h', 729],
  ] as const)
    writer.exec(
      `WITH RECURSIVE n(day) AS (SELECT 1 UNION ALL SELECT day + 1 FROM n WHERE day < ${days})
       INSERT INTO ${table} SELECT time - 86400 * day, series, requests, bytes, latencies FROM n, ${table};`,
    );
  writer.exec(
    `WITH RECURSIVE n(minute) AS (SELECT 0 UNION ALL SELECT minute + 1 FROM n WHERE minute < ${14 * 1440 - 1}),
       c(client) AS (SELECT 0 UNION ALL SELECT client + 1 FROM c WHERE client < 19)
     INSERT INTO history_clients
       SELECT ${T0 - 13 * DAY} + 60 * minute, '192.0.2.' || ((minute * 7 + client) % 250), 40 + client, client FROM n, c;`,
  );
  writer.exec(
    `INSERT INTO history_kept VALUES ('10s', ${T0}), ('1m', ${T0 - 13 * DAY}), ('1h', ${T0 - 729 * DAY});
     PRAGMA wal_checkpoint(TRUNCATE)`,
  );
  writer.close();
  print('a day, two weeks and two years kept', `${(statSync(path).size / 2 ** 20).toFixed(0)} MiB`);
  for (const [name, days] of [
    ['a day', 1],
    ['two weeks', 14],
    ['two years', 730],
  ] as const) {
    timeQuery(`${name}, by path`, { last: `${days}d`, by: 'path' });
    timeQuery(`${name}, by path, p95`, { last: `${days}d`, by: 'path', metric: 'requests,p95' });
  }
}

function timeQuery(name: string, options: Parameters<typeof runQuery>[0]): void {
  const opening = openHistory(join(folder, 'history.db'));
  if (!opening.ok) throw new Error(opening.message);
  const { reader } = opening;
  const before = process.cpuUsage();
  const begin = performance.now();
  const context = {
    zone: createZone('UTC'),
    keptFrom: reader.keptFrom(),
    hasTrend: false,
    format: 'json',
  } as const;
  const { exitCode, text } = runQuery(options, { ...context, nowSeconds: T0 + DAY, reader });
  const ms = performance.now() - begin;
  const { user, system } = process.cpuUsage(before);
  reader.close();
  if (exitCode !== 0) throw new Error(text);
  print(
    `query of ${name}`,
    `${ms.toFixed(0)} ms (processor ${((user + system) / 1000).toFixed(0)} ms), from ${JSON.parse(text).resolution}`,
  );
}

/** What the page asks for, and how late timers of the monitor's thread are meanwhile. */
async function benchSeries(path: string): Promise<void> {
  const desk = new SeriesDesk({ start: (events) => startSeriesThread(path, events), clock: systemClock });
  const end = T0 + DAY;
  const commits = commitAllAlong(path, end);
  const idle = await lateness(commits, () => sleep(5000));
  print('page, nobody asks', `event loop ${idle.told}`);
  for (const [name, parameters] of [
    ['1 h, the thread is started', `from=${end - 3600}`],
    ['1 h', `from=${end - 3610}`],
    ['1 h of one path', `from=${end - 3600}&path=${PATHS[3]}`],
    ['24 h', `from=${end - DAY}`],
    ['24 h of one path', `from=${end - DAY}&path=${PATHS[3]}`],
    ['2 days', `from=${end - 2 * DAY}`],
    ['14 d', `from=${end - 14 * DAY}`],
    ['14 d of one path', `from=${end - 14 * DAY}&path=${PATHS[3]}`],
    ['two years', `from=${end - 730 * DAY}`],
  ] as const) {
    const reading = readSeriesQuery(`${parameters}&to=${end}`, end);
    if (!reading.ok) throw new Error(reading.message);
    const query = reading.value;
    const { found, ms, told } = await lateness(commits, () => desk.ask(query, new AbortController().signal));
    const { status, body } = found;
    const { everySeconds, resolution, reason } = JSON.parse(body);
    if (status !== 200) {
      print(`page, ${name}`, reason);
      continue;
    }
    print(
      `page, ${name}`,
      `${ms.toFixed(0)} ms, ${(body.length / 1000).toFixed(0)} kB, steps of ${everySeconds} s from ${resolution}; event loop ${told}`,
    );
  }
  commits.stop();
  await desk.close();
}

/** How late timers are, and how long commits take, until `task` is done. */
async function lateness<T>(
  commits: { longestMs: number },
  task: () => Promise<T>,
): Promise<{ readonly found: T; readonly ms: number; readonly told: string }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  commits.longestMs = 0;
  const begin = performance.now();
  const found = await task();
  const ms = performance.now() - begin;
  delay.disable();
  const [p99, most] = [delay.percentile(99) / 1e6, delay.max / 1e6].map((late) => late.toFixed(1));
  const told = `late by ${p99} ms (p99), ${most} ms at most, the longest commit ${commits.longestMs.toFixed(1)} ms`;
  return { found, ms, told };
}

/** Rows of ten seconds, every tenth of a second. */
function commitAllAlong(path: string, fromSeconds: number): { longestMs: number; stop: () => void } {
  const opening = openStore(path, 0);
  if (!opening.ok) throw new Error(opening.message);
  const { store } = opening;
  const found = { longestMs: 0, stop: () => {} };
  let time = fromSeconds;
  const timer = setInterval(() => {
    const rows = rowsAt(time);
    const begin = performance.now();
    commitRows(store, rows, time);
    found.longestMs = Math.max(found.longestMs, performance.now() - begin);
    time += 10;
  }, 100);
  found.stop = () => {
    clearInterval(timer);
    store.close();
  };
  return found;
}

function print(what: string, found: string): void {
  process.stdout.write(`${what.padEnd(42)} ${found}\n`);
}
