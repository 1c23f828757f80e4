// `fluffy silence` and `fluffy unsilence`: orders to the running monitor, and the list of what is silenced.
import type { Clock } from '../clock.ts';
import { readDuration } from '../config/duration.ts';
import { SILENCES_PATH } from '../http/routes.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { askMonitor, findRefusal, orderMonitor } from './monitor-client.ts';
import type { MonitorAddress } from './monitor-client.ts';
import { parseStatus } from './status.ts';
import { printable } from './printable.ts';

interface Result {
  readonly exitCode: ExitCode;
  readonly text: string;
}

export interface SilenceOrder {
  readonly rule: string;
  /** As configured durations are written. */
  readonly duration: string;
  readonly reason: string;
}

const SECONDS_MAX = 30 * 86_400;

export async function silenceRule(
  monitor: MonitorAddress,
  { rule, duration, reason }: SilenceOrder,
  clock: Clock,
): Promise<Result> {
  const seconds = readDuration(duration);
  if (!seconds.ok) return { exitCode: EXIT.usage, text: `--for ${seconds.message}, got "${duration}"` };
  if (seconds.value < 1 || seconds.value > SECONDS_MAX)
    return { exitCode: EXIT.usage, text: `--for must be from 1s to 30d, got "${duration}"` };
  const outcome = await orderMonitor(
    monitor,
    { method: 'POST', path: SILENCES_PATH, body: { rule, seconds: seconds.value, reason } },
    clock,
  );
  if (!outcome.ok) return outcome.result;
  const until = new Date(clock.now() + seconds.value * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return {
    exitCode: EXIT.ok,
    text: `${rule} is silenced until ${until} UTC: nobody is told of its alerts; one that fires still is told then`,
  };
}

export async function unsilenceRule(monitor: MonitorAddress, rule: string, clock: Clock): Promise<Result> {
  const path = `${SILENCES_PATH}/${encodeURIComponent(rule)}`;
  const outcome = await orderMonitor(monitor, { method: 'DELETE', path, body: null }, clock);
  return outcome.ok ? { exitCode: EXIT.ok, text: `the silence of ${rule} is over` } : outcome.result;
}

export async function listSilences(monitor: MonitorAddress, clock: Clock): Promise<Result> {
  const reply = await askMonitor(monitor, '/status', clock);
  const status = reply.isAnswer && reply.status === 200 ? parseStatus(reply.body) : null;
  if (status === null) {
    const refusal = findRefusal(reply);
    if (refusal !== null) return { exitCode: EXIT.failed, text: refusal };
    const reason = reply.isAnswer ? `what answers on port ${monitor.port} is not fluffy` : reply.reason;
    return { exitCode: EXIT.notRunning, text: `fluffy is not running: ${reason}` };
  }
  const lines = status.silences.map(
    ({ rule, untilTime, reason }) =>
      `${rule} until ${untilTime.slice(0, 19).replace('T', ' ')} UTC${reason === '' ? '' : `: ${printable(reason)}`}`,
  );
  return { exitCode: EXIT.ok, text: lines.length === 0 ? 'no rule is silenced' : lines.join('\n') };
}
