// Where the lines of a chart are broken: over time that was not watched there is nothing to draw. Time that was watched and
// had no request has its zeros. Pure.
import type { ChartSeries, Frame } from './frame.ts';

/** While time is watched, what a rule has is noted at least so often. */
const NOTED_SECONDS = 10;

/** `frame` with a row of nothing in each gap between its rows; what its lines are to be drawn across is undefined. */
export function breakLines(frame: Frame, series: readonly Pick<ChartSeries, 'isNoted'>[]): Frame {
  const { times, rowSeconds } = frame;
  const isBehindGap = times.map((time, place) => time - (times[place - 1] ?? time) > rowSeconds);
  const withGaps = <T>(column: readonly T[], between: (place: number) => T): T[] =>
    column.flatMap((one, place) => (isBehindGap[place] === true ? [between(place), one] : [one]));
  return {
    ...frame,
    times: withGaps(times, (place) => (times[place - 1] ?? 0) + rowSeconds),
    values: frame.values.map((column, i) =>
      withGaps(joinOver(column, times, series[i]?.isNoted === true ? NOTED_SECONDS : Infinity), () => null),
    ),
  };
}

/** What is not known becomes undefined, where the values around it are at most `secondsMax` apart. */
function joinOver(column: Frame['values'][number], times: Frame['times'], secondsMax: number) {
  const joined = [...column];
  let last = -1;
  for (let place = 0; place <= column.length; place++) {
    if (place < column.length && column[place] === null) continue;
    const seconds = (times[place] ?? Infinity) - (times[last] ?? -Infinity);
    const isJoined = seconds <= secondsMax || seconds === Infinity;
    if (isJoined) joined.fill(undefined, last + 1, place);
    last = place;
  }
  return joined;
}
