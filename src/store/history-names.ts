// The dictionary of what requests are counted by: a number stands for each source, path, method and status together.
// Bounded in memory; what no row has any more is forgotten in the database too.
import type { Connection, Statement } from './connection.ts';
import type { HistoryRows, HistorySeries } from './store.ts';

/** About 20 MB. */
const KNOWN_MAX = 100_000;
/** So exactly is noted when a series was seen last: noting it each time would be one more row to write. */
const NOTE_SECONDS = 86_400;

export class HistoryNames {
  /** Series as they are numbered by who counts them; null: nothing is known of them. */
  #named: readonly HistorySeries[] | null = null;
  /** By that number: the database's; 0: not known … */
  #ids = new Float64Array(0);
  /** … and when it was seen last, as it is noted. */
  #lastSeconds = new Float64Array(0);
  readonly #find: Statement;
  readonly #add: Statement;
  readonly #note: Statement;
  readonly #sources: NameTable;
  readonly #paths: NameTable;
  readonly #forgetSeries: Statement;
  readonly #forgetPaths: Statement;

  constructor(database: Connection) {
    this.#sources = new NameTable(database, 'history_sources');
    this.#paths = new NameTable(database, 'history_paths');
    this.#find = database.prepare(
      'SELECT id, last_time FROM history_series WHERE path = ? AND source = ? AND method = ? AND status = ?',
    );
    this.#add = database.prepare(
      `INSERT INTO history_series (path, source, method, status, last_time) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (path, source, method, status) DO NOTHING`,
    );
    this.#note = database.prepare('UPDATE history_series SET last_time = ? WHERE id = ?');
    this.#forgetSeries = database.prepare(
      'DELETE FROM history_series WHERE id IN (SELECT id FROM history_series WHERE last_time < ? LIMIT ?)',
    );
    this.#forgetPaths = database.prepare(
      `DELETE FROM history_paths WHERE id IN (
         SELECT id FROM history_paths p WHERE NOT EXISTS (SELECT 1 FROM history_series s WHERE s.path = p.id) LIMIT ?)`,
    );
  }

  /** By row: the number of its series, which is new if need be. */
  idsOf({ length, times, series, named }: HistoryRows): Float64Array {
    this.#follow(named);
    const ids = new Float64Array(length);
    for (let row = 0; row < length; row++) {
      const place = series[row] ?? 0;
      const timeSeconds = times[row] ?? 0;
      if (this.#ids[place] === 0) this.#load(place, timeSeconds);
      const id = (ids[row] = this.#ids[place] ?? 0);
      if (timeSeconds - (this.#lastSeconds[place] ?? 0) >= NOTE_SECONDS) {
        this.#lastSeconds[place] = timeSeconds;
        this.#note.run(timeSeconds, id);
      }
    }
    return ids;
  }

  /** Nothing that is known may be true: a transaction was rolled back. */
  clear(): void {
    this.#named = null;
    this.#sources.clear();
    this.#paths.clear();
  }

  /** Forgets, at most `max` of each, series of which all rows are before `seconds`, and paths without series. False: there are more. */
  forgetBefore(seconds: number, max: number): boolean {
    const series = Number(this.#forgetSeries.run(seconds - NOTE_SECONDS, max).changes);
    const paths = Number(this.#forgetPaths.run(max).changes);
    if (series + paths > 0) this.clear();
    return series < max && paths < max;
  }

  #follow(named: readonly HistorySeries[]): void {
    const room = this.#ids.length;
    if (named !== this.#named) this.#ids.fill(0);
    this.#named = named;
    if (named.length <= room) return;
    const [ids, lastSeconds] = [new Float64Array(2 * named.length), new Float64Array(2 * named.length)];
    ids.set(this.#ids);
    lastSeconds.set(this.#lastSeconds);
    this.#ids = ids;
    this.#lastSeconds = lastSeconds;
  }

  #load(place: number, timeSeconds: number): void {
    const series = this.#named?.[place];
    if (series === undefined) throw new Error(`series ${place} was never told`);
    const { source, path, method, status } = series;
    const [pathId, sourceId] = [this.#paths.idOf(path), this.#sources.idOf(source)];
    // Most that are not known are new, after the first moments of a process.
    const { changes, lastInsertRowid } = this.#add.run(pathId, sourceId, method, status, timeSeconds);
    const found = changes === 0 ? this.#find.get(pathId, sourceId, method, status) : undefined;
    this.#ids[place] = Number(found?.['id'] ?? lastInsertRowid);
    this.#lastSeconds[place] = Number(found?.['last_time'] ?? timeSeconds);
  }
}

class NameTable {
  readonly #known = new Map<string, number>();
  readonly #find: Statement;
  readonly #add: Statement;

  constructor(database: Connection, table: 'history_sources' | 'history_paths') {
    this.#find = database.prepare(`SELECT id FROM ${table} WHERE name = ?`);
    this.#add = database.prepare(`INSERT INTO ${table} (name) VALUES (?) ON CONFLICT (name) DO NOTHING`);
  }

  idOf(name: string): number {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { changes, lastInsertRowid } = this.#add.run(name);
    const id = Number(changes === 0 ? this.#find.get(name)?.['id'] : lastInsertRowid);
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.set(name, id);
    return id;
  }

  clear(): void {
    this.#known.clear();
  }
}
