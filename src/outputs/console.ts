// The product on standard output, which `docker logs` shows: alerts, and reports if asked.
import type { Writable } from 'node:stream';
import { renderAlertJson, renderAlertText } from '../alerts/render.ts';
import { renderReportJson } from '../reports/render.ts';
import type { Report } from '../reports/summary.ts';
import type { Output } from './output.ts';

export interface ConsoleOptions {
  readonly stream: Writable;
  /** `json`: one event a line. */
  readonly format: 'text' | 'json';
  readonly hasReports: boolean;
  readonly renderReport: (report: Report) => string;
}

/** Bytes that may wait for a reader that has stopped reading. */
const WAITING_BYTES_MAX = 1024 * 1024;

export function createConsole(options: ConsoleOptions): Output {
  const { stream, format, renderReport } = options;
  let problem: string | null = null;
  let dropped = 0;
  const noteError = (error: Error): void => {
    problem = `cannot write to standard output: ${error.message}`;
  };
  stream.on('error', noteError);
  const print = (text: string): void => {
    if (stream.destroyed || stream.writableLength > WAITING_BYTES_MAX) dropped++;
    else stream.write(`${text}\n`);
  };
  return {
    alert: (event) => print(format === 'json' ? renderAlertJson(event) : renderAlertText(event)),
    report: (report) => {
      if (options.hasReports) print(format === 'json' ? renderReportJson(report) : renderReport(report));
    },
    state: () => ({ name: 'stdout', problem, dropped }),
    close: async () => {
      // Standard output is the process's, not ours: wait until it has taken all, and leave it open.
      if (!stream.destroyed && stream.writableLength > 0)
        await new Promise((drained) => stream.write('', drained));
      stream.off('error', noteError);
    },
  };
}
