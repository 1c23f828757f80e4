// The stream of events from the monitor. Comes back by itself after the monitor was away, and does not trust a connection
// on which nothing comes.
import type { LiveEvent } from '../src/live/event.ts';

const RETRY_MS = 2000;
/** Updates come once a second: after so long without one the connection is dead, whatever the browser thinks. */
const SILENCE_MS = 6000;

export interface ConnectionOptions {
  readonly url: string;
  readonly received: (event: LiveEvent) => void;
  /** Told when it changes. */
  readonly changed: (isConnected: boolean) => void;
  /** Told when the monitor is there and gives no stream. */
  readonly refused: () => void;
}

/** Connects, for as long as the page is open. */
export function connect({ url, received, changed, refused }: ConnectionOptions): void {
  let isConnected: boolean | null = null;
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  const tell = (now: boolean): void => {
    if (isConnected !== now) changed(now);
    isConnected = now;
  };
  const open = (): void => {
    const stream = new EventSource(url);
    const again = (): void => {
      // Not that nothing answers: what answers has no stream.
      if (stream.readyState === EventSource.CLOSED) refused();
      stream.close();
      clearTimeout(watchdog);
      tell(false);
      setTimeout(open, RETRY_MS);
    };
    const watch = (): void => {
      clearTimeout(watchdog);
      watchdog = setTimeout(again, SILENCE_MS);
    };
    stream.addEventListener('message', ({ data }: MessageEvent<string>) => {
      watch();
      const event: LiveEvent = JSON.parse(data);
      received(event);
      tell(true);
    });
    stream.addEventListener('error', again);
    watch();
  };
  open();
}
