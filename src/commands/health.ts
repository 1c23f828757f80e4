// `fluffy health`: for a container's health check. Says in one line why not.
import type { Clock } from '../clock.ts';
import { HEALTH_READY_PATH } from '../http/routes.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { askMonitor } from './monitor-client.ts';
import type { MonitorAddress } from './monitor-client.ts';

export interface HealthResult {
  readonly exitCode: ExitCode;
  readonly text: string;
}

export async function checkHealth(monitor: MonitorAddress, clock: Clock): Promise<HealthResult> {
  const reply = await askMonitor(monitor, HEALTH_READY_PATH, clock);
  if (!reply.isAnswer) return { exitCode: EXIT.failed, text: `not healthy: ${reply.reason}` };
  return reply.status === 200
    ? { exitCode: EXIT.ok, text: 'healthy' }
    : { exitCode: EXIT.failed, text: `not healthy: ${findReasons(reply.body)}` };
}

function findReasons(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'error' in parsed && Array.isArray(parsed.error)) {
      // Some are sentences with their full stop.
      return parsed.error.join('; ').replaceAll('.; ', '. ');
    }
  } catch {
    // Not JSON: shown as it is.
  }
  return body.trim();
}
