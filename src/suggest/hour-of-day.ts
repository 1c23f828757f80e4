// Which hour of the day it is in a time zone, for times that mostly follow each other.

/** No zone changes its offset within a quarter of an hour by the clock on the wall. */
const STEP_SECONDS = 900;

/** `timezone`: a name of the IANA database; throws a RangeError for another. The function gives 0 to 23. */
export function createHourOfDay(timezone: string): (seconds: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, hour: 'numeric', hourCycle: 'h23' });
  let knownStep = Number.NaN;
  let hour = 0;
  return (seconds) => {
    const step = Math.floor(seconds / STEP_SECONDS);
    if (step === knownStep) return hour;
    knownStep = step;
    hour = Number(format.format(step * STEP_SECONDS * 1000));
    return hour;
  };
}
