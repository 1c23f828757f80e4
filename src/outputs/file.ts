// Alerts and reports appended to files on the data volume, as text.
import { renderAlertText } from '../alerts/render.ts';
import type { Report } from '../reports/summary.ts';
import { BATCH_MAX } from './output.ts';
import type { Output, OutputEvent } from './output.ts';
import { RotatingFile } from './rotating-file.ts';
import type { RotatingFileOptions } from './rotating-file.ts';

/** One alert a line. */
export function createAlertFile(options: RotatingFileOptions): Output {
  return createFile(options, 'alert', (event) =>
    event.type === 'alert' ? renderAlertText(event.alert) : '',
  );
}

/** One report after another, an empty line between them. */
export function createReportFile(options: RotatingFileOptions, render: (report: Report) => string): Output {
  return createFile(options, 'report', (event) => (event.type === 'report' ? render(event.report) : ''));
}

function createFile(
  options: RotatingFileOptions,
  takes: OutputEvent['type'],
  render: (event: OutputEvent) => string,
): Output {
  const file = new RotatingFile(options);
  return {
    name: options.path,
    reach: 'local',
    batchMax: BATCH_MAX,
    takes: ({ type }) => type === takes,
    open: () => file.open(),
    deliver: (events) => file.append(events.map((event) => `${render(event)}\n`).join('')),
    close: () => file.close(),
  };
}
