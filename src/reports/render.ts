// A report as the page with the cow, and as JSON.
import { formatNumber } from '../number-text.ts';
import type { Report } from './summary.ts';

const COW = [
  '         (__)',
  '         (oo)',
  '   /------\\/',
  '  / |    ||',
  ' *  /\\---/\\',
  '    ~~   ~~',
];
const RULE = '-'.repeat(68);
const COUNT_COLUMN = 32;

/** `timeZone`: IANA name, such as `UTC` or `Europe/Berlin`; its renderer throws a RangeError on an unknown one. */
export function createReportRenderer(timeZone: string): (report: Report) => string {
  const renderDate = createDateRenderer(timeZone);
  return (report) => renderReportText(report, renderDate(report.toSeconds));
}

/** The same with a line below: how many requests, from when to when. For a span that somebody has asked for. */
export function createSpanReportRenderer(timeZone: string): (report: Report) => string {
  const renderDate = createDateRenderer(timeZone);
  return (report) => {
    const { fromSeconds, toSeconds, requests } = report;
    const [from, to] = [renderDate(fromSeconds), renderDate(toSeconds)];
    const total = `${formatNumber(requests)} ${requests === 1 ? 'request' : 'requests'}`;
    return `${renderReportText(report, to)}${total} from ${from} to ${to}\n`;
  };
}

function createDateRenderer(timeZone: string): (timeSeconds: number) => string {
  // Made with the first report: it takes as long as a tenth of the start.
  let format: Intl.DateTimeFormat | null = null;
  return (timeSeconds) => {
    if (timeZone === 'UTC') return formatUtc(timeSeconds);
    format ??= createDateFormat(timeZone);
    return formatDate(format, timeSeconds);
  };
}

function createDateFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  });
}

function renderReportText(report: Report, date: string): string {
  return [
    ...COW,
    RULE,
    `                Report for DATE: ${date}${report.isPartial ? ' (partial)' : ''}`,
    RULE,
    'PATH                    COUNT',
    RULE,
    ...renderPaths(report),
    '',
    `---ERROR RATE: ${formatErrorRate(report)}%----`,
    '',
  ].join('\n');
}

function renderPaths(report: Report): string[] {
  if (report.requests === 0) return ['No requests in this period.'];
  const rows = report.paths.map(({ path, requests }) => `${path.padEnd(COUNT_COLUMN - 1)} ${requests}`);
  if (report.furtherPaths > 0) {
    const paths = report.furtherPaths === 1 ? 'path' : 'paths';
    const requests = report.furtherRequests === 1 ? 'request' : 'requests';
    rows.push(`and ${report.furtherPaths} further ${paths} with ${report.furtherRequests} ${requests}`);
  }
  return rows;
}

function formatErrorRate(report: Report): string {
  return (report.requests === 0 ? 0 : (100 * report.errors) / report.requests).toFixed(2);
}

export function renderReportJson(report: Report): string {
  const { id, isPartial, requests, errors, statuses, furtherPaths, furtherRequests } = report;
  return JSON.stringify({
    type: 'report',
    id,
    from: new Date(report.fromSeconds * 1000).toISOString(),
    to: new Date(report.toSeconds * 1000).toISOString(),
    isPartial,
    requests,
    errors,
    bytes: report.bytesSent,
    statuses,
    paths: report.paths.map((each) => ({ path: each.path, count: each.requests })),
    furtherPaths,
    furtherRequests,
  });
}

/** Without what knows of time zones, which takes long to load. */
function formatUtc(timeSeconds: number): string {
  const date = new Date(timeSeconds * 1000).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  return `${date.replace('T', ' ')} UTC`;
}

/** `2020-12-31 02:43:37 +01:00`: the name of a zone alone would not tell the hour that comes twice in autumn. */
function formatDate(format: Intl.DateTimeFormat, timeSeconds: number): string {
  const parts = new Map(format.formatToParts(timeSeconds * 1000).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  const clock = `${part('hour')}:${part('minute')}:${part('second')}`;
  return `${part('year')}-${part('month')}-${part('day')} ${clock} ${offset}`;
}
