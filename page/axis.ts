// How far the axis of values reaches, and how much room its labels take. Pure.

/** A threshold that is further away than this many times what there is would flatten it. */
const THRESHOLD_REACH = 4;
/** Of a chart in which all is 0: 1 %, 1 ms, one request a second. */
const TOP_OF_ZEROS = 1;
/** Above what is drawn. */
const HEADROOM = 1.12;

const LABEL_PX = 6.5;
const BESIDE_LABEL_PX = 14;
const WIDTH_PX_MIN = 52;

/** The upper end of an axis that begins at 0. `highest`: of the values that are drawn; null when there are none. */
export function topOf(highest: number | null, threshold: number | null): number {
  const top = highest ?? 0;
  const isNear = threshold !== null && (top === 0 || threshold <= THRESHOLD_REACH * top);
  const reached = Math.max(top, isNear ? threshold : 0);
  return (reached > 0 ? reached : TOP_OF_ZEROS) * HEADROOM;
}

/** In pixels, for labels of 11 pixels; null as long as there are none. */
export function axisWidth(labels: readonly string[] | null): number {
  const longest = Math.max(0, ...(labels ?? []).map(({ length }) => length));
  return Math.max(WIDTH_PX_MIN, Math.ceil(longest * LABEL_PX) + BESIDE_LABEL_PX);
}
