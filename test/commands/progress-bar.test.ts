// The bar is drawn on terminals only, ten times a second at most, never wider than the terminal, and cleared away.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { ProgressBar } from '../../src/commands/progress-bar.ts';
import { FakeClock } from '../fake-clock.ts';

class FakeTerminal extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly written: string[] = [];

  constructor(isTTY: boolean, columns = 120) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
  }

  override _write(text: Buffer, _: string, done: () => void): void {
    this.written.push(text.toString());
    done();
  }
}

const CLEAR = '\r\u001b[K';
const HALF = { bytesDone: 5e6, bytesTotal: 1e7, lines: 30_000 };

void test('shows share, bytes, rate and the time that is left', () => {
  const [terminal, clock] = [new FakeTerminal(true), new FakeClock()];
  const bar = new ProgressBar(terminal, clock);
  clock.advance(3000);
  bar.show(HALF);
  assert.deepEqual(terminal.written, [
    `${CLEAR}############............  50 %, 5.0 MB of 10.0 MB, 10,000 lines/s, 3 s left`,
  ]);
});

void test('of an input that has no size it shows lines and rate', () => {
  const [terminal, clock] = [new FakeTerminal(true), new FakeClock()];
  const bar = new ProgressBar(terminal, clock);
  clock.advance(3000);
  bar.show({ bytesDone: 0, bytesTotal: 0, lines: 30_000 });
  assert.deepEqual(terminal.written, [`${CLEAR}30,000 lines, 10,000 lines/s`]);
});

void test('is drawn ten times a second at most, and again after it was cleared', () => {
  const [terminal, clock] = [new FakeTerminal(true), new FakeClock()];
  const bar = new ProgressBar(terminal, clock);
  for (let i = 0; i < 100; i++) {
    clock.advance(10);
    bar.show(HALF);
  }
  assert.equal(terminal.written.length, 10);
  bar.clear();
  bar.clear();
  assert.deepEqual(terminal.written.slice(10), [CLEAR]);
});

void test('fits into a narrow terminal, as a line that wraps could not be cleared', () => {
  const [terminal, clock] = [new FakeTerminal(true, 30), new FakeClock()];
  const bar = new ProgressBar(terminal, clock);
  clock.advance(3000);
  bar.show(HALF);
  assert.equal(terminal.written[0]?.slice(CLEAR.length).length, 29);
});

void test('is not there when standard error is no terminal', () => {
  const [terminal, clock] = [new FakeTerminal(false), new FakeClock()];
  const bar = new ProgressBar(terminal, clock);
  clock.advance(3000);
  bar.show(HALF);
  bar.clear();
  assert.deepEqual(terminal.written, []);
});
