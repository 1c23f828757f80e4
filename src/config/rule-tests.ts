// The list `tests` of a file of tests of rules: from its blocks to tests. Pure; rule-tests-file.ts reads the file.
import { SEVERITIES, type AlertState, type Severity } from '../alerts/rule.ts';
import { readNetwork } from '../parse/address.ts';
import { UTC } from '../parse/zone.ts';
import type { Expectation, RuleTest, Series } from '../rule-tests/rule-test.ts';
import { requestsOf } from '../rule-tests/traffic.ts';
import { blockOf, readList, refuse, scalar, type Block, type Place, type Reader } from './blocks.ts';
import { choice, durationFrom, readLine, wholeFrom } from './block-values.ts';
import type { Reading } from './duration.ts';
import { readLogFormat, readTimezone } from './fields.ts';
import { knownName } from './known-name.ts';
import { readMoment } from './moment.ts';
import type { YamlValue } from './yaml-document.ts';

const START = '2026-01-01T00:00:00Z';
/** What one series makes: more would take longer than a person waits. */
const REQUESTS_MAX = 5_000_000;

const span = (min: string): Reader<number> => scalar(durationFrom(min, '7d'));

/** `ruleNames`: null when they are not known; then any will do. */
export function readTests(value: YamlValue, place: Place, ruleNames: readonly string[] | null): RuleTest[] {
  const readBlock = blockOf(testFields(ruleNames));
  return readList(value, place, (item, at) => {
    const block = readBlock(item, at);
    return block === undefined ? undefined : toTest(block);
  });
}

interface TestKeys {
  readonly name: string;
  readonly 'log-format': string;
  readonly timezone: string;
  readonly source: string;
  readonly lateness: number;
  readonly start: number;
  readonly series: readonly Series[];
  readonly lines: string;
  readonly until: number;
  readonly expect: readonly Expectation[];
}

function testFields(ruleNames: readonly string[] | null) {
  return {
    name: scalar(readLine),
    'log-format': scalar(readLogFormat),
    timezone: scalar(readTimezone),
    source: scalar(readLine),
    lateness: scalar(durationFrom('0s', '1h')),
    start: scalar(readStart),
    series: (value, place) => readList(value, place, readSeries),
    lines: scalar(readLines),
    until: span('0s'),
    expect: (value, place) => readList(value, place, readExpectation(ruleNames)),
  } satisfies { readonly [K in keyof TestKeys]: Reader<TestKeys[K]> };
}

function toTest(block: Block<TestKeys>): RuleTest | undefined {
  const { values } = block;
  for (const key of ['name', 'expect'] as const) if (!block.isGiven(key)) block.refuse([], `needs ${key}`);
  if (block.isGiven('series') === block.isGiven('lines'))
    block.refuse(['lines'], 'needs either series or lines, the traffic of the test');
  if (block.isGiven('series')) {
    for (const key of ['log-format', 'timezone'] as const)
      if (block.isGiven(key)) block.refuse([key], 'has no meaning for series: it is for lines');
  }
  const { name, expect, series, lines } = values;
  if (name === undefined || expect === undefined) return undefined;
  const traffic =
    series !== undefined
      ? { kind: 'series' as const, series }
      : {
          kind: 'lines' as const,
          text: lines ?? '',
          logFormat: values['log-format'] ?? 'combined',
          timezone: values.timezone ?? 'UTC',
        };
  return {
    name,
    traffic,
    source: values.source ?? 'access.log',
    latenessSeconds: values.lateness ?? 0,
    startSeconds: values.start ?? (series === undefined ? null : startOf(START)),
    untilSeconds: values.until ?? null,
    expect,
  };
}

interface SeriesKeys {
  readonly from: number;
  readonly for: number;
  readonly rate: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly bytes: number;
  readonly latency: number;
  readonly client: string;
  readonly clients: number;
  readonly agent: string;
}

const SERIES_FIELDS = {
  from: span('0s'),
  for: span('1s'),
  rate: scalar(readRate),
  method: scalar(readWord('must be a method such as GET', /^[A-Z]{1,32}$/)),
  path: scalar(readWord('must be a path that begins with /, without spaces', /^\/[^\s"\\\p{Cc}]{0,2047}$/u)),
  status: scalar(wholeFrom(100, 999)),
  bytes: scalar(wholeFrom(0, 1_000_000_000_000)),
  latency: scalar(readLatency),
  client: scalar(readClient),
  clients: scalar(wholeFrom(1, 65_536)),
  agent: scalar(readWord('must be a user agent: text without quotes', /^[^"\\\p{Cc}]{1,1024}$/u)),
} satisfies { readonly [K in keyof SeriesKeys]: Reader<SeriesKeys[K]> };

const readSeriesBlock = blockOf(SERIES_FIELDS);

const readSeries: Reader<Series> = (value, place) => {
  const block = readSeriesBlock(value, place);
  if (block === undefined) return undefined;
  const { values } = block;
  for (const key of ['for', 'rate'] as const) if (!block.isGiven(key)) block.refuse([], `needs ${key}`);
  if (block.isGiven('client') && block.isGiven('clients'))
    block.refuse(['clients'], 'must not be there along with client: that is one address');
  if (values.for === undefined || values.rate === undefined) return undefined;
  const series: Series = {
    fromSeconds: values.from ?? 0,
    forSeconds: values.for,
    rate: values.rate,
    method: values.method ?? 'GET',
    path: values.path ?? '/',
    status: values.status ?? 200,
    bytes: values.bytes ?? 1000,
    latencyMs: values.latency ?? null,
    client: values.client ?? '192.0.2.1',
    clients: values.clients ?? 1,
    agent: values.agent ?? '-',
  };
  if (requestsOf(series) > REQUESTS_MAX)
    return block.refuse(['rate'], `makes more than ${REQUESTS_MAX} requests over its time`);
  return series;
};

interface ExpectationKeys {
  readonly rule: string;
  readonly state: AlertState;
  readonly at: number;
  readonly between: readonly [number, number];
  readonly value: number;
  readonly above: number;
  readonly below: number;
  readonly severity: Severity;
  readonly reason: string;
}

function readExpectation(ruleNames: readonly string[] | null): Reader<Expectation> {
  const number = scalar(readNumber);
  const readBlock = blockOf<ExpectationKeys>({
    rule: scalar(knownName(ruleNames, 'rule')),
    state: scalar(choice(['firing', 'resolved'])),
    at: span('0s'),
    between: readBetween,
    value: number,
    above: number,
    below: number,
    severity: scalar(choice(SEVERITIES)),
    reason: scalar(readLine),
  });
  return (value, place) => {
    const block = readBlock(value, place);
    if (block === undefined) return undefined;
    for (const key of ['rule', 'state'] as const) if (!block.isGiven(key)) block.refuse([], `needs ${key}`);
    if (block.isGiven('at') === block.isGiven('between'))
      block.refuse(['between'], 'needs either at or between, the time from the start of the test');
    const { rule, state, at, between, ...rest } = block.values;
    const [fromSeconds, toSeconds] = between ?? [at, at];
    if (rule === undefined || state === undefined || fromSeconds === undefined || toSeconds === undefined)
      return undefined;
    return { rule, state, fromSeconds, toSeconds, ...rest };
  };
}

const readBetween: Reader<readonly [number, number]> = (value, place) => {
  const items = value.kind === 'list' ? value.items : [];
  const [from, to] = items.map((item) => span('0s')(item, place));
  if (items.length !== 2) return refuse(value, place, 'must be a list of two durations such as [60s, 65s]');
  if (from === undefined || to === undefined) return undefined;
  return from <= to ? [from, to] : refuse(value, place, 'must begin before it ends');
};

function readStart(raw: unknown): Reading<number> {
  const reading = typeof raw === 'string' ? readMoment(raw, UTC, Number.NaN) : null;
  return reading?.ok === true && Number.isFinite(reading.value)
    ? reading
    : { ok: false, message: `must be a time such as ${START}` };
}

function startOf(text: string): number {
  return Date.parse(text) / 1000;
}

function readLines(raw: unknown): Reading<string> {
  if (typeof raw === 'string')
    return { ok: true, value: raw === '' || raw.endsWith('\n') ? raw : `${raw}\n` };
  return { ok: false, message: 'must be the lines of a log, below "lines: |"' };
}

function readRate(raw: unknown): Reading<number> {
  const isRate = typeof raw === 'number' && raw > 0 && raw <= 1_000_000;
  return isRate
    ? { ok: true, value: raw }
    : { ok: false, message: 'must be a number of requests a second, above 0 and at most 1000000' };
}

/** Milliseconds, of a number of them or of text with a unit. */
function readLatency(raw: unknown): Reading<number> {
  const parts = typeof raw === 'string' ? /^(\d{1,9}(?:\.\d{1,6})?) ?(ms|s)$/.exec(raw.trim()) : null;
  const ms = parts === null ? raw : Number(parts[1]) * (parts[2] === 's' ? 1000 : 1);
  if (typeof ms === 'number' && ms >= 0 && ms <= 86_400_000) return { ok: true, value: ms };
  return { ok: false, message: 'must be a time taken such as 120ms or 1.5s' };
}

function readClient(raw: unknown): Reading<string> {
  const isAddress = typeof raw === 'string' && !raw.includes('/') && readNetwork(raw) !== null;
  return isAddress
    ? { ok: true, value: raw }
    : { ok: false, message: 'must be an address such as 192.0.2.7' };
}

function readNumber(raw: unknown): Reading<number> {
  return typeof raw === 'number' && Number.isFinite(raw)
    ? { ok: true, value: raw }
    : { ok: false, message: 'must be a number, in the unit of the metric' };
}

function readWord(message: string, pattern: RegExp): (raw: unknown) => Reading<string> {
  return (raw) =>
    typeof raw === 'string' && pattern.test(raw) ? { ok: true, value: raw } : { ok: false, message };
}
