// Alerts and reports appended to files on the data volume, as text.
import { renderAlertText } from '../alerts/render.ts';
import type { Report } from '../reports/summary.ts';
import type { Output, OutputState } from './output.ts';
import { RotatingFile } from './rotating-file.ts';
import type { RotatingFileOptions } from './rotating-file.ts';

/** One alert a line. */
export function createAlertFile(options: RotatingFileOptions): Output {
  const file = new RotatingFile(options);
  return { ...outputOf(file, options.path), alert: (event) => file.write(`${renderAlertText(event)}\n`) };
}

/** One report after another, an empty line between them. */
export function createReportFile(options: RotatingFileOptions, render: (report: Report) => string): Output {
  const file = new RotatingFile(options);
  return { ...outputOf(file, options.path), report: (report) => file.write(`${render(report)}\n`) };
}

function outputOf(
  file: RotatingFile,
  name: string,
): { state: () => OutputState; close: () => Promise<void> } {
  return { state: () => ({ name, ...file.state() }), close: () => file.close() };
}
