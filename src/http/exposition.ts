// Prometheus' text format, version 0.0.4: from metrics to the page that is scraped. Pure.

export type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: Labels;
  /** NaN when there is none. */
  readonly value: number;
  /** Behind the name of the metric; of histograms and summaries only. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** One line, which says the unit. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

type Samples = readonly (readonly [Labels, number])[];

export function counter(name: string, help: string, samples: number | Samples): Metric {
  return { name, type: 'counter', help, samples: samplesOf(samples) };
}

export function gauge(name: string, help: string, samples: number | Samples): Metric {
  return { name, type: 'gauge', help, samples: samplesOf(samples) };
}

/** `cumulative`: how many were at most each of `bounds`, ascending; and last how many there were. */
export function histogram(
  name: string,
  help: string,
  { bounds, cumulative, sum }: { bounds: readonly number[]; cumulative: readonly number[]; sum: number },
): Metric {
  const buckets = cumulative.map((value, index): Sample => {
    return { labels: { le: String(bounds[index] ?? '+Inf') }, value, suffix: '_bucket' };
  });
  return {
    name,
    type: 'histogram',
    help,
    samples: [...buckets, ...sumAndCount(sum, cumulative.at(-1) ?? 0)],
  };
}

/** Without quantiles: how many there were, and their sum. */
export function summary(name: string, help: string, { sum, count }: { sum: number; count: number }): Metric {
  return { name, type: 'summary', help, samples: sumAndCount(sum, count) };
}

export function renderExposition(metrics: readonly Metric[]): string {
  return metrics.map(renderMetric).join('');
}

function samplesOf(samples: number | Samples): Sample[] {
  if (typeof samples === 'number') return [{ labels: {}, value: samples }];
  return samples.map(([labels, value]) => ({ labels, value }));
}

function sumAndCount(sum: number, count: number): Sample[] {
  return [
    { labels: {}, value: sum, suffix: '_sum' },
    { labels: {}, value: count, suffix: '_count' },
  ];
}

function renderMetric({ name, type, help, samples }: Metric): string {
  const lines = samples.map(
    ({ labels, value, suffix = '' }) => `${name}${suffix}${renderLabels(labels)} ${value}\n`,
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}
