// From a wall clock of a time zone to seconds since the epoch, for logs whose times name no offset.

/** Reads local times of one zone. */
export interface Zone {
  /**
   * `localSeconds` is the wall clock, counted as if it were UTC. In the hour that a change of clocks repeats it is the
   * first one; a time that a change leaves out is read with the offset from before it.
   */
  toUtc(localSeconds: number): number;
}

/** No zone changes its offset within a quarter of an hour by the clock on the wall. */
const STEP_SECONDS = 900;
const DAY_SECONDS = 86_400;
const KNOWN_MAX = 256;

export const UTC: Zone = { toUtc: (localSeconds) => localSeconds };

/** `timezone` is a name of the IANA time zone database; throws a RangeError for another. */
export function createZone(timezone: string): Zone {
  if (timezone === 'UTC') return UTC;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const known = new Map<number, number>();
  return {
    toUtc(localSeconds) {
      const step = Math.floor(localSeconds / STEP_SECONDS);
      let offset = known.get(step);
      if (offset === undefined) {
        if (known.size >= KNOWN_MAX) known.clear();
        offset = findOffset(format, step * STEP_SECONDS);
        known.set(step, offset);
      }
      return localSeconds - offset;
    },
  };
}

/** The offset a day before and a day after are the candidates: the earlier one is right if it is consistent. */
function findOffset(format: Intl.DateTimeFormat, localSeconds: number): number {
  const before = offsetAt(format, localSeconds - DAY_SECONDS);
  const after = offsetAt(format, localSeconds + DAY_SECONDS);
  if (before === after || offsetAt(format, localSeconds - before) === before) return before;
  return offsetAt(format, localSeconds - after) === after ? after : before;
}

/** Seconds that the zone is ahead of UTC at the moment `utcSeconds`. */
function offsetAt(format: Intl.DateTimeFormat, utcSeconds: number): number {
  const parts = new Map(
    format.formatToParts(utcSeconds * 1000).map(({ type, value }) => [type, Number(value)] as const),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? Number.NaN;
  const localMs = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return localMs / 1000 - utcSeconds;
}
