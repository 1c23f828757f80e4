import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { FileWriter } from '../../generator/file-writer.ts';
import { temporaryFolder } from './runs.ts';

const SENT = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));

interface Pipe {
  readonly path: string;
  /** Takes what is in the pipe now. */
  readonly drain: () => Buffer;
}

function createPipe(context: TestContext): Pipe {
  const path = join(temporaryFolder(context), 'pipe');
  execFileSync('mkfifo', [path]);
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  context.after(() => closeSync(descriptor));
  const chunk = Buffer.alloc(1 << 20);
  return { path, drain: () => Buffer.from(chunk.subarray(0, readSync(descriptor, chunk))) };
}

void test('a slow reader of a pipe gets every byte once and in order', async (context) => {
  const pipe = createPipe(context);
  const received: Buffer[] = [];
  const writer = new FileWriter({
    path: pipe.path,
    archive: null,
    truncateDelayMs: 0,
    wait: async () => {
      received.push(pipe.drain());
    },
    stop: new AbortController().signal,
  });
  await writer.write(SENT);
  received.push(pipe.drain());
  writer.close();
  assert.ok(received.length > 2, 'the pipe was full at least twice');
  assert.ok(Buffer.concat(received).equals(SENT));
  assert.equal(writer.bytesWritten, SENT.length);
});

void test('a reader that reads nothing is given up at a stop, and what it could have read is known', async (context) => {
  const pipe = createPipe(context);
  const stop = new AbortController();
  const writer = new FileWriter({
    path: pipe.path,
    archive: null,
    truncateDelayMs: 0,
    wait: async () => {
      assert.equal(stop.signal.aborted, false, 'waits no more after the stop');
      stop.abort();
    },
    stop: stop.signal,
  });
  await writer.write(SENT);
  writer.close();
  const received = pipe.drain();
  assert.ok(received.length > 0 && received.length < SENT.length);
  assert.equal(writer.bytesWritten, received.length);
});

void test('what is there already is appended to, and missing folders are made', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'old.log'), 'before\n');
  for (const name of ['old.log', 'new/folder/new.log']) {
    const writer = new FileWriter({
      path: join(folder, name),
      archive: null,
      truncateDelayMs: 0,
      wait: async () => {},
      stop: new AbortController().signal,
    });
    await writer.write(Buffer.from('after\n'));
    writer.close();
  }
  assert.equal(readFileSync(join(folder, 'old.log'), 'utf8'), 'before\nafter\n');
  assert.equal(readFileSync(join(folder, 'new/folder/new.log'), 'utf8'), 'after\n');
});
