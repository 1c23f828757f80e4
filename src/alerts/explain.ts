// Why a rule fires: what the requests that it counts have in common, and what of that is new. Made from the requests of
// late, when it fires.
import { METHOD_NAMES } from '../aggregate/methods.ts';
import { methodIdIn, statusIn } from '../aggregate/second.ts';
import { whereOf } from './measure.ts';
import type { Recent } from './recent.ts';
import type { RecentRequest } from './recent-level.ts';
import { DIMENSIONS } from './rule.ts';
import type { Dimension, Explanation, Reason, Rule } from './rule.ts';
import { Selector } from './selector.ts';
import { formatAmount, formatStatuses, unitOf } from './summary.ts';

/** What less have in common is no reason. */
const SHARE_MIN = 0.05;
/** A shorter time before, or fewer requests in it, say nothing about what is usual. */
export const BEFORE_SECONDS_MIN = 60;
const BEFORE_REQUESTS_MIN = 20;
const REASONS_PER_DIMENSION_MAX = 3;
/** Names that are counted; at most so many requests are looked at that more are rare ones. */
const NAMES_MAX = 10_000;

const UNEXPLAINED: Explanation = { lookedAt: 0, shareError: 0, reasons: [] };

const NAME_OF: Readonly<Record<Dimension, (request: RecentRequest) => string>> = {
  path: ({ path }) => path,
  status: ({ code }) => (statusIn(code) === 0 ? '' : String(statusIn(code))),
  method: ({ code }) => METHOD_NAMES[methodIdIn(code)] ?? '',
  client: ({ client }) => client,
  agent: ({ agent }) => agent,
};

/** Without reasons when nothing is known of the requests that the rule counts, or when it counts none, as `silence`. */
export function explain(rule: Rule, recent: Recent, nowSeconds: number): Explanation {
  if (rule.metric === 'silence' || rule.metric === 'parse-failure-rate') return UNEXPLAINED;
  const isCounted = createFilter(rule);
  const [window] = rule.windowsSeconds;
  const from = nowSeconds - window;
  const current = tally(recent.between(from, nowSeconds), isCounted);
  if (current.lookedAt === 0) return UNEXPLAINED;
  const spanBefore = rule.previousSeconds ?? Math.max(window, BEFORE_SECONDS_MIN);
  const before = tally(recent.between(from - spanBefore, from), isCounted);
  const reasons = DIMENSIONS.flatMap((dimension) => {
    const demanded = demandedBy(rule, dimension);
    return reasonsIn(dimension, current, before).map((reason): Reason => {
      return reason.name === demanded ? { ...reason, isDemanded: true } : reason;
    });
  });
  return {
    lookedAt: current.lookedAt,
    shareError: current.isComplete ? 0 : 0.98 / Math.sqrt(current.effective),
    ...describePart(rule),
    reasons: reasons.toSorted((a, b) => weightOf(b) - weightOf(a)),
  };
}

/**
 * Of the requests of late, those that the rule counts; of one that looks for what is too slow, only the slow ones; of one whose
 * requests have too small a share, the others.
 */
export function createFilter(rule: Rule): (request: RecentRequest) => boolean {
  const where = whereOf(rule);
  if (areOthersCounted(rule)) {
    const [isCounted, isAny] = [new Selector(where), new Selector({ ...where, statuses: [] })];
    return ({ path, code, source }) =>
      isAny.matchesCode(code) &&
      !isCounted.matchesCode(code) &&
      isAny.matchesPath(path) &&
      isAny.matchesSource(source);
  }
  const selector = new Selector(where);
  const slowMs = areSlowCounted(rule) ? rule.threshold : Number.NEGATIVE_INFINITY;
  return ({ path, code, source, latencyMs }) =>
    selector.matchesCode(code) &&
    selector.matchesPath(path) &&
    selector.matchesSource(source) &&
    (slowMs === Number.NEGATIVE_INFINITY || latencyMs > slowMs);
}

function areSlowCounted({ metric, previousSeconds, comparison }: Rule): boolean {
  return metric.startsWith('latency') && previousSeconds === null && comparison === 'above';
}

function areOthersCounted({ metric, comparison }: Rule): boolean {
  return metric === 'status-share' && comparison === 'below';
}

/** What all requests that the rule counts have in common by its `where`; null: it leaves a choice. */
function demandedBy(rule: Rule, dimension: Dimension): string | null {
  const { paths, methods, statuses } = whereOf(rule);
  const only = (names: readonly string[]): string | null => (names.length === 1 ? (names[0] ?? null) : null);
  if (dimension === 'path') return only(paths);
  if (dimension === 'method') return only(methods);
  if (dimension !== 'status' || areOthersCounted(rule)) return null;
  return only(
    statuses.flatMap(({ first, last }) => (first === last ? [String(first)] : [String(first), String(last)])),
  );
}

/** Which of the requests that the value is of are counted, when not all of them are. */
function describePart(rule: Rule): Pick<Explanation, 'of'> {
  if (areSlowCounted(rule))
    return { of: `requests above ${formatAmount(rule.threshold, rule.metric, unitOf(rule))}` };
  const isShare = rule.metric === 'error-rate' || rule.metric === 'status-share';
  const which = areOthersCounted(rule) ? 'without' : 'with';
  return isShare ? { of: `requests ${which} status ${formatStatuses(whereOf(rule).statuses)}` } : {};
}

interface Tally {
  readonly lookedAt: number;
  readonly requests: number;
  /** No request stands for others. */
  readonly isComplete: boolean;
  /** So many requests drawn with equal chance would tell as much. */
  readonly effective: number;
  readonly names: Readonly<Record<Dimension, ReadonlyMap<string, number>>>;
}

function tally(requests: Iterable<RecentRequest>, isCounted: (request: RecentRequest) => boolean): Tally {
  const names = {
    path: new Map(),
    status: new Map(),
    method: new Map(),
    client: new Map(),
    agent: new Map(),
  } satisfies Record<Dimension, Map<string, number>>;
  let [lookedAt, sum, squares, isComplete] = [0, 0, 0, true];
  for (const request of requests) {
    if (!isCounted(request)) continue;
    const { weight } = request;
    lookedAt++;
    sum += weight;
    squares += weight * weight;
    if (weight > 1) isComplete = false;
    for (const dimension of DIMENSIONS) count(names[dimension], NAME_OF[dimension](request), weight);
  }
  return { lookedAt, requests: sum, isComplete, effective: squares === 0 ? 0 : (sum * sum) / squares, names };
}

function count(counts: Map<string, number>, name: string, weight: number): void {
  const known = counts.get(name);
  if (known === undefined && counts.size >= NAMES_MAX) return;
  counts.set(name, (known ?? 0) + weight);
}

function reasonsIn(dimension: Dimension, current: Tally, before: Tally): Reason[] {
  return [...current.names[dimension]]
    .filter(([name, requests]) => name !== '' && requests >= SHARE_MIN * current.requests)
    .toSorted(([a, of], [b, ofOther]) => ofOther - of || (a < b ? -1 : 1))
    .slice(0, REASONS_PER_DIMENSION_MAX)
    .map(([name, requests]) => ({
      dimension,
      name,
      share: requests / current.requests,
      previousShare:
        before.lookedAt < BEFORE_REQUESTS_MIN
          ? null
          : (before.names[dimension].get(name) ?? 0) / before.requests,
    }));
}

/** What is new tells more than what is always so; who and where more than how. */
const TELLING: Readonly<Record<Dimension, number>> = {
  path: 1,
  client: 1,
  status: 0.9,
  agent: 0.6,
  method: 0.5,
};

function weightOf({ dimension, share, previousShare }: Reason): number {
  const isKnown = previousShare !== null;
  return TELLING[dimension] * (isKnown ? share - previousShare + 0.1 * share : 0.6 * share);
}
