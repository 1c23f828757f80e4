// `fluffy reload`: has the running monitor read its configuration again, and says what came of it.
import type { Clock } from '../clock.ts';
import { RELOAD_PATH } from '../http/routes.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { orderMonitor } from './monitor-client.ts';
import type { MonitorAddress } from './monitor-client.ts';

export async function reloadMonitor(
  monitor: MonitorAddress,
  clock: Clock,
): Promise<{ readonly exitCode: ExitCode; readonly text: string }> {
  const outcome = await orderMonitor(monitor, { method: 'POST', path: RELOAD_PATH, body: null }, clock);
  if (!outcome.ok) return outcome.result;
  const { needRestart } = outcome.answer;
  const rest =
    Array.isArray(needRestart) && needRestart.length > 0
      ? `; after a restart only: ${needRestart.join(', ')}`
      : '';
  return { exitCode: EXIT.ok, text: `the rules of the configuration are in force${rest}` };
}
