// The plan of the traffic: how many requests fall into which second, and at which moment of it. Pure.

export interface Burst {
  /** Requests per second while it lasts; replaces the ordinary rate. */
  readonly rate: number;
  /** First second of the burst, counted from the start of the run. */
  readonly fromSecond: number;
  readonly lengthSeconds: number;
  /** Repeats every so many seconds; null happens once. */
  readonly periodSeconds: number | null;
}

export interface TrafficPlan {
  /** Requests per second outside of bursts. */
  readonly rate: number;
  /** Where several are active the highest rate counts. */
  readonly bursts: readonly Burst[];
}

/** The rate planned for a whole second of the run. */
export function rateAt(plan: TrafficPlan, second: number): number {
  let highest: number | null = null;
  for (const burst of plan.bursts) {
    if (isActive(burst, second)) highest = Math.max(highest ?? 0, burst.rate);
  }
  return highest ?? plan.rate;
}

function isActive(burst: Burst, second: number): boolean {
  const sinceStart = second - burst.fromSecond;
  if (sinceStart < 0) return false;
  const intoPeriod = burst.periodSeconds === null ? sinceStart : sinceStart % burst.periodSeconds;
  return intoPeriod < burst.lengthSeconds;
}

/** True when requests keep coming however long the run lasts. */
export function isEndless(plan: TrafficPlan): boolean {
  return plan.rate > 0 || plan.bursts.some((burst) => burst.rate > 0 && burst.periodSeconds !== null);
}

export interface Schedule {
  /** Milliseconds from the start of the run to the next request, taken off the plan; null if not before `untilMs`. */
  takeBefore(untilMs: number): number | null;
}

/** Requests are spread evenly over their second; fractions of a request are carried to the next second. */
export function createSchedule(plan: TrafficPlan): Schedule {
  let second = 0;
  let taken = 0;
  let [planned, carry] = wholeAndRest(rateAt(plan, 0));
  return {
    takeBefore(untilMs) {
      while (taken === planned) {
        if ((second + 1) * 1000 >= untilMs) return null;
        second++;
        taken = 0;
        [planned, carry] = wholeAndRest(rateAt(plan, second) + carry);
      }
      const offsetMs = second * 1000 + ((taken + 0.5) * 1000) / planned;
      if (offsetMs >= untilMs) return null;
      taken++;
      return offsetMs;
    },
  };
}

function wholeAndRest(rate: number): [whole: number, rest: number] {
  // Sums of a tenth fall just short of a whole number; without the nudge their request would come a second late.
  const whole = Math.floor(rate + 1e-9);
  return [whole, Math.max(0, rate - whole)];
}
