// Open seconds as JSON and back. Each series is written once, and the seconds name it by its place, as a snapshot of
// many seconds with the same paths is taken again and again.
import * as v from 'valibot';
import { AmountSchema, CountSchema, WholeSchema } from '../saved.ts';
import type { PathTable } from './paths.ts';
import { METHOD_NAMES, methodIdOf } from './methods.ts';
import type { OpenSecond } from './open-second.ts';
import { codeOf, methodIdIn, statusIn } from './second.ts';
import { StatusSchema } from './status-counts.ts';

const SavedSecondSchema = v.pipe(
  v.strictObject({
    timeSeconds: WholeSchema,
    /** Places in the list of series. */
    series: v.array(CountSchema),
    requests: v.array(v.pipe(CountSchema, v.minValue(1))),
    bytesSent: v.array(AmountSchema),
  }),
  v.check(({ series, requests, bytesSent }) =>
    [requests, bytesSent].every(({ length }) => length === series.length),
  ),
);

export const SavedSecondsSchema = v.pipe(
  v.strictObject({
    series: v.array(v.strictObject({ path: v.string(), method: v.string(), status: StatusSchema })),
    seconds: v.array(SavedSecondSchema),
  }),
  v.check(({ series, seconds }) =>
    seconds.every((second) => second.series.every((place) => place < series.length)),
  ),
  v.check(({ seconds }) => new Set(seconds.map(({ timeSeconds }) => timeSeconds)).size === seconds.length),
);
type SavedSeconds = v.InferOutput<typeof SavedSecondsSchema>;

export function saveSeconds(seconds: readonly OpenSecond[]): SavedSeconds {
  const placeOf = new Map<number, number>();
  const allSeries: SavedSeconds['series'] = [];
  const savedSeconds = seconds.map((second) => ({
    timeSeconds: second.timeSeconds,
    series: Array.from(second.seriesIds.subarray(0, second.seriesCount), (id) => {
      const known = placeOf.get(id);
      if (known !== undefined) return known;
      const code = second.names.codeOf(id);
      const method = METHOD_NAMES[methodIdIn(code)] ?? '';
      const place = allSeries.push({ path: second.names.pathOf(id), method, status: statusIn(code) }) - 1;
      placeOf.set(id, place);
      return place;
    }),
    requests: [...second.seriesRequests.subarray(0, second.seriesCount)],
    bytesSent: [...second.seriesBytesSent.subarray(0, second.seriesCount)],
  }));
  return { series: allSeries, seconds: savedSeconds };
}

interface RestoreContext {
  readonly paths: PathTable;
  readonly begin: (timeSeconds: number) => OpenSecond;
  readonly nowSeconds: number;
}

/** `begin` opens the second of that time. `nowSeconds`: the newest event time so far. */
export function restoreSeconds(saved: SavedSeconds, { paths, begin, nowSeconds }: RestoreContext): void {
  const seriesIds = saved.series.map(({ path, method, status }) =>
    paths.findByName(path, codeOf(methodIdOf(method), status), nowSeconds),
  );
  for (const savedSecond of saved.seconds) {
    const second = begin(savedSecond.timeSeconds);
    for (const [i, place] of savedSecond.series.entries()) {
      second.count(seriesIds[place] ?? 0, savedSecond.requests[i] ?? 1, savedSecond.bytesSent[i] ?? 0);
    }
    second.leave();
  }
}
