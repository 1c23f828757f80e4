// Open seconds as JSON and back. Each series is written once, and the seconds name it by its place, as a snapshot of
// many seconds with the same paths is taken again and again.
import { isAmount, isCount, isListOf, isShape, isText, isWhole } from '../saved.ts';
import type { PathTable } from './paths.ts';
import { OpenSecond } from './second.ts';
import { isStatus } from './totals.ts';

interface SavedSeries {
  readonly path: string;
  readonly method: string;
  readonly status: number;
}

interface SavedSecond {
  readonly timeSeconds: number;
  /** Places in the list of series. */
  readonly series: readonly number[];
  readonly requests: readonly number[];
  readonly bytesSent: readonly number[];
}

export interface SavedSeconds {
  readonly series: readonly SavedSeries[];
  readonly seconds: readonly SavedSecond[];
}

const hasShape = isShape<SavedSeconds>({
  series: isListOf(isShape<SavedSeries>({ path: isText, method: isText, status: isStatus })),
  seconds: isListOf(
    isShape<SavedSecond>({
      timeSeconds: isWhole,
      series: isListOf(isCount),
      requests: isListOf(isCount),
      bytesSent: isListOf(isAmount),
    }),
  ),
});

export function isSavedSeconds(value: unknown): value is SavedSeconds {
  if (!hasShape(value)) return false;
  const times = new Set(value.seconds.map(({ timeSeconds }) => timeSeconds));
  return times.size === value.seconds.length && value.seconds.every((second) => fits(second, value.series));
}

function fits({ series, requests, bytesSent }: SavedSecond, known: readonly SavedSeries[]): boolean {
  return (
    requests.length === series.length &&
    bytesSent.length === series.length &&
    series.every((place) => place < known.length) &&
    requests.every((count) => count > 0)
  );
}

export function saveSeconds(seconds: Iterable<OpenSecond>): SavedSeconds {
  const placeById = new Map<number, number>();
  const allSeries: SavedSeries[] = [];
  const savedSeconds: SavedSecond[] = [];
  for (const second of seconds) {
    const places = second.series.map(({ id, path, method, status }) => {
      const known = placeById.get(id);
      if (known !== undefined) return known;
      const place = allSeries.push({ path, method, status }) - 1;
      placeById.set(id, place);
      return place;
    });
    savedSeconds.push({
      timeSeconds: second.timeSeconds,
      series: places,
      requests: [...second.seriesRequests],
      bytesSent: [...second.seriesBytesSent],
    });
  }
  return { series: allSeries, seconds: savedSeconds };
}

/** `nowSeconds`: the newest event time so far. */
export function restoreSeconds(saved: SavedSeconds, paths: PathTable, nowSeconds: number): OpenSecond[] {
  const series = saved.series.map(({ path, method, status }) =>
    paths.findByName(path, method, status, nowSeconds),
  );
  return saved.seconds.map((savedSecond) => {
    const second = new OpenSecond(savedSecond.timeSeconds);
    for (const [i, place] of savedSecond.series.entries()) {
      const known = series[place];
      if (known === undefined) continue;
      second.countMany(known, savedSecond.requests[i] ?? 1, savedSecond.bytesSent[i] ?? 0);
    }
    return second;
  });
}
