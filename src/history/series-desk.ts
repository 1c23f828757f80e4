// Where questions to history queue up: one at a time goes to a thread, which is started when it is needed and ended when it
// has nothing to do, takes too long, or the monitor stops. Who asks the same gets the same answer.
import type { Cancel, Clock } from '../clock.ts';
import { refuseSeries } from '../http/series-answer.ts';
import type { SeriesQuery, SeriesReply } from '../http/series-answer.ts';

/** Answers one query after the other. */
export interface SeriesThread {
  ask(query: SeriesQuery): void;
  /** Resolves when it is gone, whatever it was doing. */
  end(): Promise<void>;
}

export interface SeriesThreadEvents {
  readonly replied: (reply: SeriesReply) => void;
  /** It is gone by itself. */
  readonly died: (reason: string) => void;
}

export interface SeriesDeskOptions {
  readonly start: (events: SeriesThreadEvents) => SeriesThread;
  readonly clock: Clock;
}

/** Different questions that may wait. */
const WAITING_MAX = 8;
const LIMIT_MS = 20_000;
const IDLE_MS = 60_000;
/** So long an answer is good for whoever asks the same: pages that are open together ask together. */
const KEEP_MS = 5000;
const KEPT_MAX = 16;

const BUSY = refuseSeries(503, 'too many questions to the history at once: ask again in a few seconds');
const OVER = refuseSeries(503, 'fluffy is stopping');
const TOO_LONG = refuseSeries(504, `it took longer than ${LIMIT_MS / 1000} s: ask for less time`);

interface Job {
  readonly key: string;
  readonly query: SeriesQuery;
  readonly askers: Set<(reply: SeriesReply) => void>;
}

interface Kept {
  readonly reply: SeriesReply;
  readonly untilMs: number;
}

export class SeriesDesk {
  readonly #options: SeriesDeskOptions;
  readonly #waiting: Job[] = [];
  readonly #kept = new Map<string, Kept>();
  #running: Job | null = null;
  #thread: SeriesThread | null = null;
  #cancelLimit: Cancel = () => {};
  #cancelIdle: Cancel = () => {};
  #isOver = false;

  constructor(options: SeriesDeskOptions) {
    this.#options = options;
  }

  /** `signal`: whoever asked is gone. Never rejects. */
  async ask(query: SeriesQuery, signal: AbortSignal): Promise<SeriesReply> {
    if (this.#isOver) return OVER;
    const key = JSON.stringify({ ...query, nowSeconds: 0 });
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.untilMs > this.#options.clock.now()) return kept.reply;
    const known = [this.#running, ...this.#waiting].find((job) => job?.key === key) ?? null;
    if (known === null && this.#waiting.length >= WAITING_MAX) return BUSY;
    const job = known ?? { key, query, askers: new Set() };
    if (known === null) this.#waiting.push(job);
    const answered = Promise.withResolvers<SeriesReply>();
    const leave = (): void => this.#leave(job, answered.resolve);
    job.askers.add(answered.resolve);
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    this.#next();
    return answered.promise;
  }

  /** Answers all who wait that it is over. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#cancelLimit();
    this.#cancelIdle();
    for (const job of [this.#running, ...this.#waiting.splice(0)]) if (job !== null) answer(job, OVER);
    this.#running = null;
    await this.#endThread();
  }

  /** A question that nobody waits for any more is not asked; one that is being answered is. */
  #leave(job: Job, asker: (reply: SeriesReply) => void): void {
    job.askers.delete(asker);
    asker(BUSY);
    const place = this.#waiting.indexOf(job);
    if (job.askers.size === 0 && place >= 0) this.#waiting.splice(place, 1);
  }

  #next(): void {
    if (this.#running !== null || this.#isOver) return;
    this.#cancelIdle();
    const job = this.#waiting.shift();
    if (job === undefined) {
      this.#cancelIdle = this.#options.clock.after(IDLE_MS, () => void this.#endThread());
      return;
    }
    this.#running = job;
    this.#cancelLimit = this.#options.clock.after(LIMIT_MS, () => {
      void this.#endThread();
      this.#finish(TOO_LONG);
    });
    this.#thread ??= this.#start();
    this.#thread.ask(job.query);
  }

  /** What is heard of a thread that was ended does not count. */
  #start(): SeriesThread {
    const thread: SeriesThread = this.#options.start({
      replied: (reply) => {
        if (this.#thread === thread) this.#finish(reply);
      },
      died: (reason) => {
        if (this.#thread !== thread) return;
        this.#thread = null;
        this.#finish(refuseSeries(500, `the history can't be read: ${reason}`));
      },
    });
    return thread;
  }

  #finish(reply: SeriesReply): void {
    this.#cancelLimit();
    const job = this.#running;
    this.#running = null;
    if (job !== null) {
      if (reply.status === 200) this.#keep(job.key, reply);
      answer(job, reply);
    }
    this.#next();
  }

  #keep(key: string, reply: SeriesReply): void {
    this.#kept.delete(key);
    this.#kept.set(key, { reply, untilMs: this.#options.clock.now() + KEEP_MS });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
  }

  async #endThread(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    await thread?.end();
  }
}

function answer({ askers }: Job, reply: SeriesReply): void {
  for (const asker of askers) asker(reply);
}
