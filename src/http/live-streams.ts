// The streams of `/api/live`, one for each open page: each gets the whole window first, and then what is new, once a second.
// An update is made once, whoever many watch; a viewer that does not keep up is dropped and comes back for the whole.
import type { ServerResponse } from 'node:http';
import type { LiveEvent } from '../live/event.ts';

/** Above it new ones are told to come later. */
export const STREAMS_MAX = 200;
/** Bytes that may wait for a viewer before the next update. All viewers share them. */
const WAITING_BYTES_MAX = 512 * 1024;
const RECONNECT_MS = 1000;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  // A proxy in front, such as nginx, passes events on at once.
  'X-Accel-Buffering': 'no',
};

/** What the streams are made of. */
export interface LiveEvents {
  noteValues(): void;
  whole(): LiveEvent;
  update(): LiveEvent;
  dropChanges(): void;
}

export class LiveStreams {
  readonly #events: LiveEvents;
  readonly #viewers = new Map<ServerResponse, Viewer>();
  /** Made when somebody comes, and good until the next update. */
  #whole: Buffer | null = null;
  #isOver = false;

  constructor(events: LiveEvents) {
    this.#events = events;
  }

  get count(): number {
    return this.#viewers.size;
  }

  /** Begins a stream, for as long as `isStill` says so; false when there are too many, and nothing was sent. */
  open(response: ServerResponse, isStill: () => boolean): boolean {
    if (this.#isOver || this.#viewers.size >= STREAMS_MAX) return false;
    this.#whole ??= encode(this.#events.whole());
    response.writeHead(200, HEADERS);
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    response.write(this.#whole);
    const bytesMax = Math.max(WAITING_BYTES_MAX, 2 * this.#whole.length);
    this.#viewers.set(response, { bytesMax, isStill });
    response.once('close', () => this.#viewers.delete(response));
    return true;
  }

  /** Call it once a second. */
  tick(): void {
    this.#whole = null;
    this.#events.noteValues();
    if (this.#viewers.size === 0) return this.#events.dropChanges();
    const update = encode(this.#events.update());
    for (const [response, { bytesMax, isStill }] of this.#viewers) {
      if (!isStill()) this.#drop(response);
      else if (response.writableLength > bytesMax) response.destroy();
      else response.write(update);
    }
  }

  #drop(response: ServerResponse): void {
    this.#viewers.delete(response);
    response.end();
  }

  /** Ends all streams and begins no other. */
  end(): void {
    this.#isOver = true;
    for (const response of this.#viewers.keys()) response.end();
    this.#viewers.clear();
  }
}

interface Viewer {
  /** More may not wait for it. */
  readonly bytesMax: number;
  /** Whether it may watch still. */
  readonly isStill: () => boolean;
}

function encode(event: LiveEvent): Buffer {
  return Buffer.from(`data: ${JSON.stringify(event)}\n\n`);
}
