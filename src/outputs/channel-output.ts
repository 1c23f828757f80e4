// A channel as an output: which alerts are for it, and whose name stands before what it says. Each channel's file
// brings how it sends.
import { SEVERITIES } from '../alerts/rule.ts';
import type { AlertEvent } from '../alerts/rule.ts';
import type { Clock } from '../clock.ts';
import type { ChannelConfig } from './channel.ts';
import { DeliveryError } from './delivery-error.ts';
import type { Output } from './output.ts';
import type { SecretReader } from './secret.ts';

/** What channels need of the rest. */
export interface ChannelContext {
  readonly clock: Clock;
  readonly secrets: SecretReader;
  /** The alerts that fire now, each as it was told last. */
  readonly firing: () => readonly AlertEvent[];
}

/** How a channel sends. All reject with a DeliveryError whose message begins with the place and has no secret. */
export interface Sender {
  /** Alerts for one call of `send`; 1 when several could be taken in part. */
  readonly batchMax: number;
  /** `check` is called again after each so many milliseconds, so that the place does not forget; never if not given. */
  readonly keepAliveMs?: number;
  /** Checks what can be checked without sending anything: that the secrets can be read. */
  check(): Promise<void>;
  /** Resolves once the place has these alerts, at least one. */
  send(alerts: readonly AlertEvent[], signal: AbortSignal): Promise<void>;
  close?(): Promise<void>;
}

export function createChannelOutput(config: ChannelConfig, sender: Sender): Output {
  const name = `channel ${config.name}`;
  const named = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      throw nameError(name, error);
    }
  };
  return {
    name,
    reach: 'network',
    batchMax: sender.batchMax,
    ...(sender.keepAliveMs === undefined ? {} : { keepAliveMs: sender.keepAliveMs }),
    takes: (event) => event.type === 'alert' && isAlertFor(config, event.alert),
    open: () => named(sender.check()),
    deliver: (events, signal) =>
      named(
        sender.send(
          events.flatMap((event) => (event.type === 'alert' ? [event.alert] : [])),
          signal,
        ),
      ),
    close: async () => sender.close?.(),
  };
}

/** Whether the channel is to be told of `alert`. */
export function isAlertFor(
  { name, severityMin, isResolvedSent }: ChannelConfig,
  { notify, severity, state }: AlertEvent,
): boolean {
  return (
    (notify === null || notify.includes(name)) &&
    SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(severityMin) &&
    (state === 'firing' || isResolvedSent)
  );
}

/** Of an error that is no DeliveryError nobody knows whether it has a secret in its text, or in its cause. */
function nameError(name: string, error: unknown): DeliveryError {
  if (!(error instanceof DeliveryError))
    return new DeliveryError(`${name}: sending failed with an unexpected ${typeNameOf(error)}`);
  const { message, isFinal, retryAfterMs, remedy } = error;
  return new DeliveryError(`${name}: ${message}`, { isFinal, retryAfterMs, remedy });
}

function typeNameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
