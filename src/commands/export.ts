// `fluffy export prometheus-rules`: the rules of the configuration for a Prometheus that scrapes fluffy.
import type { Config } from '../config/schema.ts';
import { readDuration } from '../config/duration.ts';
import { renderRulesFile } from '../prometheus/rules-file.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';

const SCRAPE_SECONDS_MAX = 300;
const JOB = /^[\w.:/-]{1,200}$/;

export interface ExportOptions {
  /** How often Prometheus scrapes, a duration of 1s to 5m. */
  readonly scrapeInterval: string;
  readonly job: string;
}

export interface ExportResult {
  readonly exitCode: ExitCode;
  /** The file; or what is wrong with the options. */
  readonly text: string;
}

export function exportPrometheusRules(config: Config, options: ExportOptions): ExportResult {
  const scrape = readDuration(options.scrapeInterval);
  if (!scrape.ok || scrape.value < 1 || scrape.value > SCRAPE_SECONDS_MAX)
    return { exitCode: EXIT.usage, text: 'error: --scrape-interval must be a duration from 1s to 5m' };
  if (!JOB.test(options.job))
    return { exitCode: EXIT.usage, text: 'error: --job must be the name of a scrape job' };
  const text = renderRulesFile({ ...config, scrapeSeconds: scrape.value, job: options.job });
  return { exitCode: EXIT.ok, text };
}
