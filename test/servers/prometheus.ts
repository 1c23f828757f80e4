// Debian's Prometheus (package `prometheus`) in a temporary folder, with the files of deploy/prometheus: only the addresses
// and the interval of its scrapes are others.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '../free-port.ts';
import { ROOT } from '../monitor-process.ts';
import { Daemon } from './daemon.ts';

const SHIPPED = join(ROOT, 'deploy', 'prometheus');

/** `host:port` of what is named in the shipped configuration. */
export interface Addresses {
  readonly fluffy: string;
  readonly alertmanager: string;
  /** A file with the token that fluffy wants; what is commented in the configuration for that then counts. */
  readonly tokenPath?: string;
}

type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

export class Prometheus extends Daemon {
  static async start(addresses: Addresses): Promise<Prometheus> {
    const port = await findFreePort();
    const started = new Prometheus({
      program: '/usr/bin/prometheus',
      port,
      config: configOf(addresses),
      args: (configPath, dataPath) => [
        `--config.file=${configPath}`,
        `--storage.tsdb.path=${dataPath}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
      ],
    });
    await started.ready();
    return started;
  }

  /** What an expression gives now. */
  async query(expression: string): Promise<Sample[]> {
    const data = await this.#get<{
      readonly resultType: string;
      readonly result: readonly { readonly metric: Labels; readonly value: readonly [number, string] }[];
    }>(`query?query=${encodeURIComponent(expression)}`);
    if (data.resultType !== 'vector') throw new Error(`${expression} gives a ${data.resultType}`);
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** Health of each target by its job. */
  async targets(): Promise<Readonly<Record<string, string>>> {
    const { activeTargets } = await this.#get<{
      readonly activeTargets: readonly { readonly labels: Labels; readonly health: string }[];
    }>('targets');
    return Object.fromEntries(activeTargets.map(({ labels, health }) => [labels['job'] ?? '', health]));
  }

  /** State of each rule by its name; and that nothing is wrong with it. */
  async rules(): Promise<ReadonlyMap<string, string>> {
    const { groups } = await this.#get<{
      readonly groups: readonly {
        readonly rules: readonly {
          readonly name: string;
          readonly state: string;
          readonly lastError?: string;
        }[];
      }[];
    }>('rules');
    const rules = groups.flatMap((group) => group.rules);
    for (const { name, lastError } of rules)
      if (lastError !== undefined && lastError !== '') throw new Error(`${name}: ${lastError}`);
    return new Map(rules.map(({ name, state }) => [name, state]));
  }

  async #get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1/${path}`);
    const body = (await answer.json()) as { readonly data: T; readonly error?: string };
    if (!answer.ok) throw new Error(`${path}: ${body.error ?? answer.status}`);
    return body.data;
  }
}

function configOf({ fluffy, alertmanager, tokenPath }: Addresses): string {
  let config = readFileSync(join(SHIPPED, 'prometheus.yml'), 'utf8');
  for (const [shipped, here] of [
    ['scrape_interval: 15s', 'scrape_interval: 500ms'],
    ['evaluation_interval: 15s', 'evaluation_interval: 500ms'],
    ['/etc/prometheus/', `${SHIPPED}/`],
    ['fluffy:9180', fluffy],
    ['alertmanager:9093', alertmanager],
    ...(tokenPath === undefined
      ? []
      : ([
          ['# authorization:', 'authorization:'],
          ['/run/secrets/fluffy', tokenPath],
        ] as const)),
  ] as const) {
    if (!config.includes(shipped)) throw new Error(`the shipped configuration lacks ${shipped}`);
    config = config.replace(shipped, here);
  }
  return config;
}
