// Who sends the most requests of late, against the time before: from the requests that are kept for the reasons of alerts.
import type { Recent } from '../alerts/recent.ts';
import { TOP_SECONDS } from './event.ts';
import type { LiveEvent } from './event.ts';

const TOP_MAX = 10;
/** Distinct clients that are counted. */
const CLIENTS_MAX = 10_000;

/** `toldSeconds`: event time up to which requests are looked at. */
export function findTopClients(
  recent: Pick<Recent, 'between'>,
  toldSeconds: number,
): NonNullable<LiveEvent['clients']> {
  const from = toldSeconds - TOP_SECONDS;
  const now = count(recent, from, toldSeconds);
  const before = count(recent, from - TOP_SECONDS, from);
  const top = [...now.clients]
    .toSorted(([a, of], [b, ofOther]) => ofOther - of || (a < b ? -1 : 1))
    .slice(0, TOP_MAX)
    .map(([client, requests]) => ({
      client,
      share: requests / now.requests,
      previousShare: before.requests === 0 ? null : (before.clients.get(client) ?? 0) / before.requests,
    }));
  return { lookedAt: now.lookedAt, top };
}

interface Count {
  readonly lookedAt: number;
  readonly requests: number;
  readonly clients: ReadonlyMap<string, number>;
}

function count(recent: Pick<Recent, 'between'>, fromSeconds: number, toSeconds: number): Count {
  const clients = new Map<string, number>();
  let [lookedAt, requests] = [0, 0];
  for (const { client, weight } of recent.between(fromSeconds, toSeconds)) {
    lookedAt++;
    requests += weight;
    const known = clients.get(client);
    if (client !== '' && (known !== undefined || clients.size < CLIENTS_MAX))
      clients.set(client, (known ?? 0) + weight);
  }
  return { lookedAt, requests, clients };
}
