// Standard output carries alerts, and reports if asked, as text or as one JSON event a line.
import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';

import { createConsole } from '../../src/outputs/console.ts';
import type { ConsoleOptions } from '../../src/outputs/console.ts';
import { alertEvent, kindsOf, NEVER, reportEvent } from './events.ts';

function createOutput(options: Partial<ConsoleOptions> = {}) {
  const stream = new PassThrough();
  const renderReport = (): string => 'the report\n';
  return {
    stream,
    output: createConsole({ stream, format: 'text', hasReports: true, renderReport, ...options }),
    text: () => String(stream.read() ?? ''),
  };
}

void test('as text an alert is its line, and a report its page', async () => {
  const { output, text } = createOutput();
  await output.deliver([alertEvent(1_700_000_000)], NEVER);
  await output.deliver([reportEvent(1_700_000_010)], NEVER);
  assert.equal(
    text(),
    'Monitor on alert 80 requests/sec at time 2023-11-14 22:13:20.000000 +0000 UTC\nthe report\n\n',
  );
});

void test('as JSON every event is an object on a line of its own', async () => {
  const { output, text } = createOutput({ format: 'json' });
  await output.deliver([alertEvent(1_700_000_000)], NEVER);
  await output.deliver([reportEvent(1_700_000_010)], NEVER);
  const [alert, report, end] = text().split('\n');
  const { type, id, text: line } = JSON.parse(alert ?? '');
  assert.deepEqual(
    [type, id, line],
    [
      'alert',
      'traffic-1700000000',
      'Monitor on alert 80 requests/sec at time 2023-11-14 22:13:20.000000 +0000 UTC',
    ],
  );
  assert.equal(JSON.parse(report ?? '').type, 'report');
  assert.equal(end, '');
});

void test('reports are taken only if asked for', () => {
  assert.deepEqual(kindsOf(createOutput({ hasReports: false }).output), ['alert']);
  assert.deepEqual(kindsOf(createOutput({ hasReports: true }).output), ['alert', 'report']);
});

void test('a reader that has gone is a failure of the delivery, not of the process', async () => {
  const stream = new Writable({
    write: (_chunk, _encoding, done) => done(new Error('write EPIPE')),
  });
  const { output } = createOutput({ stream });
  await assert.rejects(output.deliver([alertEvent(1)], NEVER), {
    message: 'cannot write to standard output: write EPIPE',
  });
  await assert.rejects(output.deliver([alertEvent(2)], NEVER), {
    message: 'cannot write to standard output: it is closed',
  });
});

void test('a delivery is done when the reader has taken it', async () => {
  let take: (() => void) | null = null;
  const stream = new Writable({
    write: (_chunk, _encoding, done) => {
      take = done;
    },
  });
  const { output } = createOutput({ stream });
  let isDone = false;
  const delivery = output.deliver([alertEvent(1)], NEVER).then(() => {
    isDone = true;
  });
  await new Promise((later) => setImmediate(later));
  assert.equal(isDone, false);
  (take as (() => void) | null)?.();
  await delivery;
  assert.equal(isDone, true);
});

void test('closing leaves the stream open, as it is the process that owns it', async () => {
  const { output, stream } = createOutput();
  await output.close();
  assert.equal(stream.destroyed, false);
  assert.equal(stream.writableEnded, false);
});
