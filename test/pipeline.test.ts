// Bytes of several logs in, closed seconds out: whose time closes them, and what a broken log may hold up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AGGREGATOR_DEFAULTS } from '../src/aggregate/aggregator-options.ts';
import { createPresetParser } from '../src/parse/presets.ts';
import { Pipeline } from '../src/pipeline.ts';
import type { SourceProblem } from '../src/source/source.ts';
import { commonLines, PipelineRig, T0 } from './pipeline-rig.ts';

const UNREADABLE: SourceProblem = { code: 'unreadable', message: 'cannot read it' };

function alertsOf(rig: PipelineRig): string[] {
  return rig.alerts.map(({ state, timeSeconds }) => `${state} +${timeSeconds - T0}`);
}

void test('a second closes when the clock has passed it and the lateness', () => {
  const rig = new PipelineRig({ latenessSeconds: 2 });
  rig.write('a.log', commonLines(0, 3));
  rig.advance(2.9);
  assert.equal(rig.totals.requests, 0);
  rig.advance(0.1);
  assert.equal(rig.totals.requests, 3);
});

void test('an alert fires and recovers by the clock alone', () => {
  const rig = new PipelineRig({ windowSeconds: 10, threshold: 2, latenessSeconds: 2 });
  rig.write('a.log', commonLines(0, 21));
  for (let i = 0; i < 200; i++) rig.advance(0.2);
  assert.deepEqual(alertsOf(rig), ['firing +1', 'resolved +11']);
});

void test('while a log is behind, its own time closes seconds: a backlog is judged as it happened', () => {
  const rig = new PipelineRig({ windowSeconds: 10, threshold: 2 });
  rig.head('a.log').lagBytes = 1000;
  for (let i = -600; i < -300; i++) {
    rig.write('a.log', commonLines(i, i === -500 ? 21 : 1));
    rig.advance(0.01);
  }
  assert.deepEqual(alertsOf(rig), ['firing +-499', 'resolved +-489']);
  assert.equal(rig.totals.requests, 300 + 20 - 3);
  rig.head('a.log').lagBytes = 0;
  rig.advance(0.2);
  assert.equal(rig.totals.requests, 320);
  assert.equal(rig.pipeline.limits().lateRecords, 0);
});

void test('a whole backlog written at once fires no alert that did not happen', () => {
  const rig = new PipelineRig({ windowSeconds: 10, threshold: 2 });
  rig.head('a.log').lagBytes = 1;
  rig.write('a.log', Array.from({ length: 500 }, (_, i) => commonLines(i - 600)).join(''));
  rig.head('a.log').lagBytes = 0;
  rig.advance(5);
  assert.deepEqual(alertsOf(rig), []);
  assert.equal(rig.totals.requests, 500);
});

void test('the log that is furthest behind is waited for, one that can not be read or is read up is not', () => {
  const rig = new PipelineRig();
  rig.head('behind.log').lagBytes = 1;
  rig.write('behind.log', commonLines(-100));
  rig.write('ahead.log', commonLines(0));
  rig.head('gone.log').lagBytes = 5;
  rig.head('gone.log').problem = UNREADABLE;
  rig.advance(10);
  assert.equal(rig.totals.requests, 0);
  rig.write('behind.log', commonLines(-50));
  rig.advance(10);
  assert.equal(rig.totals.requests, 1);
  rig.head('behind.log').lagBytes = 0;
  rig.advance(0.2);
  assert.equal(rig.totals.requests, 3);
  assert.equal(rig.pipeline.limits().lateRecords, 0);
});

void test('a log that has begun and given nothing yet is waited for', () => {
  const rig = new PipelineRig();
  rig.write('a.log', commonLines(0));
  rig.head('b.log').lagBytes = 100;
  rig.advance(30);
  assert.equal(rig.totals.requests, 0);
  rig.write('b.log', commonLines(0));
  rig.head('b.log').lagBytes = 0;
  rig.advance(0.2);
  assert.equal(rig.totals.requests, 2);
  assert.equal(rig.pipeline.limits().lateRecords, 0);
});

void test('a flood of lines without a time holds the others only for its first thousand', () => {
  const rig = new PipelineRig();
  rig.head('junk.log').lagBytes = 1e9;
  rig.write('a.log', commonLines(0));
  rig.write('junk.log', 'no time in here\n'.repeat(999));
  rig.advance(10);
  assert.equal(rig.totals.requests, 0);
  rig.write('junk.log', 'no time in here\n');
  rig.advance(0.2);
  assert.equal(rig.totals.requests, 1);
  rig.write('junk.log', commonLines(9));
  rig.write('a.log', commonLines(9));
  rig.advance(10);
  assert.equal(rig.totals.requests, 1);
});

void test('records far ahead of the clock count in totals and apart, and do not close what is before them', () => {
  const rig = new PipelineRig();
  rig.write('a.log', commonLines(0) + commonLines(3600) + commonLines(0));
  rig.advance(1);
  assert.equal(rig.pipeline.limits().futureRecords, 1);
  assert.equal(rig.totals.requests, 1);
  rig.advance(3);
  assert.equal(rig.totals.requests, 3);
  rig.head('a.log').lagBytes = 1;
  rig.write('a.log', commonLines(7200));
  rig.write('a.log', commonLines(4));
  rig.advance(100);
  assert.equal(rig.pipeline.limits().lateRecords, 0);
});

void test('a late record counts in totals and reports, and is counted apart', () => {
  const rig = new PipelineRig();
  rig.write('a.log', commonLines(0));
  rig.advance(10);
  rig.write('a.log', commonLines(1));
  rig.summary.cutAt(T0 + 9);
  rig.advance(1);
  assert.equal(rig.pipeline.limits().lateRecords, 1);
  assert.equal(rig.totals.requests, 2);
  assert.deepEqual(
    rig.reports.map(({ toSeconds, requests }) => [toSeconds - T0, requests]),
    [[9, 2]],
  );
});

void test('lines are counted whole, over any chunks, with every failure by its reason', () => {
  const rig = new PipelineRig({ lineBytesMax: 100 });
  const text = `${commonLines(0)}\njunk\n${'x'.repeat(150)}\n${commonLines(0)}unfinished`;
  for (const byte of Buffer.from(text)) rig.write('a.log', Buffer.of(byte));
  assert.equal(rig.pipeline.logs()[0]?.lines, 5);
  rig.end('a.log');
  const [log] = rig.pipeline.logs();
  assert.equal(log?.lines, 6);
  assert.deepEqual(log?.failures, [
    { reason: 'empty-line', lines: 1, sample: '', column: 0 },
    { reason: 'format-mismatch', lines: 2, sample: 'unfinished', column: 0 },
    { reason: 'line-too-long', lines: 1, sample: 'x'.repeat(100), column: 100 },
  ]);
});

void test('the bytes of an unfinished line are pending', () => {
  const rig = new PipelineRig();
  const sink = rig.pipeline.open('a.log');
  sink.write(Buffer.from(`${commonLines(0)}begin`));
  assert.equal(sink.pendingBytes, 5);
  sink.write(Buffer.from(' and end\n'));
  assert.equal(sink.pendingBytes, 0);
});

void test('a format is told once, when it is found, and again only for another one', () => {
  const rig = new PipelineRig();
  const combined = commonLines(0).replace('\n', ' "-" "curl"\n');
  rig.write('a.log', 'junk\n');
  assert.deepEqual(rig.formats, []);
  for (let i = 0; i < 5; i++) {
    rig.write('a.log', commonLines(0, 3));
    rig.write('a.log', combined.repeat(3));
  }
  rig.write('b.log', combined);
  assert.deepEqual(rig.formats, ['a.log common', 'a.log combined', 'b.log combined']);
  assert.deepEqual(
    rig.pipeline.logs().map(({ path, format }) => [path, format]),
    [
      ['a.log', 'combined'],
      ['b.log', 'combined'],
    ],
  );
});

void test('a format that was named beforehand is not told', () => {
  const rig = new PipelineRig({ logFormat: 'common' });
  rig.write('a.log', commonLines(0));
  assert.deepEqual(rig.formats, []);
});

void test('generations of one log are one log, and each has its own unfinished line', () => {
  const rig = new PipelineRig();
  const old = rig.pipeline.open('a.log');
  const young = rig.pipeline.open('a.log');
  const [line] = [commonLines(0, 1, '/old')];
  old.write(Buffer.from(line.slice(0, 20)));
  young.write(Buffer.from(commonLines(0, 1, '/new')));
  old.write(Buffer.from(line.slice(20, -1)));
  old.end();
  rig.finish();
  assert.equal(rig.pipeline.logs().length, 1);
  assert.deepEqual(rig.reports[0]?.paths, [
    { path: '/new', requests: 1 },
    { path: '/old', requests: 1 },
  ]);
});

void test('of more than a thousand logs the longest quiet ones are added up in one, those being read are kept', () => {
  const rig = new PipelineRig();
  rig.write('open.log', commonLines(0));
  for (let i = 0; i < 1100; i++) {
    rig.nowMs += 1;
    rig.write(`${i}.log`, commonLines(0, 2));
    rig.end(`${i}.log`);
  }
  const logs = rig.pipeline.logs();
  assert.equal(logs.length, 1001);
  assert.equal(
    logs.reduce((sum, { lines }) => sum + lines, 0),
    2201,
  );
  const linesOf = (path: string): number | undefined => logs.find((log) => log.path === path)?.lines;
  assert.equal(linesOf('open.log'), 1);
  assert.equal(linesOf('(further logs)'), 202);
  assert.equal(linesOf('100.log'), undefined);
  assert.equal(linesOf('101.log'), 2);
  rig.crash();
  assert.deepEqual(
    rig.pipeline.logs().map(({ path, lines }) => [path, lines]),
    logs.map(({ path, lines }) => [path, lines]),
  );
});

void test('the format that a log had is offered to its next parser, an explicit one stands', () => {
  const offered: (string | null)[] = [];
  const create = () =>
    new Pipeline({
      createParser: (format) => {
        offered.push(format);
        return createPresetParser(format ?? 'common');
      },
      lineBytesMax: 300,
      latenessSeconds: 2,
      isReplay: false,
      paths: AGGREGATOR_DEFAULTS,
      consumers: [],
      now: () => T0 * 1000,
      look: () => [],
      formatFound: () => assert.fail('told before'),
    });
  const before = create();
  before.open('a.log').write(Buffer.from(commonLines(0)));
  const after = create();
  assert.equal(after.restore(before.snapshot()), true);
  assert.deepEqual(offered, [null, 'common']);
  after.open('a.log').write(Buffer.from(commonLines(0)));
  assert.deepEqual(offered, [null, 'common']);
  assert.equal(after.logs()[0]?.lines, 2);
});

void test('a log of which no line can be read is told of once, after twenty lines', () => {
  const rig = new PipelineRig();
  rig.write('a.log', 'junk\n'.repeat(19));
  assert.deepEqual(rig.told, []);
  rig.write('a.log', 'junk\n'.repeat(3));
  rig.write('a.log', 'junk\n'.repeat(30));
  rig.write('b.log', commonLines(0));
  rig.write('b.log', 'junk\n'.repeat(30));
  assert.deepEqual(rig.told, ['a.log format-mismatch 22']);
});

void test('a log is unread after twenty lines, or a hundred when it could be read before, until a line fits', () => {
  const rig = new PipelineRig();
  const areUnread = (): boolean[] => rig.pipeline.logs().map(({ isUnread }) => isUnread);
  rig.write('never.log', 'junk\n'.repeat(19));
  rig.write('once.log', `${commonLines(0)}${'junk\n'.repeat(99)}`);
  assert.deepEqual(areUnread(), [false, false]);
  rig.write('never.log', 'junk\n');
  rig.write('once.log', 'junk\n');
  assert.deepEqual(areUnread(), [true, true]);
  rig.write('never.log', commonLines(0));
  rig.write('once.log', commonLines(0));
  assert.deepEqual(areUnread(), [false, false]);
});

void test('times that are off by a whole hour are told once for each log, and are a problem as long as it is there', () => {
  const rig = new PipelineRig();
  for (let i = 0; i < 10; i++) {
    rig.write('late.log', commonLines(i * 5 - 3600));
    rig.write('right.log', commonLines(i * 5));
    rig.advance(5);
  }
  assert.deepEqual(rig.told, ['late.log -3600']);
  const skews = (): unknown => rig.pipeline.logs().map(({ skewSeconds }) => skewSeconds);
  assert.deepEqual(skews(), [-3600, null]);
  rig.end('late.log');
  assert.deepEqual(skews(), [null, null]);
});
