// `fluffy health`: for a container's health check. Says in one line why not.
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { askMonitor } from './monitor-client.ts';

export interface HealthResult {
  readonly exitCode: ExitCode;
  readonly text: string;
}

export async function checkHealth(http: { address: string; port: number }): Promise<HealthResult> {
  const answer = await askMonitor(http, '/health/ready');
  if (answer === null) return { exitCode: EXIT.failed, text: `no monitor answers on port ${http.port}` };
  return answer.status === 200
    ? { exitCode: EXIT.ok, text: 'healthy' }
    : { exitCode: EXIT.failed, text: `not healthy: ${findReasons(answer.body)}` };
}

function findReasons(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'error' in parsed && Array.isArray(parsed.error)) {
      return parsed.error.join(' ');
    }
  } catch {
    // Not JSON: shown as it is.
  }
  return body.trim();
}
