import assert from 'node:assert/strict';
import { secondOf } from '../aggregate/records.ts';
import { test } from 'node:test';
import { Totals } from '../../src/aggregate/totals.ts';
import { renderMetrics } from '../../src/http/metrics.ts';
import { readExposition } from './exposition.ts';
import { QUIET_SNAPSHOT, SNAPSHOT } from './snapshot.ts';

const families = readExposition(renderMetrics(SNAPSHOT));

function samplesOf(name: string): Record<string, number> {
  return Object.fromEntries(families.get(name)?.samples ?? []);
}

void test('the traffic is counted by method and status class, those without a request from the start', () => {
  const samples = Object.entries(samplesOf('fluffy_http_requests_total'));
  assert.equal(samples.length, 15 * 6);
  assert.deepEqual(Object.fromEntries(samples.filter(([, requests]) => requests > 0)), {
    '[["method","GET"],["status_class","2xx"]]': 3,
    '[["method","GET"],["status_class","5xx"]]': 2,
    '[["method","OTHER"],["status_class","4xx"]]': 1,
    '[["method","-"],["status_class","unknown"]]': 1,
  });
  assert.deepEqual(samplesOf('fluffy_http_response_bytes_total'), { '[]': 4096 });
});

void test('responses are counted by code, what is no status of HTTP as unknown', () => {
  assert.deepEqual(samplesOf('fluffy_http_responses_total'), {
    '[["code","unknown"]]': 1,
    '[["code","200"]]': 3,
    '[["code","404"]]': 1,
    '[["code","503"]]': 2,
  });
});

void test('latencies are a histogram whose buckets hold those below', () => {
  const { '_sum[]': sum, ...counts } = samplesOf('fluffy_http_request_duration_seconds');
  assert.deepEqual(counts, {
    '_bucket[["le","0.005"]]': 1,
    '_bucket[["le","0.01"]]': 1,
    '_bucket[["le","0.025"]]': 1,
    '_bucket[["le","0.05"]]': 1,
    '_bucket[["le","0.1"]]': 1,
    '_bucket[["le","0.25"]]': 1,
    '_bucket[["le","0.5"]]': 1,
    '_bucket[["le","1"]]': 1,
    '_bucket[["le","2.5"]]': 2,
    '_bucket[["le","5"]]': 2,
    '_bucket[["le","10"]]': 2,
    '_bucket[["le","+Inf"]]': 3,
    '_count[]': 3,
  });
  assert.ok(Math.abs((sum ?? 0) - 62.005) < 0.62, String(sum));
});

void test('every number that the monitor keeps about itself is there', () => {
  const failures = samplesOf('fluffy_log_parse_failures_total');
  assert.equal(failures['[["reason","format-mismatch"]]'], 3);
  assert.equal(failures['[["reason","line-too-long"]]'], 2);
  assert.equal(failures['[["reason","bad-timestamp"]]'], 0);
  const single = (name: string): number | undefined => samplesOf(name)['[]'];
  assert.equal(single('fluffy_log_lines_total'), 12);
  assert.equal(single('fluffy_log_late_records_total'), 5);
  assert.equal(single('fluffy_log_future_records_total'), 1);
  assert.equal(single('fluffy_log_other_path_records_total'), 0);
  assert.equal(single('fluffy_log_forced_seconds_total'), 6);
  assert.equal(single('process_start_time_seconds'), 1_795_472_040);
  assert.equal(single('process_cpu_seconds_total'), 1.5);
  assert.equal(single('process_resident_memory_bytes'), 90_000_000);
  assert.equal(single('nodejs_heap_size_used_bytes'), 12_000_000);
  assert.equal(single('nodejs_eventloop_active_seconds_total'), 1.25);
  assert.deepEqual(samplesOf('fluffy_state_commit_duration_seconds'), { '_sum[]': 0.25, '_count[]': 80 });
  assert.equal(single('fluffy_state_commit_failures_total'), 4);
  assert.equal(single('fluffy_state_writable'), 1);
  assert.deepEqual(samplesOf('fluffy_build_info'), { '[["version","1.2.3"]]': 1 });
  const rule = '[["metric","request-rate"],["rule","traffic"],["severity","warning"]]';
  assert.deepEqual(samplesOf('fluffy_alert_firing'), { [rule]: 1 });
  assert.deepEqual(samplesOf('fluffy_alert_value'), { [rule]: 12.5 });
  assert.deepEqual(samplesOf('fluffy_alert_threshold'), { [rule]: 10 });
  assert.deepEqual(samplesOf('fluffy_alert_muted'), { [rule]: 1 });
  assert.deepEqual(samplesOf('fluffy_alerts_total'), {
    '[["rule","traffic"],["state","firing"]]': 3,
    '[["rule","traffic"],["state","resolved"]]': 2,
  });
  assert.equal(single('fluffy_silences'), 1);
});

void test('a path with quotes, backslashes and line ends stays one label', () => {
  const odd = String.raw`[["path","logs/b \"b\"\\\n.log"]]`;
  assert.deepEqual(samplesOf('fluffy_log_readable'), { '[["path","logs/access.log"]]': 1, [odd]: 0 });
  assert.deepEqual(samplesOf('fluffy_log_lag_bytes'), { '[["path","logs/access.log"]]': 20, [odd]: 0 });
  assert.deepEqual(samplesOf('fluffy_log_possible_losses_total'), {
    '[["path","logs/access.log"]]': 1,
    [odd]: 0,
  });
  assert.deepEqual(samplesOf('fluffy_log_last_line_age_seconds'), {
    '[["path","logs/access.log"]]': 4.9,
    [odd]: Number.NaN,
  });
});

void test('outputs tell whether they can be written, and what they are owed', () => {
  const [stdout, file] = ['[["output","stdout"]]', '[["output","data/alerts.log"]]'];
  assert.deepEqual(samplesOf('fluffy_output_writable'), { [stdout]: 1, [file]: 0 });
  assert.deepEqual(samplesOf('fluffy_output_waiting'), { [stdout]: 0, [file]: 4 });
  assert.deepEqual(samplesOf('fluffy_output_dropped_total'), { [stdout]: 0, [file]: 2 });
  assert.deepEqual(samplesOf('fluffy_output_dead_letters_total'), { [stdout]: 0, [file]: 7 });
});

void test('a monitor that has seen nothing yet gives a page that can be read', () => {
  const quiet = readExposition(renderMetrics(QUIET_SNAPSHOT));
  assert.deepEqual([...quiet.keys()], [...families.keys()]);
  assert.equal(quiet.get('fluffy_http_requests_total')?.samples.size, 90);
  assert.equal(quiet.get('fluffy_http_responses_total')?.samples.size, 0);
});

void test('any number of paths and addresses in the log gives the same number of lines', () => {
  const lineCount = (page: string): number => page.split('\n').length;
  const { totals } = SNAPSHOT;
  const before = lineCount(renderMetrics(SNAPSHOT));
  for (let id = 0; id < 1000; id++) {
    totals.add(secondOf(1_795_472_000, [{ path: `/${id}`, status: id % 2 === 0 ? 200 : 503 }]));
  }
  assert.equal(lineCount(renderMetrics(SNAPSHOT)), before);
});

void test('every method with every status there can be gives a page of bounded length', () => {
  const totals = new Totals();
  const methods = ['GET', 'POST', 'PURGE', 'OTHER', '-'];
  for (let status = 0; status < 1000; status++)
    totals.add(secondOf(1_795_472_000, [{ method: methods[status % 5] ?? '', status }]));
  const page = readExposition(renderMetrics({ ...SNAPSHOT, totals }));
  assert.equal(page.get('fluffy_http_requests_total')?.samples.size, 90);
  assert.equal(page.get('fluffy_http_responses_total')?.samples.size, 501);
  assert.equal(page.get('fluffy_http_responses_total')?.samples.get('[["code","unknown"]]'), 500);
});

void test('the reader of these tests refuses what is not the format', () => {
  const head = '# HELP a_total A.\n# TYPE a_total counter\n';
  const bad = [
    `${head}a_total 1`,
    `${head}a_total 1\na_total 2\n`,
    `${head}a_total{b="c} 1\n`,
    `${head}a_total{b="c"d="e"} 1\n`,
    `${head}a_total x\n`,
    `${head}${head}a_total 1\n`,
    'a_total 1\n',
    '# TYPE a_total counter\na_total 1\n',
    '# HELP a A.\n# TYPE a counter\na 1\n',
    `${head}\n`,
    '# HELP a A.\n# TYPE a histogram\na 1\n',
    '# HELP a A.\n# TYPE a summary\na_bucket{le="1"} 1\n',
  ];
  for (const page of bad) assert.throws(() => readExposition(page), Error, page);
  assert.equal(readExposition(`${head}a_total{b="c",d="e"} 1\n`).size, 1);
});
