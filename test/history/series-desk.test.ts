import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeriesDesk } from '../../src/history/series-desk.ts';
import type { SeriesThreadEvents } from '../../src/history/series-desk.ts';
import type { SeriesQuery, SeriesReply } from '../../src/http/series-answer.ts';
import { FakeClock } from '../fake-clock.ts';

/** Threads that answer when a test says so. */
class Threads {
  readonly clock = new FakeClock();
  readonly started: (SeriesThreadEvents & { readonly asked: number[]; isEnded: boolean })[] = [];
  readonly desk = new SeriesDesk({
    clock: this.clock,
    start: (events) => {
      const thread = { ...events, asked: new Array<number>(), isEnded: false };
      this.started.push(thread);
      return {
        ask: ({ fromSeconds }) => thread.asked.push(fromSeconds),
        end: async () => {
          thread.isEnded = true;
        },
      };
    },
  });

  async ask(fromSeconds: number, signal = new AbortController().signal): Promise<string> {
    const { status, body } = await this.desk.ask(queryOf(fromSeconds, this.clock.now()), signal);
    return `${status} ${body}`;
  }

  get last(): (typeof this.started)[number] {
    const thread = this.started.at(-1);
    assert.ok(thread !== undefined, 'no thread was started');
    return thread;
  }
}

function queryOf(fromSeconds: number, nowSeconds: number): SeriesQuery {
  const all = { path: null, status: null, method: null, source: null };
  return { fromSeconds, toSeconds: 1000, everySeconds: null, ...all, nowSeconds };
}

const ok = (body: string): SeriesReply => ({ status: 200, body });

const BUSY =
  '503 {"available":false,"reason":"too many questions to the history at once: ask again in a few seconds"}';

void test('a thread is started for the first question, asked one at a time, and ended after a minute without one', async () => {
  const threads = new Threads();
  assert.equal(threads.started.length, 0);
  const [one, two] = [threads.ask(1), threads.ask(2)];
  assert.deepEqual(threads.last.asked, [1]);
  threads.last.replied(ok('first'));
  assert.deepEqual(threads.last.asked, [1, 2]);
  threads.last.replied(ok('second'));
  assert.deepEqual(await Promise.all([one, two]), ['200 first', '200 second']);
  threads.clock.advance(59_999);
  assert.equal(threads.last.isEnded, false);
  threads.clock.advance(1);
  assert.equal(threads.last.isEnded, true);
  const later = threads.ask(3);
  assert.equal(threads.started.length, 2);
  threads.last.replied(ok('third'));
  assert.equal(await later, '200 third');
});

void test('whoever asks the same gets the same answer, for five seconds', async () => {
  const threads = new Threads();
  const both = [threads.ask(1), threads.ask(1)];
  threads.last.replied(ok('same'));
  assert.deepEqual(await Promise.all(both), ['200 same', '200 same']);
  threads.clock.advance(4999);
  assert.equal(await threads.ask(1), '200 same');
  assert.deepEqual(threads.last.asked, [1]);
  threads.clock.advance(1);
  const again = threads.ask(1);
  assert.deepEqual(threads.last.asked, [1, 1]);
  threads.last.replied({ status: 500, body: 'no' });
  assert.equal(await again, '500 no');
  // A failure is not kept.
  void threads.ask(1);
  assert.deepEqual(threads.last.asked, [1, 1, 1]);
});

void test('eight questions may wait; the next one is told so at once', async () => {
  const threads = new Threads();
  const asked = Array.from({ length: 9 }, async (_, i) => threads.ask(i));
  assert.equal(await threads.ask(9), BUSY);
  threads.last.replied(ok('0'));
  const tenth = threads.ask(9);
  for (let i = 1; i <= 9; i++) threads.last.replied(ok(String(i)));
  assert.deepEqual(
    await Promise.all([...asked, tenth]),
    Array.from({ length: 10 }, (_, i) => `200 ${i}`),
  );
});

void test('a question that nobody waits for any more is not asked', async () => {
  const threads = new Threads();
  const first = threads.ask(1);
  const [gone, stays] = [new AbortController(), new AbortController()];
  const left = threads.ask(2, gone.signal);
  const shared = [threads.ask(3, gone.signal), threads.ask(3, stays.signal)] as const;
  gone.abort();
  assert.deepEqual(await Promise.all([left, shared[0]]), [BUSY, BUSY]);
  threads.last.replied(ok('first'));
  threads.last.replied(ok('third'));
  assert.deepEqual(await Promise.all([first, shared[1]]), ['200 first', '200 third']);
  assert.deepEqual(threads.last.asked, [1, 3]);
});

void test('after twenty seconds the thread is ended, and the next question has a new one', async () => {
  const threads = new Threads();
  const [slow, next] = [threads.ask(1), threads.ask(2)];
  const [thread] = threads.started;
  threads.clock.advance(20_000);
  assert.equal(await slow, '504 {"available":false,"reason":"it took longer than 20 s: ask for less time"}');
  assert.equal(thread?.isEnded, true);
  // What the old one had to say is not the answer to this.
  thread?.replied(ok('too late'));
  thread?.died('its thread has ended with 1');
  threads.last.replied(ok('quick'));
  assert.equal(await next, '200 quick');
  assert.equal(threads.started.length, 2);
});

void test('a thread that dies fails its question alone', async () => {
  const threads = new Threads();
  const [first, second] = [threads.ask(1), threads.ask(2)];
  threads.last.died('out of memory');
  assert.equal(await first, `500 {"available":false,"reason":"the history can't be read: out of memory"}`);
  assert.equal(threads.started.length, 2);
  threads.last.replied(ok('second'));
  assert.equal(await second, '200 second');
});

void test('when it is closed, everybody is told, the thread is ended, and nothing is asked any more', async () => {
  const threads = new Threads();
  const asked = [threads.ask(1), threads.ask(2)];
  await threads.desk.close();
  const over = '503 {"available":false,"reason":"fluffy is stopping"}';
  assert.deepEqual(await Promise.all(asked), [over, over]);
  assert.equal(await threads.ask(3), over);
  assert.equal(threads.last.isEnded, true);
  assert.equal(threads.clock.timerCount, 0);
});
