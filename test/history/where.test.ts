// `--where` picks what it says, and says what it does not understand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWhere } from '../../src/history/where.ts';
import type { SeriesName } from '../../src/history/where.ts';

const SERIES: readonly SeriesName[] = [
  { source: 'logs/a.log', path: '/', method: 'GET', status: 200 },
  { source: 'logs/a.log', path: '/api/v1/items', method: 'POST', status: 503 },
  { source: '/var/log/b c.log', path: '/api', method: 'GET', status: 404 },
  { source: '/var/log/b c.log', path: '/a"b', method: '-', status: 0 },
];

/** Places of the series that fit. */
function fitting(text: string): number[] {
  const reading = readWhere(text);
  assert.ok(reading.ok, text);
  return SERIES.flatMap((series, i) => (reading.value(series) ? [i] : []));
}

void test('conditions pick series', () => {
  for (const [text, expected] of [
    ['', [0, 1, 2, 3]],
    ['  ', [0, 1, 2, 3]],
    ['status=404', [2]],
    ['status!=404', [0, 1, 3]],
    ['status>=404', [1, 2]],
    ['status > 404', [1]],
    ['status<=200', [0, 3]],
    ['status<200', [3]],
    ['status=5xx', [1]],
    ['status!=5XX', [0, 2, 3]],
    ['class=4xx', [2]],
    ['class=unknown', [3]],
    ['method=get', [0, 2]],
    ['method != GET', [1, 3]],
    ['path=/api/**', [1, 2]],
    ['path=/api', [2]],
    ['path=/*', [0, 2, 3]],
    ['path!=/**', []],
    ["source='/var/log/b c.log'", [2, 3]],
    ['source="/var/log/*"', [2, 3]],
    [`path='/a"b'`, [3]],
    ['status>=500 and path=/api/**', [1]],
    ['status>=400 AND method=GET and  class!=5xx', [2]],
  ] as const)
    assert.deepEqual(fitting(text), expected, text);
});

void test('what is not understood is said', () => {
  const wanted = 'must be conditions such as status>=500 and path=/api/**, joined by and';
  for (const [text, message] of [
    ['status', `${wanted}; cannot read "status"`],
    ['status>=500 path=/', `${wanted}; cannot read "status>=500 path=/"`],
    ['status>=500 and', `${wanted}; cannot read "status>=500 and"`],
    ['status>=500 or path=/', `${wanted}; cannot read "status>=500 or path=/"`],
    ['state=1', ': there is no state, but status, class, method, path and source'],
    ['status>=5xx', ': status must be a number such as 404, or 5xx, got "5xx"'],
    ['status=4000', ': status must be a number such as 404, or 5xx, got "4000"'],
    ['class=6xx', ': class must be 1xx to 5xx or unknown, got "6xx"'],
    ["path='x", `: path must begin with / as /api/** does, got "'x"`],
    ['path=api', ': path must begin with / as /api/** does, got "api"'],
    ['path>/a', ': path can be compared by = and != only'],
  ] as const)
    assert.deepEqual(readWhere(text), { ok: false, message }, text);
});
