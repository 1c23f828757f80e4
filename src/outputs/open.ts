// The outputs that a configuration asks for.
import type { Writable } from 'node:stream';
import { createReportRenderer } from '../reports/render.ts';
import { createConsole } from './console.ts';
import { createAlertFile, createReportFile } from './file.ts';
import type { Output } from './output.ts';

export interface OutputsOptions {
  readonly stdout: Writable;
  readonly output: 'text' | 'json';
  readonly reportStdout: boolean;
  /** Null when alerts, or reports, are not written to a file. */
  readonly alertPath: string | null;
  readonly reportPath: string | null;
  readonly fileBytesMax: number;
  readonly fileCountMax: number;
  /** Of the dates in reports. */
  readonly timezone: string;
}

/** Nothing is opened yet. */
export function createOutputs(options: OutputsOptions): Output[] {
  const { stdout, alertPath, reportPath, fileBytesMax, fileCountMax } = options;
  const renderReport = createReportRenderer(options.timezone);
  const outputs = [
    createConsole({ stream: stdout, format: options.output, hasReports: options.reportStdout, renderReport }),
  ];
  if (alertPath !== null) outputs.push(createAlertFile({ path: alertPath, fileBytesMax, fileCountMax }));
  if (reportPath !== null)
    outputs.push(createReportFile({ path: reportPath, fileBytesMax, fileCountMax }, renderReport));
  return outputs;
}
