// Two sets of rules that saw the same logs, side by side: what changes, rule by rule, if the new one takes the place of
// the old one. Rules are the same when they have the same name.
import { FIRINGS_KEPT_MAX } from './rule-tally.ts';
import type { Firing, RuleOutcome } from './rule-tally.ts';

export interface RuleComparison {
  readonly name: string;
  /** Null: this set has no rule of the name. */
  readonly before: RuleOutcome | null;
  readonly after: RuleOutcome | null;
  /** Alerts of the one that no alert of the other overlaps in time. */
  readonly onlyBefore: readonly Firing[];
  readonly onlyAfter: readonly Firing[];
  /** There were more alerts than are kept: those after the first `FIRINGS_KEPT_MAX` are not compared one by one. */
  readonly isCut: boolean;
}

/** The rules of the new set in their order, then those that only the old one has. */
export function compareOutcomes(
  before: readonly RuleOutcome[],
  after: readonly RuleOutcome[],
): RuleComparison[] {
  const nameOf = ({ rule }: RuleOutcome): string => rule.name;
  const old = new Map(before.map((outcome) => [nameOf(outcome), outcome]));
  const renewed = new Map(after.map((outcome) => [nameOf(outcome), outcome]));
  return [...new Set([...renewed.keys(), ...old.keys()])].map((name) =>
    compareRule(name, old.get(name) ?? null, renewed.get(name) ?? null),
  );
}

function compareRule(name: string, before: RuleOutcome | null, after: RuleOutcome | null): RuleComparison {
  const [old, renewed] = [before?.firings ?? [], after?.firings ?? []];
  const isCut = [before, after].some((outcome) => (outcome?.alerts ?? 0) > FIRINGS_KEPT_MAX);
  return {
    name,
    before,
    after,
    onlyBefore: withoutCounterpart(old, renewed, isCut),
    onlyAfter: withoutCounterpart(renewed, old, isCut),
    isCut,
  };
}

/** Both in order of time. When some are not kept, those after the end of the shorter list can't be judged. */
function withoutCounterpart(firings: readonly Firing[], others: readonly Firing[], isCut: boolean): Firing[] {
  const isFull = isCut && others.length === FIRINGS_KEPT_MAX;
  const knownTo = isFull ? (others.at(-1)?.startSeconds ?? 0) : Number.POSITIVE_INFINITY;
  let next = 0;
  return firings.filter((firing) => {
    while (next < others.length && endOf(others[next]) <= firing.startSeconds) next++;
    const other = others[next];
    const hasCounterpart = other !== undefined && other.startSeconds < endOf(firing);
    return !hasCounterpart && firing.startSeconds <= knownTo;
  });
}

function endOf(firing: Firing | undefined): number {
  return firing?.endSeconds ?? Number.POSITIVE_INFINITY;
}
