// What several tables of paths hold together: whether one table would have had room for it.
import { PathKeys } from './path-keys.ts';
import type { PathOptions, PathUse } from './paths.ts';
import { codeOf, methodIdIn, sourceIdIn, statusIn } from './second.ts';
import { NONE, SeriesTable } from './series-table.ts';

export class PathUnion {
  readonly #seriesMax: number;
  readonly #pathsMax: number;
  readonly #keys: PathKeys;
  readonly #series: SeriesTable;
  #seriesCount = 0;
  #isFull = false;

  constructor({ pathsMax, seriesMax }: Pick<PathOptions, 'pathsMax' | 'seriesMax'>) {
    this.#pathsMax = pathsMax;
    this.#seriesMax = seriesMax;
    this.#keys = new PathKeys(pathsMax);
    this.#series = new SeriesTable(pathsMax);
  }

  /** False from the first table on that there is no room for. */
  add({ keys, codes, codesEnds, sources, wasFull }: PathUse): boolean {
    const known = this.#series.sources;
    const sourceIds = sources.map((name) => known.idOf(name));
    if (wasFull || known.wasFull) this.#isFull = true;
    let next = 0;
    for (let i = 0; i < codesEnds.length && !this.#isFull; i++) {
      const pathId = this.#keys.placePacked(keys, i, this.#pathsMax);
      if (pathId < 0) this.#isFull = true;
      else
        for (const end = codesEnds[i] ?? 0; next < end; next++) {
          const code = codes[next] ?? 0;
          this.#count(pathId, codeOf(methodIdIn(code), statusIn(code), sourceIds[sourceIdIn(code)] ?? 0));
        }
    }
    return !this.#isFull;
  }

  #count(pathId: number, code: number): void {
    if (this.#series.find(pathId, code) !== NONE) return;
    this.#series.add(pathId, code);
    if (++this.#seriesCount > this.#seriesMax) this.#isFull = true;
  }
}
