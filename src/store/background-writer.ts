// A thread that writes commits while the monitor goes on reading: what a backlog brings would stop it for half a second at a time. It
// is there only as long as there is much to write, as it takes memory. Its commits are what others are: all or nothing,
// once.
import { extname } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { messageOf } from '../message-of.ts';
import type { WriteOrder } from './commit-writer.ts';
import { buffersOf, RowsSender } from './rows-message.ts';
import type { RowsMessage } from './rows-message.ts';
import type { HistoryChanges } from './store.ts';

/** Beside this file, and in the bundle an entry of its own beside its pieces. */
const ENTRY = new URL(`./background-thread${extname(import.meta.url)}`, import.meta.url);
/** With commits of a hundred thousand rows, a quarter of it was seen at most. */
const HEAP_MB_MAX = 256;
/** So long is waited for a commit at most when it has to be waited for. */
const WAIT_MS = 30_000;

export interface BackgroundSetting {
  readonly path: string;
  readonly port: MessagePort;
  /** How many there were. */
  readonly replies: Int32Array<SharedArrayBuffer>;
}

export type BackgroundRequest =
  | (Omit<WriteOrder, 'history'> & {
      readonly history: (Omit<HistoryChanges, 'rows'> & { readonly rows: RowsMessage }) | null;
    })
  | 'end';

export interface BackgroundReply {
  readonly problem: string | null;
}

export interface BackgroundOptions {
  /** Of the database. */
  readonly path: string;
  /** Differs as soon as another connection than the caller's has written. */
  readonly dataVersion: () => number;
  /** The thread has ended by itself; what was begun is done with a problem, unless it was written. */
  readonly died: () => void;
  /** Another program for the thread. */
  readonly entry?: URL;
}

/** `problem`: null when it is written. */
type Done = (problem: Error | null) => void;

export class BackgroundWriter {
  readonly #options: BackgroundOptions;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #replies = new Int32Array(new SharedArrayBuffer(4));
  readonly #sender = new RowsSender();
  /** Of what was begun last; null: nothing is under way. */
  #done: Done | null = null;
  #versionBefore = 0;
  #hasEnded = false;

  constructor(options: BackgroundOptions) {
    this.#options = options;
    const { path, entry = ENTRY } = options;
    const { port1, port2 } = new MessageChannel();
    const workerData: BackgroundSetting = { path, port: port2, replies: this.#replies };
    this.#worker = new Worker(entry, {
      workerData,
      transferList: [port2],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    this.#port = port1;
    port1.on('message', ({ problem }: BackgroundReply) => this.#finish(problem));
    // They must not keep the process.
    port1.unref();
    this.#worker.unref();
    let reason = 'its thread has ended';
    this.#worker.on('error', (error) => (reason = messageOf(error)));
    this.#worker.on('exit', () => this.#died(reason));
  }

  get isBusy(): boolean {
    return this.#done !== null;
  }

  /** Begins to write; nothing may be under way. `order` is copied: it may change afterwards. `done` is called once. */
  begin({ history, ...rest }: WriteOrder, done: Done): void {
    const rows = history === null ? null : this.#sender.pack(history.rows);
    const request: BackgroundRequest = {
      ...rest,
      history: history === null || rows === null ? null : { ...history, rows },
    };
    this.#versionBefore = this.#options.dataVersion();
    this.#done = done;
    // As long as something is under way it is waited for.
    this.#port.ref();
    this.#port.postMessage(request, rows === null ? [] : buffersOf(rows));
  }

  /** Waits until what was begun is done, up to half a minute; then throws. Nothing else happens meanwhile. */
  settle(): void {
    for (;;) {
      const before = Atomics.load(this.#replies, 0);
      this.#receive();
      if (!this.isBusy) return;
      // A reply may have been taken before it was counted: then this returns at once.
      if (Atomics.wait(this.#replies, 0, before, WAIT_MS) === 'timed-out')
        throw new Error('a commit has not ended after 30 s');
    }
  }

  /** Closes the connection, and ends the thread. What is under way, as it takes too long, is left to itself. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (this.isBusy) void this.#worker.terminate();
    else this.#closeConnection();
    this.#port.close();
  }

  #closeConnection(): void {
    this.#done = (): void => {};
    this.#port.postMessage('end' satisfies BackgroundRequest, []);
    try {
      this.settle();
    } catch {
      // It ends without having said so.
      void this.#worker.terminate();
    }
  }

  #receive(): void {
    const received: { readonly message: BackgroundReply } | undefined = receiveMessageOnPort(this.#port);
    if (received !== undefined) this.#finish(received.message.problem);
  }

  #finish(problem: string | null): void {
    const done = this.#done;
    this.#done = null;
    this.#port.unref();
    done?.(problem === null ? null : new Error(problem));
  }

  #died(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    // Of a commit whose reply was lost, the database knows whether it was written.
    const isWritten = this.isBusy && this.#options.dataVersion() !== this.#versionBefore;
    this.#options.died();
    if (this.isBusy) this.#finish(isWritten ? null : reason);
  }
}
