// From bytes to series: names fit to print, the cap on paths and how room is made again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Aggregator } from '../../src/aggregate/aggregator.ts';
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import { PathTable } from '../../src/aggregate/paths.ts';
import { METHOD_NAMES } from '../../src/aggregate/methods.ts';
import type { PathOptions } from '../../src/aggregate/paths.ts';
import { RollUp } from '../../src/aggregate/roll-up.ts';
import { codeOf } from '../../src/aggregate/second.ts';
import { SeriesTable } from '../../src/aggregate/series-table.ts';
import { createRecord } from '../../src/parse/record.ts';
import { recordOf, seriesOf, Transcript } from './records.ts';
import type { Request } from './records.ts';

const OPTIONS = { ...AGGREGATOR_DEFAULTS, pathsMax: 4, seriesMax: 6 };

/** A table that tells the series themselves, not their ids. */
function createTable(options: Partial<PathOptions> = {}) {
  const table = new PathTable({ ...OPTIONS, ...options }, () => []);
  return {
    /** `METHOD path status` */
    find: (request: Omit<Request, 'time'>, nowSeconds = 0) =>
      tell(table, table.find(recordOf({ time: 0, ...request }), nowSeconds)),
    idOf: (request: Omit<Request, 'time'>) => table.find(recordOf({ time: 0, ...request }), 0),
    table,
  };
}

function tell(table: PathTable, id: number): string {
  const { method, path, status } = seriesOf(table.series, id);
  return `${method} ${path} ${status}`;
}

function pathOf(bytes: Buffer): string {
  const { table } = createTable();
  return table.series.pathOf(table.find({ ...createRecord(), bytes, pathEnd: bytes.length }, 0));
}

void test('the same path, method and status is the same series, any other another one', () => {
  const { idOf, find } = createTable({ pathsMax: 10, seriesMax: 10 });
  const id = idOf({ path: '/a' });
  assert.equal(find({ path: '/a' }), 'GET /a 200');
  assert.equal(idOf({ path: '/a' }), id);
  for (const other of [{ status: 404 }, { method: 'PUT' }, { path: '/A' }]) {
    assert.notEqual(idOf({ path: '/a', ...other }), id);
  }
});

void test('invented methods are one method, and a request that is not HTTP has none and no path', () => {
  const { find } = createTable();
  assert.equal(find({ method: 'BREW' }), 'OTHER / 200');
  assert.equal(find({ method: 'get' }), 'OTHER / 200');
  assert.equal(find({ path: '', method: '' }), '- (malformed) 200');
});

void test('a path is printable whatever a client sends, and told apart by its bytes', () => {
  assert.equal(pathOf(Buffer.from('/caf\u00e9')), '/café');
  assert.equal(pathOf(Buffer.from('/\u001b[2J\u0000\u202e\u0085')), String.raw`/\u001b[2J\u0000\u202e\u0085`);
  assert.equal(pathOf(Buffer.from([0x2f, 0xff, 0xfe])), '/\ufffd\ufffd');
  const { table } = createTable();
  const [one, two] = [0xff, 0xfe].map((byte) =>
    table.find({ ...createRecord(), bytes: Buffer.from([0x2f, byte]), pathEnd: 2 }, 0),
  );
  assert.notEqual(one, two);
});

void test('a path of 1024 bytes is whole, a longer one is cut with an ellipsis', () => {
  assert.equal(pathOf(Buffer.from(`/${'x'.repeat(1023)}`)), `/${'x'.repeat(1023)}`);
  assert.equal(pathOf(Buffer.from(`/${'x'.repeat(1024)}`)), `/${'x'.repeat(1023)}…`);
});

void test('a full table counts new paths as (other), keeps counting the known ones, and says how often', () => {
  const { find, table } = createTable();
  for (const path of ['/p1', '/p2', '/p3', '/p4']) find({ path }, 100);
  assert.equal(table.overflowRecords, 0);
  assert.equal(find({ path: '/p5' }, 100), 'GET (other) 200');
  assert.equal(find({ path: '/p1' }, 100), 'GET /p1 200');
  assert.equal(table.overflowRecords, 1);
});

void test('too many combinations are (other) as well, with their own method and status', () => {
  const { find } = createTable();
  for (const status of [200, 201, 202, 203, 204, 205]) {
    assert.equal(find({ path: '/a', status }, 100), `GET /a ${status}`);
  }
  assert.equal(find({ path: '/a', status: 206 }, 100), 'GET (other) 206');
  assert.equal(find({ path: '/a' }, 100), 'GET /a 200');
});

void test('after a minute of event time, paths that were not seen in it make room', () => {
  const { find } = createTable();
  for (const path of ['/p1', '/p2', '/p3', '/p4']) find({ path }, 100);
  // The first sweep finds all of them fresh; the next one is a minute later at the earliest.
  assert.equal(find({ path: '/p5' }, 110), 'GET (other) 200');
  assert.equal(find({ path: '/p1' }, 130), 'GET /p1 200');
  assert.equal(find({ path: '/p5' }, 169), 'GET (other) 200');
  assert.equal(find({ path: '/p5' }, 170), 'GET /p5 200');
  assert.equal(find({ path: '/p1' }, 170), 'GET /p1 200');
  assert.equal(find({ path: '/p6' }, 170), 'GET /p6 200');
});

void test('a path that an open second counts stays, however long ago it was seen', () => {
  const inUse: number[] = [];
  const table = new PathTable(OPTIONS, () => inUse);
  const [kept = 0] = ['/p1', '/p2', '/p3', '/p4'].map((path) => table.find(recordOf({ time: 0, path }), 0));
  inUse.push(kept);
  for (const path of ['/p5', '/p6', '/p7']) table.find(recordOf({ time: 0, path }), 1000);
  assert.equal(tell(table, kept), 'GET /p1 200');
  assert.equal(table.find(recordOf({ time: 0, path: '/p1' }), 1000), kept);
});

void test('the series of a path that made room are gone, and its room is as good as new', () => {
  const { find } = createTable({ pathsMax: 1, seriesMax: 30 });
  for (let round = 1; round <= 20; round++) {
    for (let status = 200; status < 230; status++) {
      assert.equal(find({ path: `/r${round}x`, status }, round * 100), `GET /r${round}x ${status}`);
    }
    assert.equal(find({ path: `/r${round}x`, status: 500 }, round * 100), 'GET (other) 500');
  }
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
  aggregator.timeline.closeAll();
  assert.equal(rollUp.requests, 1_000_000);
  const paths = rollUp.topPaths(Infinity);
  assert.equal(paths.length, AGGREGATOR_DEFAULTS.pathsMax + 1);
  assert.deepEqual(paths[0], { path: '(other)', requests: 990_000 });
  assert.equal(aggregator.overflowRecords, 990_000);
});

void test('a series is found again by its name, also when the name does not tell its bytes', () => {
  const { table, idOf } = createTable({ pathsMax: 10, seriesMax: 20 });
  const known = idOf({ path: '/a', method: 'POST', status: 404 });
  assert.equal(table.findByName('/a', codeOf(METHOD_NAMES.indexOf('POST'), 404), 0), known);
  for (const path of ['(other)', '(malformed)', '/b', String.raw`/\u0000`, `/${'\ufffd'.repeat(1000)}…`]) {
    const id = table.findByName(path, codeOf(0, 200), 0);
    assert.equal(tell(table, id), `GET ${path} 200`);
    assert.equal(table.findByName(path, codeOf(0, 200), 0), id);
  }
  const noMethod = codeOf(METHOD_NAMES.indexOf('-'), 200);
  assert.equal(idOf({ path: '', method: '' }), table.findByName('(malformed)', noMethod, 0));
});

void test('of the series of a path, the first with a status stands for those of its other methods', () => {
  const series = new SeriesTable(2);
  const ids = Array.from({ length: 14 }, (_, method) => series.add(1, codeOf(method, 200 + (method % 2))));
  assert.deepEqual(
    ids.map((id) => ids.indexOf(series.firstLike(id))),
    [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1],
  );
  assert.equal(series.firstLike(series.add(1, codeOf(3, 404))), series.find(1, codeOf(3, 404)));
});
