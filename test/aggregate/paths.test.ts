// From bytes to series: names fit to print, the cap on paths and how room is made again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Aggregator, AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator.ts';
import { PathTable } from '../../src/aggregate/paths.ts';
import { RollUp } from '../../src/aggregate/roll-up.ts';
import { createRecord } from '../../src/parse/record.ts';
import { recordOf, Transcript } from './records.ts';

const OPTIONS = { ...AGGREGATOR_DEFAULTS, pathsMax: 4, seriesMax: 6 };

function pathOf(bytes: Buffer): string {
  const record = { ...createRecord(), bytes, pathEnd: bytes.length };
  return new PathTable(OPTIONS).find(record, 0).path;
}

void test('the same path, method and status is the same series, any other another one', () => {
  const table = new PathTable({ ...OPTIONS, pathsMax: 10, seriesMax: 10 });
  const series = table.find(recordOf({ time: 0, path: '/a' }), 0);
  assert.deepEqual([series.path, series.method, series.status], ['/a', 'GET', 200]);
  assert.equal(table.find(recordOf({ time: 5, path: '/a' }), 5), series);
  for (const other of [{ status: 404 }, { method: 'PUT' }, { path: '/A' }]) {
    assert.notEqual(table.find(recordOf({ time: 0, path: '/a', ...other }), 0), series);
  }
});

void test('invented methods are one method, and a request that is not HTTP has none and no path', () => {
  const table = new PathTable(OPTIONS);
  assert.equal(table.find(recordOf({ time: 0, method: 'BREW' }), 0).method, 'OTHER');
  assert.equal(
    table.find(recordOf({ time: 0, method: 'get' }), 0),
    table.find(recordOf({ time: 0, method: 'BREW' }), 0),
  );
  const { path, method } = table.find(recordOf({ time: 0, path: '', method: '' }), 0);
  assert.deepEqual([path, method], ['(malformed)', '-']);
});

void test('a path is printable whatever a client sends, and told apart by its bytes', () => {
  assert.equal(pathOf(Buffer.from('/caf\u00e9')), '/café');
  assert.equal(pathOf(Buffer.from('/\u001b[2J\u0000\u202e\u0085')), String.raw`/\u001b[2J\u0000\u202e\u0085`);
  assert.equal(pathOf(Buffer.from([0x2f, 0xff, 0xfe])), '/\ufffd\ufffd');
  const table = new PathTable(OPTIONS);
  const one = table.find({ ...createRecord(), bytes: Buffer.from([0x2f, 0xff]), pathEnd: 2 }, 0);
  const two = table.find({ ...createRecord(), bytes: Buffer.from([0x2f, 0xfe]), pathEnd: 2 }, 0);
  assert.notEqual(one, two);
  assert.equal(one.path, two.path);
});

void test('a path of 1024 bytes is whole, a longer one is cut with an ellipsis', () => {
  assert.equal(pathOf(Buffer.from(`/${'x'.repeat(1023)}`)), `/${'x'.repeat(1023)}`);
  assert.equal(pathOf(Buffer.from(`/${'x'.repeat(1024)}`)), `/${'x'.repeat(1023)}…`);
});

void test('a full table counts new paths as (other), keeps counting the known ones, and says how often', () => {
  const table = new PathTable(OPTIONS);
  for (const path of ['/p1', '/p2', '/p3', '/p4']) table.find(recordOf({ time: 0, path }), 100);
  assert.equal(table.overflowRecords, 0);
  assert.equal(table.find(recordOf({ time: 0, path: '/p5' }), 100).path, '(other)');
  assert.equal(table.find(recordOf({ time: 0, path: '/p1' }), 100).path, '/p1');
  assert.equal(table.overflowRecords, 1);
});

void test('too many combinations are (other) as well, with their own method and status', () => {
  const table = new PathTable(OPTIONS);
  const find = (status: number) => table.find(recordOf({ time: 0, path: '/a', status }), 100);
  for (const status of [200, 201, 202, 203, 204, 205]) assert.equal(find(status).path, '/a');
  const { path, method, status } = find(206);
  assert.deepEqual([path, method, status], ['(other)', 'GET', 206]);
  assert.equal(find(200).path, '/a');
});

void test('after a minute of event time, paths that were not seen in it make room', () => {
  const table = new PathTable(OPTIONS);
  for (const path of ['/p1', '/p2', '/p3', '/p4']) table.find(recordOf({ time: 0, path }), 100);
  // The first sweep finds all of them fresh; the next one is a minute later at the earliest.
  assert.equal(table.find(recordOf({ time: 0, path: '/p5' }), 110).path, '(other)');
  const kept = table.find(recordOf({ time: 0, path: '/p1' }), 130);
  assert.equal(table.find(recordOf({ time: 0, path: '/p5' }), 169).path, '(other)');
  assert.equal(table.find(recordOf({ time: 0, path: '/p5' }), 170).path, '/p5');
  assert.equal(table.find(recordOf({ time: 0, path: '/p1' }), 170), kept);
  assert.equal(table.find(recordOf({ time: 0, path: '/p6' }), 170).path, '/p6');
});

void test('a million distinct paths cost what the cap costs, and every request is counted', () => {
  const transcript = new Transcript();
  const rollUp = new RollUp(10_000);
  const aggregator = new Aggregator({
    add: (second) => rollUp.merge(second),
    advanceTo: (seconds) => transcript.advanceTo(seconds),
  });
  const bytes = Buffer.from('GET/path/p0000000');
  const record = { ...createRecord(), bytes, methodEnd: 3, pathStart: 3, pathEnd: bytes.length, status: 200 };
  for (let i = 0; i < 1_000_000; i++) {
    bytes.latin1Write(String(i).padStart(7, '0'), 10);
    record.timeSeconds = 1000 + Math.floor(i / 100_000);
    aggregator.add(record);
  }
  aggregator.closeAll();
  assert.equal(rollUp.requests, 1_000_000);
  const paths = rollUp.paths();
  assert.equal(paths.length, AGGREGATOR_DEFAULTS.pathsMax + 1);
  assert.deepEqual(paths[0], { path: '(other)', requests: 990_000 });
  assert.equal(aggregator.overflowRecords, 990_000);
});

void test('a series is found again by its name, also when the name does not tell its bytes', () => {
  const table = new PathTable({ ...OPTIONS, pathsMax: 10, seriesMax: 20 });
  const known = table.find(recordOf({ time: 0, path: '/a', method: 'POST', status: 404 }), 0);
  assert.equal(table.findByName('/a', 'POST', 404, 0), known);
  for (const [path, method] of [
    ['(other)', 'GET'],
    ['(malformed)', '-'],
    ['/b', 'OTHER'],
    [String.raw`/\u0000`, 'GET'],
    [`/${'\ufffd'.repeat(1000)}…`, 'GET'],
  ] as const) {
    const series = table.findByName(path, method, 200, 0);
    assert.deepEqual([series.path, series.method, series.status], [path, method, 200]);
  }
  assert.equal(
    table.find(recordOf({ time: 0, path: '', method: '' }), 0),
    table.findByName('(malformed)', '-', 200, 0),
  );
});
