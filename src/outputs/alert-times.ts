// The times of an alert as the services for alerts name them. Pure.
import type { AlertEvent } from '../alerts/rule.ts';

export interface AlertTimes {
  /** When it fired; ISO 8601, UTC. */
  readonly startsAt: string;
  /** When it was over; null while it fires. */
  readonly endsAt: string | null;
}

export function timesOf({ sinceSeconds, timeSeconds, state }: AlertEvent): AlertTimes {
  return { startsAt: isoTime(sinceSeconds), endsAt: state === 'resolved' ? isoTime(timeSeconds) : null };
}

/** `2026-11-23T22:14:00.000Z` */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
