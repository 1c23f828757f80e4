// A strict reader of Prometheus' text format, version 0.0.4, written from its description: it throws on what a
// scraper may refuse.

export interface Family {
  readonly type: string;
  readonly help: string;
  /** Values by labels, written as JSON of the sorted pairs; of a histogram behind the suffix of the name. */
  readonly samples: Map<string, number>;
}

const HEADER = /^# (?<kind>HELP|TYPE) (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<text>.+)$/;
const SAMPLE = /^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;
const LABEL = /(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['_sum', '_count'],
};

export function readExposition(page: string): ReadonlyMap<string, Family> {
  if (!page.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family>();
  const helps = new Map<string, string>();
  let current = '';
  for (const line of page.slice(0, -1).split('\n')) {
    const header = HEADER.exec(line)?.groups;
    if (header !== undefined) {
      current = readHeader(header, families, helps);
      continue;
    }
    const sample = SAMPLE.exec(line)?.groups;
    if (sample === undefined) throw new Error(`not a line of the format: ${line}`);
    const { type = '', samples = new Map<string, number>() } = families.get(current) ?? {};
    const suffix = suffixOf(sample['name'] ?? '', current, type);
    const labels = suffix + readLabels(sample['labels'] ?? '');
    if (samples.has(labels)) throw new Error(`${current}${labels} is there twice`);
    const value = Number(sample['value']?.replace('+Inf', 'Infinity'));
    if (Number.isNaN(value) && sample['value'] !== 'NaN') throw new Error(`${line}: not a number`);
    samples.set(labels, value);
  }
  return families;
}

function suffixOf(name: string, family: string, type: string): string {
  const suffix = SUFFIXES[type]?.find((known) => name === family + known);
  if (suffix === undefined) throw new Error(`${name} is not below its TYPE`);
  return suffix;
}

function readHeader(
  header: Record<string, string | undefined>,
  families: Map<string, Family>,
  helps: Map<string, string>,
): string {
  const { kind, name = '', text = '' } = header;
  if (kind === 'HELP') {
    if (helps.has(name)) throw new Error(`${name} has two HELP lines`);
    helps.set(name, text);
    return '';
  }
  const help = helps.get(name);
  if (help === undefined) throw new Error(`${name} has no HELP before its TYPE`);
  if (families.has(name)) throw new Error(`${name} has two TYPE lines`);
  if (!Object.hasOwn(SUFFIXES, text)) throw new Error(`${name} is of an unknown type`);
  if ((text === 'counter') !== name.endsWith('_total'))
    throw new Error(`${name} is a ${text} by another name`);
  families.set(name, { type: text, help, samples: new Map() });
  return name;
}

function readLabels(text: string): string {
  const labels: [string, string][] = [];
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const { groups } = LABEL.exec(text) ?? {};
    if (groups === undefined) throw new Error(`not a list of labels: ${text}`);
    const value = (groups['value'] ?? '').replaceAll(/\\(.)/g, (_, escaped: string) =>
      escaped === 'n' ? '\n' : escaped,
    );
    labels.push([groups['name'] ?? '', value]);
  }
  return JSON.stringify(labels.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
