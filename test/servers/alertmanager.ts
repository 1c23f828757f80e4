// Debian's Alertmanager in a temporary folder, which tells a URL of the test what it would tell people.
import { findFreePort } from '../free-port.ts';
import { Daemon } from './daemon.ts';

/** As its API gives it. */
export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly status: { readonly state: string };
}

export class Alertmanager extends Daemon {
  /** `receiverUrl` gets its notifications as JSON. */
  static async start(receiverUrl: string): Promise<Alertmanager> {
    const port = await findFreePort();
    const started = new Alertmanager({
      program: '/usr/bin/prometheus-alertmanager',
      port,
      config: configOf(receiverUrl),
      args: (configPath, dataPath) => [
        `--config.file=${configPath}`,
        `--storage.path=${dataPath}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
        '--log.level=warn',
      ],
    });
    await started.ready();
    return started;
  }

  /** Those that fire by its lights. */
  async alerts(): Promise<ActiveAlert[]> {
    const answer = await fetch(`${this.url}/api/v2/alerts`);
    return (await answer.json()) as ActiveAlert[];
  }
}

function configOf(receiverUrl: string): string {
  return `
route: { receiver: test, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: test
    webhook_configs: [{ url: '${receiverUrl}', send_resolved: true }]
`;
}
