// A log with its alerting, as in the monitor: lines in, alerts with lines of the log out.
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import { Aggregator } from '../../src/aggregate/aggregator.ts';
import { Alerting } from '../../src/alerts/alerting.ts';
import type { AlertingOptions } from '../../src/alerts/alerting.ts';
import type { AlertEvent, Rule } from '../../src/alerts/rule.ts';
import { ALL_TIME, Log } from '../../src/log.ts';
import { anonymiseLine } from '../../src/parse/anonymise.ts';
import { createLogParser } from '../../src/parse/log-parser.ts';

export const T0 = Date.UTC(2026, 10, 23, 22, 14, 0) / 1000;

export interface LinesRigOptions extends Partial<Pick<AlertingOptions, 'isExplained' | 'hasLines'>> {
  readonly anonymiseIp?: boolean;
  readonly logFormat?: string;
}

export class LinesRig {
  readonly events: AlertEvent[] = [];
  readonly alerting: Alerting;
  readonly #aggregator: Aggregator;
  readonly #logs = new Map<string, Log>();
  readonly #options: LinesRigOptions;

  constructor(rules: readonly Rule[], options: LinesRigOptions = {}) {
    const { anonymiseIp = false, isExplained = true, hasLines = true } = options;
    this.#options = options;
    this.alerting = new Alerting({
      rules,
      isExplained,
      hasLines,
      anonymiseLine: anonymiseIp ? anonymiseLine : null,
      isInMaintenance: () => false,
      tell: (event) => this.events.push(event),
    });
    this.#aggregator = new Aggregator(this.alerting, {
      ...AGGREGATOR_DEFAULTS,
      details: this.alerting.details,
    });
  }

  /** Reads lines at `T0 + offset`, which is the time of those that have none. */
  read(offset: number, lines: readonly string[], path = 'access.log'): void {
    this.#aggregator.nowSeconds = T0 + offset;
    const log = this.#logs.get(path) ?? this.#begin(path);
    log.beginChunk((T0 + offset) * 1000);
    for (const line of lines) {
      // In the middle of a chunk, as there are others around it.
      const bytes = Buffer.from(`before\n${line}\nafter`);
      log.line(bytes, 7, bytes.length - 6);
    }
  }

  /** All before `T0 + offset` is told. */
  advanceTo(offset: number): void {
    this.#aggregator.timeline.closeBefore(T0 + offset);
  }

  /** Rules may have changed. */
  change(rules: readonly Rule[], hasLines: boolean): void {
    this.alerting.change({ rules, isExplained: true, hasLines, isInMaintenance: () => false });
    this.#aggregator.details = this.alerting.details;
  }

  /** Of the newest event. */
  get lines(): readonly string[] | undefined {
    return this.events.at(-1)?.explanation?.lines;
  }

  #begin(path: string): Log {
    const parser = createLogParser({
      logFormat: this.#options.logFormat ?? 'auto',
      jsonFields: {},
      timezone: 'UTC',
      realClientFrom: 'off',
      trustedProxies: [],
      anonymiseIp: this.#options.anonymiseIp ?? false,
    });
    const log = new Log(path, this.#aggregator, parser, { span: ALL_TIME, isReplay: false });
    this.#logs.set(path, log);
    return log;
  }
}

export interface LineValues {
  readonly target?: string;
  readonly status?: number;
  readonly client?: string;
  readonly agent?: string;
}

/** A line of the combined format at `T0 + offset`, which is below a minute. */
export function combined(offset: number, values: LineValues = {}): string {
  const { target = '/', status = 200, client = '192.0.2.1', agent = 'curl/8' } = values;
  const clock = `22:14:${String(offset).padStart(2, '0')}`;
  return `${client} - - [23/Nov/2026:${clock} +0000] "GET ${target} HTTP/1.1" ${status} 10 "-" "${agent}"`;
}
