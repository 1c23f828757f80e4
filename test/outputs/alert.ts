// Alert events for the tests of the channels, and what channels need of the rest.
import type { AlertEvent } from '../../src/alerts/rule.ts';
import type { Clock } from '../../src/clock.ts';
import type { ChannelContext } from '../../src/outputs/channel-output.ts';
import { createSecretReader } from '../../src/outputs/secret.ts';
import { alertOf } from './events.ts';

/** 2026-11-23 22:14:00 UTC, at which a FakeClock begins. */
export const NOW_SECONDS = 1_795_472_040;

/** The rule `traffic` began to fire a minute ago, with 83 requests a second above 10, for reasons. */
export function alertWith(changes: Partial<AlertEvent> = {}): AlertEvent {
  return alertOf({
    id: 'traffic-1795471980',
    severity: 'critical',
    value: 83,
    peak: 83,
    timeSeconds: NOW_SECONDS - 60,
    sinceSeconds: NOW_SECONDS - 60,
    summary: '83 requests/s over 2 minutes, threshold 10',
    explanation: {
      lookedAt: 9960,
      shareError: 0,
      reasons: [
        { dimension: 'path', name: '/login', share: 0.71, previousShare: 0.03 },
        { dimension: 'client', name: '203.0.113.9', share: 0.64, previousShare: null },
      ],
    },
    message: 'Call Ada <ada@example.org> & see the runbook',
    ...changes,
  });
}

/** It is over half a minute later. */
export function resolvedWith(changes: Partial<AlertEvent> = {}): AlertEvent {
  return alertWith({
    state: 'resolved',
    value: 4.256,
    timeSeconds: NOW_SECONDS - 30,
    summary: '4.26 requests/s over 2 minutes, threshold 10',
    explanation: null,
    message: null,
    ...changes,
  });
}

export function contextWith(
  clock: Clock,
  {
    environment = {},
    firing = () => [],
  }: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly firing?: () => readonly AlertEvent[];
  } = {},
): ChannelContext {
  return { clock, secrets: createSecretReader(environment), firing };
}
