// Hours of history in which far more requests failed than usual: whoever learns thresholds from them takes an outage for what is
// usual, and has to be told. Seconds in; pure.
import { statusIn } from '../aggregate/second.ts';
import type { Second } from '../aggregate/second.ts';

const HOUR = 3600;
const SERVER_ERROR = 500;
/** An hour with fewer says nothing. */
const REQUESTS_MIN = 50;
/** With fewer hours there is no usual one. */
const HOURS_MIN = 4;
/** Of its requests so many fail at least, and so many times as many as usual. */
const SHARE_MIN = 0.05;
const TIMES_MIN = 5;

/** Hours one behind the other; event time. */
export interface Incident {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly requests: number;
  /** Those with a status of 500 or above. */
  readonly failed: number;
}

export interface Incidents {
  /** In the order of their time. */
  readonly found: readonly Incident[];
  /** The share of requests that fail in the median hour, 0 to 1. */
  readonly usualShare: number;
}

export class HourlyFailures {
  readonly #hours = new Map<number, { requests: number; failed: number }>();

  add({ timeSeconds, requests, seriesCount, seriesIds, seriesRequests, names }: Second): void {
    const begin = Math.floor(timeSeconds / HOUR) * HOUR;
    let hour = this.#hours.get(begin);
    if (hour === undefined) this.#hours.set(begin, (hour = { requests: 0, failed: 0 }));
    hour.requests += requests;
    for (let i = 0; i < seriesCount; i++)
      if (statusIn(names.codeOf(seriesIds[i] ?? 0)) >= SERVER_ERROR) hour.failed += seriesRequests[i] ?? 0;
  }

  find(): Incidents {
    const hours = [...this.#hours]
      .map(([begin, counts]): Incident => ({ fromSeconds: begin, toSeconds: begin + HOUR, ...counts }))
      .filter(({ requests }) => requests >= REQUESTS_MIN)
      .toSorted((a, b) => a.fromSeconds - b.fromSeconds);
    const shares = hours.map(shareOf).toSorted((a, b) => a - b);
    const usualShare = shares[(shares.length - 1) >> 1] ?? 0;
    const isIncident = (hour: Incident): boolean =>
      shareOf(hour) >= SHARE_MIN && shareOf(hour) >= TIMES_MIN * usualShare;
    return { found: hours.length < HOURS_MIN ? [] : joined(hours.filter(isIncident)), usualShare };
  }
}

export function shareOf({ requests, failed }: Incident): number {
  return failed / requests;
}

function joined(hours: readonly Incident[]): Incident[] {
  const spans: Incident[] = [];
  for (const hour of hours) {
    const last = spans.at(-1);
    if (last?.toSeconds !== hour.fromSeconds) spans.push(hour);
    else
      spans[spans.length - 1] = {
        fromSeconds: last.fromSeconds,
        toSeconds: hour.toSeconds,
        requests: last.requests + hour.requests,
        failed: last.failed + hour.failed,
      };
  }
  return spans;
}
