// Open seconds as JSON and back. Each series is written once, and the seconds name it by its place, as a snapshot of
// many seconds with the same paths is taken again and again.
import * as v from 'valibot';
import { AmountSchema, CountSchema, WholeSchema } from '../saved.ts';
import type { PathTable } from './paths.ts';
import { METHOD_NAMES, methodIdOf } from './methods.ts';
import type { OpenSecond } from './open-second.ts';
import type { OpenSeconds } from './open-seconds.ts';
import { codeOf, methodIdIn, statusIn } from './second.ts';
import type { Pairs, SeriesNames } from './second.ts';
import { StatusSchema } from './status-counts.ts';

const SavedSecondSchema = v.pipe(
  v.strictObject({
    timeSeconds: WholeSchema,
    /** Places in the list of series. */
    series: v.array(CountSchema),
    requests: v.array(v.pipe(CountSchema, v.minValue(1))),
    bytesSent: v.array(AmountSchema),
    /** Lines that are no record: log and number. */
    failures: v.exactOptional(v.array(v.tuple([v.string(), CountSchema]))),
    /** Place in the list of series, bin, and how many. */
    latencies: v.exactOptional(v.array(v.tuple([CountSchema, CountSchema, CountSchema]))),
    /** Place in the list of series, and hash. */
    clients: v.exactOptional(v.array(v.tuple([CountSchema, WholeSchema]))),
  }),
  v.check(({ series, requests, bytesSent }) =>
    [requests, bytesSent].every(({ length }) => length === series.length),
  ),
);

export const SavedSecondsSchema = v.pipe(
  v.strictObject({
    series: v.array(
      v.strictObject({
        path: v.string(),
        method: v.string(),
        status: StatusSchema,
        source: v.exactOptional(v.string()),
      }),
    ),
    seconds: v.array(SavedSecondSchema),
  }),
  v.check(({ series, seconds }) =>
    seconds.every((second) =>
      [second.series, placesIn(second.latencies), placesIn(second.clients)].every((places) =>
        places.every((place) => place < series.length),
      ),
    ),
  ),
  v.check(({ seconds }) => new Set(seconds.map(({ timeSeconds }) => timeSeconds)).size === seconds.length),
);
type SavedSecond = v.InferOutput<typeof SavedSecondSchema>;
type SavedSeconds = v.InferOutput<typeof SavedSecondsSchema>;

function placesIn(rows: readonly (readonly number[])[] = []): number[] {
  return rows.map(([place = 0]) => place);
}

/** All but the samples, without which an alert is the same, if with poorer reasons. */
export function saveSeconds(seconds: readonly OpenSecond[]): SavedSeconds {
  const places = new Map<number, number>();
  const series: SavedSeconds['series'] = [];
  const placeOf = (id: number, names: SeriesNames): number => {
    const known = places.get(id);
    if (known !== undefined) return known;
    const place = series.push(saveSeries(id, names)) - 1;
    places.set(id, place);
    return place;
  };
  return { series, seconds: seconds.map((second) => saveSecond(second, placeOf)) };
}

function saveSeries(id: number, names: SeriesNames): SavedSeconds['series'][number] {
  const code = names.codeOf(id);
  const source = names.sourceOf(code);
  const method = METHOD_NAMES[methodIdIn(code)] ?? '';
  const saved = { path: names.pathOf(id), method, status: statusIn(code) };
  return source === '' ? saved : { ...saved, source };
}

function saveSecond(second: OpenSecond, placeOf: (id: number, names: SeriesNames) => number): SavedSecond {
  const { names, timeSeconds, seriesCount, failures, latencies, clients } = second;
  const saved: SavedSecond = {
    timeSeconds,
    series: listOf(seriesCount, (i) => placeOf(second.seriesIds[i] ?? 0, names)),
    requests: listOf(seriesCount, (i) => second.seriesRequests[i] ?? 0),
    bytesSent: listOf(seriesCount, (i) => second.seriesBytesSent[i] ?? 0),
  };
  if (failures.count > 0)
    saved.failures = rowsOf(failures, (sourceId) => names.sourceOf(codeOf(0, 0, sourceId)));
  if (latencies.count > 0)
    saved.latencies = countEqual(
      rowsOf(latencies, (id) => id),
      (id) => placeOf(id, names),
    );
  if (clients.count > 0) saved.clients = rowsOf(clients, (id) => placeOf(id, names));
  return saved;
}

function rowsOf<T>({ count, ids, values }: Pairs, read: (id: number) => T): [T, number][] {
  return listOf(count, (i) => [read(ids[i] ?? 0), values[i] ?? 0]);
}

/** Once a second for all that is open: to iterate over typed arrays would make an object for each number. */
function listOf<T>(length: number, at: (place: number) => T): T[] {
  const list: T[] = [];
  for (let place = 0; place < length; place++) list.push(at(place));
  return list;
}

/** Equal pairs once, with their number. */
function countEqual(
  pairs: readonly [id: number, bin: number][],
  placeOf: (id: number) => number,
): [place: number, bin: number, count: number][] {
  const counts = new Map<string, [number, number, number]>();
  for (const [id, bin] of pairs) {
    const key = `${id} ${bin}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, [placeOf(id), bin, 1]);
    else known[2]++;
  }
  return [...counts.values()];
}

interface RestoreContext {
  readonly paths: PathTable;
  readonly open: OpenSeconds;
  readonly nowSeconds: number;
}

/** Opens the seconds in `open`. `nowSeconds`: the newest event time so far. */
export function restoreSeconds(saved: SavedSeconds, { paths, open, nowSeconds }: RestoreContext): void {
  const { sources } = paths.series;
  const seriesIds = saved.series.map(({ path, method, status, source = '' }) =>
    paths.findByName(path, codeOf(methodIdOf(method), status, sources.idOf(source)), nowSeconds),
  );
  const idAt = (place: number): number => seriesIds[place] ?? 0;
  for (const savedSecond of saved.seconds) {
    const second = open.begin(savedSecond.timeSeconds);
    for (const [i, place] of savedSecond.series.entries()) {
      const status = saved.series[place]?.status ?? 0;
      second.count(idAt(place), status, savedSecond.requests[i] ?? 1, savedSecond.bytesSent[i] ?? 0);
    }
    for (const [source, lines] of savedSecond.failures ?? [])
      for (let i = 0; i < lines; i++) second.countFailure(sources.idOf(source));
    for (const [place, bin, count] of savedSecond.latencies ?? [])
      for (let i = 0; i < count; i++) second.latencies.push(idAt(place), bin);
    for (const [place, hash] of savedSecond.clients ?? []) second.clients.push(idAt(place), hash);
    second.leave();
  }
}
