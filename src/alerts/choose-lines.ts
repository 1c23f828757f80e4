// Which log lines an alert shows: a few of those that its rule is about, found when it fires among the requests of late.
import type { SampledLines } from '../aggregate/sampled-lines.ts';
import { createFilter } from './explain.ts';
import { whereOf } from './measure.ts';
import type { Recent } from './recent.ts';
import type { Rule } from './rule.ts';
import { Selector } from './selector.ts';

const LINES_MAX = 20;
/** Of all lines of an alert together, as UTF-8: they travel with it, and are saved. */
const BYTES_MAX = 8000;

export interface LineSources {
  readonly recent: Recent;
  readonly lines: SampledLines;
}

interface Candidate {
  readonly timeSeconds: number;
  /** So many requests are like it. */
  readonly weight: number;
  readonly latencyMs: number;
  readonly line: number;
}

/**
 * At most 20 lines with 8,000 bytes together. Of a latency: the slowest first. Of a silence: the last that came before it. Of
 * `parse-failure-rate`: lines that are no record. Of others: as evenly as can be from the requests that the rule counts.
 * All but the first in the order of their time.
 */
export function chooseLines(rule: Rule, sources: LineSources, nowSeconds: number): string[] {
  const found = findCandidates(rule, sources, nowSeconds).filter(({ line }) => sources.lines.has(line));
  const choose = chooserOf(rule);
  const read = ({ line }: Candidate): string => sources.lines.textOf(line) ?? '';
  for (let count = LINES_MAX; count > 0;) {
    const texts = choose(found, count).map(read);
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (bytes <= BYTES_MAX) return texts;
    count = Math.min(texts.length - 1, Math.floor((texts.length * BYTES_MAX) / bytes));
  }
  return [];
}

function findCandidates(rule: Rule, { recent, lines }: LineSources, nowSeconds: number): Candidate[] {
  const [window] = rule.windowsSeconds;
  if (rule.metric !== 'silence' && rule.metric !== 'parse-failure-rate')
    return [...recent.between(nowSeconds - window, nowSeconds)].filter(createFilter(rule));
  const selector = new Selector(whereOf(rule));
  const unread = lines
    .unread()
    .filter(({ source }) => selector.matchesSource(source))
    .map(({ timeSeconds, line }) => ({ timeSeconds, line, weight: 1, latencyMs: Number.NaN }));
  if (rule.metric === 'parse-failure-rate')
    return unread.filter(({ timeSeconds }) => timeSeconds >= nowSeconds - window && timeSeconds < nowSeconds);
  const read = [...recent.between(Number.NEGATIVE_INFINITY, nowSeconds)];
  return [...read.filter(({ source }) => selector.matchesSource(source)), ...unread];
}

type Chooser = (found: readonly Candidate[], count: number) => Candidate[];

function chooserOf({ metric }: Rule): Chooser {
  if (metric === 'silence') return (found, count) => byTime(found).slice(-count);
  if (metric.startsWith('latency')) return chooseSlowest;
  return (found, count) => chooseEvenly(byTime(found), count);
}

function byTime(found: readonly Candidate[]): Candidate[] {
  return found.toSorted((a, b) => a.timeSeconds - b.timeSeconds);
}

const chooseSlowest: Chooser = (found, count) =>
  found
    .filter(({ latencyMs }) => !Number.isNaN(latencyMs))
    .toSorted((a, b) => b.latencyMs - a.latencyMs)
    .slice(0, count);

/** One of each `count`-th part of the requests that they stand for; where few stand for most, the others fill up. */
const chooseEvenly: Chooser = (found, count) => {
  if (found.length <= count) return [...found];
  const part = found.reduce((sum, { weight }) => sum + weight, 0) / count;
  let passed = -part / 2;
  const chosen = new Set<Candidate>();
  for (const candidate of found) {
    const before = Math.floor(passed / part);
    passed += candidate.weight;
    if (Math.floor(passed / part) > before && chosen.size < count) chosen.add(candidate);
  }
  const rest = found.filter((candidate) => !chosen.has(candidate));
  const missing = count - chosen.size;
  for (let i = 0; i < missing; i++) {
    const candidate = rest[Math.floor(((i + 0.5) * rest.length) / missing)];
    if (candidate !== undefined) chosen.add(candidate);
  }
  return found.filter((candidate) => chosen.has(candidate));
};
