// Windows of maintenance: times in which alerts of some rules are expected and nobody is told.

/** When something begins, again and again. */
interface Schedule {
  /** The first time after `seconds`; null: never. */
  next(seconds: number): number | null;
  /** The last time at `seconds` or before; null: never. */
  last(seconds: number): number | null;
}

export interface MaintenanceWindow {
  readonly schedule: Schedule;
  readonly durationSeconds: number;
  /** Names of rules; null: all. */
  readonly rules: readonly string[] | null;
}

/** Says whether a rule is in maintenance at a time, seconds since the epoch. Quick for times that go forward. */
export function createMaintenance(
  windows: readonly MaintenanceWindow[],
): (rule: string, seconds: number) => boolean {
  const probes = windows.map(({ schedule, durationSeconds, rules }) => {
    const isInside = createProbe(schedule, durationSeconds);
    return (rule: string, seconds: number) => (rules === null || rules.includes(rule)) && isInside(seconds);
  });
  return (rule, seconds) => probes.some((isInside) => isInside(rule, seconds));
}

function createProbe(schedule: Schedule, durationSeconds: number): (seconds: number) => boolean {
  // Between these two times the last beginning is known.
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let begin: number | null = null;
  return (seconds) => {
    if (seconds < from || seconds >= to) {
      begin = schedule.last(seconds);
      from = begin ?? Number.NEGATIVE_INFINITY;
      to = schedule.next(seconds) ?? Number.POSITIVE_INFINITY;
    }
    return begin !== null && seconds - begin < durationSeconds;
  };
}
