// Events for the tests of what sends them: the first one whole, then numbered ones.
import type { LiveEvents } from '../../src/http/live-streams.ts';
import type { LiveEvent } from '../../src/live/event.ts';

const EMPTY: LiveEvent = {
  version: '1.2.3',
  nowMs: 1,
  startedMs: 0,
  toldSeconds: null,
  isWhole: true,
  seconds: { times: [], requests: [], classes: [], bytes: [], p50: [], p95: [], p99: [], values: [] },
  steps: [],
  rules: [],
  silences: [],
  alerts: [],
  clients: null,
  sources: [],
  sourceCount: 0,
  problems: [],
};

/** `nowMs` counts the events; `text` is in each, so that they can be made long. */
export class CountedEvents implements LiveEvents {
  text = 'x';
  made: string[] = [];

  noteValues(): void {
    this.made.push('values');
  }

  dropChanges(): void {
    this.made.push('dropped');
  }

  whole(): LiveEvent {
    this.made.push('whole');
    return { ...EMPTY, version: this.text };
  }

  update(): LiveEvent {
    this.made.push('update');
    return { ...EMPTY, isWhole: false, nowMs: this.made.length, version: this.text };
  }
}

export const EVENTS = new CountedEvents();
