// `fluffy query` gives what was counted, from the finest counts that cover the time, beside the one that writes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { runQuery } from '../../src/commands/query.ts';
import type { QueryOptions } from '../../src/history/read-query.ts';
import { sparkline } from '../../src/history/render-answer.ts';
import { createZone } from '../../src/parse/zone.ts';
import { openHistory } from '../../src/store/history-reader.ts';
import { HistoryRig, lineAt } from './rig.ts';
import type { HistoryRigOptions } from './rig.ts';

interface Asking {
  readonly hasTrend?: boolean;
  readonly format?: 'table' | 'json' | 'csv';
}

function ask(
  rig: HistoryRig,
  options: QueryOptions,
  { hasTrend = false, format = 'csv' }: Asking = {},
): string {
  const opening = openHistory(rig.path);
  assert.ok(opening.ok, JSON.stringify(opening));
  const { reader } = opening;
  try {
    const { text } = runQuery(options, {
      zone: createZone('UTC'),
      nowSeconds: Math.floor(rig.nowMs / 1000),
      keptFrom: reader.keptFrom(),
      hasTrend,
      format,
      reader,
    });
    return text;
  } finally {
    reader.close();
  }
}

function createRig(t: TestContext, options: HistoryRigOptions = {}): HistoryRig {
  const rig = new HistoryRig(options);
  t.after(() => rig.close());
  return rig;
}

/** Twenty minutes; the store stays open, as a monitor's would. */
function busyRig(t: TestContext): HistoryRig {
  const rig = createRig(t);
  for (let minute = 0; minute < 20; minute++) {
    const at = 60 * minute;
    rig.write('a.log', lineAt(at, { latency: '0.100', client: '192.0.2.7' }).repeat(minute + 1));
    if (minute % 5 === 0) rig.write('b.log', lineAt(at + 30, { target: '/b', status: 500, latency: '2' }));
    if (minute === 7) rig.write('b.log', lineAt(at + 30, { target: '/c', status: 404, method: 'POST' }));
    rig.advance(60);
    rig.commit();
  }
  rig.advance(30);
  rig.commit();
  return rig;
}

void test('the last time by path, with several metrics', (t) => {
  const rig = busyRig(t);
  const options = { last: '1h', by: 'path', metric: 'requests,errors,bytes,p50,p99' };
  assert.equal(
    ask(rig, options, { format: 'table' }),
    [
      'path  requests  errors  bytes     p50     p99',
      '/          210       0  2,100   100.2   100.2',
      '/b           4       4     40  1993.4  1993.4',
      '/c           1       1     10       -       -',
      '',
      '2026-11-23 21:34:30 to 2026-11-23 22:34:30 UTC, from counts of 10s, latencies in ms',
      'nothing was counted before 2026-11-23 22:14:00 UTC',
    ].join('\n'),
  );
});

void test('by every dimension', (t) => {
  const rig = busyRig(t);
  const of = (by: string): string[] => ask(rig, { last: '1h', by, metric: 'requests' }).split('\n');
  assert.deepEqual(of('status'), ['status,requests', '200,210', '500,4', '404,1']);
  assert.deepEqual(of('class'), ['class,requests', '2xx,210', '5xx,4', '4xx,1']);
  assert.deepEqual(of('method'), ['method,requests', 'GET,214', 'POST,1']);
  assert.deepEqual(of('source'), ['source,requests', 'a.log,210', 'b.log,5']);
  assert.deepEqual(of('source,class'), [
    'source,class,requests',
    'a.log,2xx,210',
    'b.log,5xx,4',
    'b.log,4xx,1',
  ]);
  assert.deepEqual(of('client'), ['client,requests', '192.0.2.7,210', '192.0.2.1,5']);
  assert.deepEqual(of('day'), ['time,requests', '2026-11-23T00:00:00Z,215']);
});

void test('over time, quiet time included, and rates are of the part of a slot that is asked for', (t) => {
  const rig = busyRig(t);
  assert.equal(
    ask(rig, { from: '2026-11-23T22:10', to: '2026-11-23T22:19', every: '5m', metric: 'requests,rate' }),
    'time,requests,rate\n2026-11-23T22:10:00Z,2,0.033\n2026-11-23T22:15:00Z,14,0.058',
  );
  assert.equal(
    ask(rig, { from: '2026-11-23T22:00', to: '2026-11-23T22:15', every: '5m', metric: 'requests' }),
    'time,requests\n2026-11-23T22:00:00Z,0\n2026-11-23T22:05:00Z,0\n2026-11-23T22:10:00Z,2',
  );
});

void test('a condition, the top, and what is beyond it', (t) => {
  const rig = busyRig(t);
  assert.equal(ask(rig, { last: '1h', where: 'status>=500 and path=/b', metric: 'requests' }), 'requests\n4');
  assert.equal(ask(rig, { last: '1h', where: 'path=/none', metric: 'requests,p50' }), 'requests,p50\n0,');
  const lines = ask(rig, { last: '1h', by: 'path', top: '1', metric: 'requests' }, { format: 'table' }).split(
    '\n',
  );
  assert.deepEqual(lines.slice(0, 3), [
    'path  requests',
    '/          210',
    'and 2 further: --top shows more',
  ]);
});

void test('JSON says the span and the resolution', (t) => {
  const rig = busyRig(t);
  const options = { last: '10m', by: 'status', where: 'class=5xx', metric: 'requests,rate' };
  assert.deepEqual(JSON.parse(ask(rig, options, { format: 'json' })), {
    from: '2026-11-23T22:24:30Z',
    to: '2026-11-23T22:34:30Z',
    resolution: '10s',
    completeFrom: null,
    countedFrom: '2026-11-23T22:14:00Z',
    further: 0,
    rows: [{ status: 500, requests: 2, rate: 0.003 }],
  });
});

void test('in a terminal a row shows how requests went', (t) => {
  const rig = busyRig(t);
  const options = { from: '2026-11-23T22:14', to: '2026-11-23T22:34', by: 'source', metric: 'requests' };
  assert.deepEqual(ask(rig, options, { format: 'table', hasTrend: true }).split('\n').slice(0, 3), [
    'source  requests  trend',
    'a.log        210  ▁ ▁▂▂▂▃ ▃▄▄▄▅ ▅▆▆▆▇ ▇███',
    'b.log          5   █     █ █   █     █',
  ]);
  assert.equal(sparkline([0, 1, 4, 8]), ' ▁▄█');
});

void test('time that is too old for ten seconds is answered from coarser counts, which is said', (t) => {
  const rig = createRig(t, { keepSeconds: [3600, 7200, 86_400] });
  rig.write('a.log', lineAt(0) + lineAt(61));
  rig.advance(2 * 3600);
  rig.commit();
  const options = { from: '2026-11-23T22:00', metric: 'requests', every: '1h' };
  assert.match(
    ask(rig, options, { format: 'table' }),
    /22:00:00 +2\n.*from counts of 1m\nnothing was counted before 2026-11-23 22:14:00 UTC$/s,
  );
  assert.equal(
    ask(rig, { ...options, every: '30s' }),
    'error: --every must be a multiple of 1m: of that time nothing finer is kept',
  );
  rig.advance(25 * 3600);
  rig.commit();
  assert.match(
    ask(rig, { from: '2026-11-23T22:00', metric: 'requests' }, { format: 'table' }),
    /from counts of 1h\nwhat was before 2026-11-24 01:00:00 UTC is removed$/,
  );
});

void test('what makes no sense is said in one sentence', (t) => {
  const rig = createRig(t);
  rig.commit();
  for (const [options, message] of [
    [{ last: '0' }, '--last must be above 0, got "0"'],
    [{ last: 'x' }, '--last must be a duration such as 90, 90s, 2m or 1h30m, got "x"'],
    [{ last: '1h', from: '2h' }, '--last goes without --from and --to'],
    [{ to: '2h' }, '--to needs --from'],
    [{ from: '1h', to: '2h' }, '--to must be after --from'],
    [{ from: '2099-12-05' }, '--from must be in the past, got "2099-12-05"'],
    [
      { by: 'path,' },
      '--by must be of path, status, class, method, source, client, minute, hour, day, got ""',
    ],
    [{ by: 'path,status,class' }, '--by takes one or two, separated by a comma'],
    [{ by: 'minute', every: '5m' }, '--every and --by minute say the same twice'],
    [{ by: 'minute,hour' }, '--every and --by minute and hour say the same twice'],
    [{ every: '15s' }, '--every must be a multiple of 10s: of that time nothing finer is kept'],
    [{ last: '9d', every: '10s' }, '--every must be longer: that would be more than 20000 rows'],
    [{ metric: 'p90' }, '--metric must be of requests, rate, errors, bytes, p50, p95, p99, got "p90"'],
    [{ top: '0' }, '--top must be from 1 to 99999, got "0"'],
    [{ where: 'x=1' }, '--where: there is no x, but status, class, method, path and source'],
    [{ by: 'client,path' }, '--by client goes with a time only, not with path'],
    [{ by: 'client', metric: 'bytes' }, '--by client knows requests, rate and errors, not bytes'],
    [
      { by: 'client', where: 'status=200' },
      '--by client goes without --where: the top clients are those of all requests',
    ],
  ] as const)
    assert.equal(ask(rig, options), `error: ${message}`, JSON.stringify(options));
});
