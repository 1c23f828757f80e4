// A report as one HTML page that needs nothing else: no script, no network, light and dark as the reader has it.
import { plainTimeOf } from './render-answer.ts';
import { CLASSES, escapeHtml, latencyChart, trafficChart } from './report-chart.ts';
import type { ReportData } from './report-data.ts';
import { alertRows, count, describeLatency, pathRows, share } from './report-markdown.ts';

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --back: #fff; --soft: #60646c; --line: #d9d9e0;
  --c2xx: #3a7bd5; --c3xx: #8da4ef; --c1xx: #b0b4ba; --cunknown: #8b8d98; --c4xx: #e08b00; --c5xx: #ce2c31; --alert: #ce2c3126; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --back: #111113; --soft: #b0b4ba; --line: #363a3f;
  --c2xx: #5b9cf5; --c4xx: #ffb224; --c5xx: #ff6369; --alert: #ff636940; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
figure { margin: 1.5rem 0; } figcaption, .legend { color: var(--soft); } svg { width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 12px; } .grid { stroke: var(--line); } .alert { fill: var(--alert); }
path { fill: none; stroke-width: 2; stroke-linecap: round; } .p50 { stroke: var(--c2xx); } .p95 { stroke: var(--c4xx); stroke-dasharray: 5 4; }
${CLASSES.map((name) => `.c${name} { fill: var(--c${name}); background: var(--c${name}); }`).join('\n')}
.legend i { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; } td { overflow-wrap: anywhere; }`;

export function renderHtml(data: ReportData): string {
  const { requests, errors } = data;
  const span = `${plainTimeOf(data.fromSeconds)} to ${plainTimeOf(data.toSeconds)} UTC`;
  const totals = `${count(requests)} requests, ${count(errors)} of them errors (${share(errors, requests)}), ${count(data.bytesSent)} bytes.`;
  const removed =
    data.completeFromSeconds === null
      ? []
      : [`What was before ${plainTimeOf(data.completeFromSeconds)} UTC is removed.`];
  const seen = CLASSES.filter((name) => data.slots.some(({ classes }) => (classes[name] ?? 0) > 0));
  const legend = seen.map((name) => `<i class="c${name}"></i>${name}`).join('');
  const further =
    data.furtherPaths > 0
      ? `<p>and ${count(data.furtherPaths)} further with ${count(data.furtherRequests)} requests</p>`
      : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Requests, ${span}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Requests from ${span}</h1>
${[totals, ...describeLatency(data), ...removed].map((text) => `<p>${text}</p>`).join('\n')}
${trafficChart(data)}
<p class="legend">${legend}</p>
${latencyChart(data)}
${table('Alerts', ['rule', 'from', 'to', 'what'], alertRows(data), 4)}
${table('Paths', ['path', 'requests', 'errors', 'p95 ms'], pathRows(data), 1)}
${further}
${table(
  'Statuses',
  ['status', 'requests', 'share'],
  data.statuses.map((line) => [String(line.status), count(line.requests), share(line.requests, requests)]),
  1,
)}
${table(
  'Clients, estimated',
  ['client', 'requests', 'errors'],
  data.clients.map((line) => [line.client, count(line.requests), count(line.errors)]),
  1,
)}
</main>
</body>
</html>`;
}

/** `textColumns`: so many from the left are flush left. */
function table(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  textColumns: number,
): string {
  if (rows.length === 0) return '';
  const row = (tag: 'th' | 'td', cells: readonly string[]): string => {
    const marked = cells.map((cell, i) => {
      const numeric = i >= textColumns ? ' class="number"' : '';
      return `<${tag}${numeric}>${escapeHtml(cell)}</${tag}>`;
    });
    return `<tr>${marked.join('')}</tr>`;
  };
  const body = rows.map((cells) => row('td', cells)).join('\n');
  return `<h2>${title}</h2>\n<div class="wide"><table><thead>${row('th', columns)}</thead>\n<tbody>${body}</tbody></table></div>`;
}
