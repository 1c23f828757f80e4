// The product on standard output, which `docker logs` shows: alerts, and reports if asked.
import type { Writable } from 'node:stream';
import { renderAlertJson, renderAlertText } from '../alerts/render.ts';
import { renderReportJson } from '../reports/render.ts';
import type { Report } from '../reports/summary.ts';
import { messageOf } from '../message-of.ts';
import { BATCH_MAX } from './output.ts';
import type { Output, OutputEvent } from './output.ts';

export interface ConsoleOptions {
  readonly stream: Writable;
  /** `json`: one event a line. */
  readonly format: 'text' | 'json';
  readonly hasReports: boolean;
  readonly renderReport: (report: Report) => string;
}

export function createConsole({ stream, format, hasReports, renderReport }: ConsoleOptions): Output {
  // A write that fails also tells whoever waits for it; without a listener it would end the process.
  const ignore = (): void => {};
  stream.on('error', ignore);
  const render = (event: OutputEvent): string => {
    if (event.type === 'alert')
      return format === 'json' ? renderAlertJson(event.alert) : renderAlertText(event.alert);
    return format === 'json' ? renderReportJson(event.report) : renderReport(event.report);
  };
  const write = async (text: string): Promise<void> => {
    if (stream.destroyed) throw new Error('cannot write to standard output: it is closed');
    const outcome = Promise.withResolvers<undefined>();
    stream.write(text, (error) => (error ? outcome.reject(error) : outcome.resolve(undefined)));
    try {
      await outcome.promise;
    } catch (error) {
      const reason = messageOf(error);
      throw new Error(`cannot write to standard output: ${reason}`, { cause: error });
    }
  };
  return {
    name: 'stdout',
    reach: 'local',
    batchMax: BATCH_MAX,
    takes: ({ type }) => type === 'alert' || hasReports,
    open: async () => {},
    deliver: (events) => write(events.map((event) => `${render(event)}\n`).join('')),
    // Standard output is the process's, not ours: it stays open.
    close: async () => {
      stream.off('error', ignore);
    },
  };
}
