// `fluffy notify --test CHANNEL`: sends a test alert straight through a channel, past rules and outbox, and says what
// came of it.
import type { AlertEvent, Severity } from '../alerts/rule.ts';
import type { Clock } from '../clock.ts';
import type { ChannelConfig } from '../outputs/channel.ts';
import { DeliveryError } from '../outputs/delivery-error.ts';
import type { Output } from '../outputs/output.ts';
import { messageOf } from '../message-of.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { printable } from './printable.ts';

export interface NotifyResult {
  readonly exitCode: ExitCode;
  /** Lines for a person, without a newline at the end. */
  readonly text: string;
}

export interface TestOptions {
  /** Makes the channel ready to send. */
  readonly create: (config: ChannelConfig) => Promise<Output>;
  readonly clock: Clock;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/** `channels`: those that are configured; `name`: the one to be tested. Never rejects because of the channel. */
export async function testChannel(
  channels: readonly ChannelConfig[],
  name: string,
  { create, clock, signal }: TestOptions,
): Promise<NotifyResult> {
  const config = channels.find((channel) => channel.name === name);
  if (config === undefined) return { exitCode: EXIT.usage, text: unknownText(channels, name) };
  const nowSeconds = Math.floor(clock.now() / 1000);
  const output = await create(config);
  const lines: string[] = [];
  try {
    for (const alert of testAlerts(config, nowSeconds)) {
      await output.deliver([{ type: 'alert', alert }], signal);
      const what = alert.state === 'firing' ? 'the test alert' : 'the end of the test alert';
      lines.push(`${output.name}: ${what} was taken`);
    }
  } catch (error) {
    lines.push(messageOf(error));
    if (error instanceof DeliveryError && error.remedy !== null) lines.push(`  ${error.remedy}`);
    return { exitCode: EXIT.failed, text: lines.map((line) => printable(line)).join('\n') };
  } finally {
    await output.close();
  }
  return { exitCode: EXIT.ok, text: lines.map((line) => printable(line)).join('\n') };
}

function unknownText(channels: readonly ChannelConfig[], name: string): string {
  const names = channels.map((channel) => channel.name).join(', ');
  const remedy =
    names === '' ? 'none is configured: add it to channels in the configuration' : `there are: ${names}`;
  return printable(`no channel is named ${name}; ${remedy}`);
}

/** One that fires and, where that is sent, its end a second later. */
function testAlerts({ severityMin, isResolvedSent }: ChannelConfig, nowSeconds: number): AlertEvent[] {
  const firing = testAlert(severityMin, nowSeconds);
  if (!isResolvedSent) return [firing];
  return [firing, { ...firing, state: 'resolved', value: 0, timeSeconds: nowSeconds + 1 }];
}

function testAlert(severity: Severity, nowSeconds: number): AlertEvent {
  return {
    id: `test-${nowSeconds}`,
    rule: 'test',
    metric: 'request-rate',
    unit: 'requests/s',
    severity,
    state: 'firing',
    isReminder: false,
    value: 1,
    comparison: 'above',
    threshold: 0,
    windowSeconds: 1,
    timeSeconds: nowSeconds,
    sinceSeconds: nowSeconds,
    peak: 1,
    summary: 'This is a test of the channel by `fluffy notify --test`: nothing is wrong.',
    explanation: null,
    message: null,
    notify: null,
  };
}
