// `fluffy replay --store`: what a replay reads becomes history too. Composes the state database, the history and the
// fingerprints of logs; what a log had already given is not taken again.
import type { Readable } from 'node:stream';
import type { Clock } from './clock.ts';
import type { Config } from './config/schema.ts';
import { History, HISTORY_DETAILS } from './history/history.ts';
import { isoOf } from './history/render-answer.ts';
import type { ImportTarget } from './import-target.ts';
import { hashContent, isUnchanged } from './source/content-hash.ts';
import type { HistoryFile } from './source/history.ts';
import { openStore } from './store/sqlite.ts';
import type { ImportedLog, Importer, Store } from './store/store.ts';

export type ImportOpening =
  | { readonly ok: true; readonly target: ImportTarget; readonly close: () => void }
  | { readonly ok: false; /** One sentence. */ readonly message: string };

/** Takes the database: no monitor may be running on it. */
export function openImport(config: Config, clock: Clock, stdin: Readable): ImportOpening {
  if (config.statePath === null || !config.hasHistory)
    return { ok: false, message: '--store needs history, which is off' };
  const opening = openStore(config.statePath, clock.now());
  if (!opening.ok) {
    const message =
      opening.reason === 'in-use'
        ? `a monitor is running on ${config.statePath}: --store needs it stopped`
        : opening.message;
    return { ok: false, message };
  }
  const { store } = opening;
  const importer = store.beginImport();
  const close = (): void => endImport(store, importer);
  return { ok: true, target: new Target({ config, clock, stdin, importer }), close };
}

function endImport(store: Store, importer: Importer): void {
  importer.abandon();
  store.close();
}

interface TargetOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly stdin: Readable;
  readonly importer: Importer;
}

class Target implements ImportTarget {
  readonly details = HISTORY_DETAILS;
  readonly #options: TargetOptions;
  readonly #history: History;
  /** From here on the monitor itself has counted. */
  readonly #untilSeconds: number;
  readonly #chosen: { readonly file: HistoryFile; readonly log: ImportedLog }[] = [];
  #stored = 0;
  #passedOver = 0;

  constructor(options: TargetOptions) {
    const { config, clock, importer } = options;
    this.#options = options;
    const liveFrom = importer.liveFromSeconds();
    this.#untilSeconds = liveFrom ?? Number.POSITIVE_INFINITY;
    this.#history = new History({
      keepSeconds: config.historySeconds,
      bytesMax: config.historyBytesMax,
      now: () => clock.now(),
      commitSoon: () => this.#flush(),
    });
  }

  readonly consumer = {
    add: (second: Parameters<History['add']>[0]): void => {
      if (second.timeSeconds >= this.#untilSeconds) {
        this.#passedOver += second.requests;
        return;
      }
      this.#stored += second.requests;
      this.#history.add(second);
    },
    advanceTo: (timeSeconds: number): void => this.#history.advanceTo(timeSeconds),
  };

  async choose(files: readonly HistoryFile[]): ReturnType<ImportTarget['choose']> {
    const chosen: HistoryFile[] = [];
    const notes: string[] = [];
    const problems: string[] = [];
    const known = this.#options.importer.logs();
    for (const file of files) {
      const verdict = await this.#judge(file, [...known, ...this.#chosen.map(({ log }) => log)]);
      if (verdict.kind === 'new') {
        chosen.push(file);
        this.#chosen.push({ file, log: verdict.log });
      } else (verdict.kind === 'known' ? notes : problems).push(verdict.sentence);
    }
    return { files: chosen, notes, problems };
  }

  finish(isWhole: boolean): string[] {
    if (!isWhole) return ['nothing was stored, as not all was read'];
    const grown = this.#chosen.find(({ file }) => !isUnchanged(file));
    if (grown !== undefined)
      return [`nothing was stored, as ${grown.file.path} has changed while it was read: try again later`];
    this.#options.importer.finish(
      this.#history.changes(),
      this.#chosen.map(({ log }) => log),
    );
    return [`${this.#stored.toLocaleString('en')} requests were stored`, ...this.#describePassedOver()];
  }

  #describePassedOver(): string[] {
    if (this.#passedOver === 0) return [];
    const count = this.#passedOver.toLocaleString('en');
    return [`${count} were not, as the monitor itself has counted from ${isoOf(this.#untilSeconds)} on`];
  }

  #flush(): void {
    this.#options.importer.write(this.#history.changes());
    this.#history.committed();
  }

  async #judge(file: HistoryFile, known: readonly ImportedLog[]): Promise<Verdict> {
    const { path } = file;
    if (file.isPipe)
      return {
        kind: 'problem',
        sentence: `${path}: --store takes files, as it has to know whether it had them before`,
      };
    const content = await hashContent(
      file,
      this.#options.stdin,
      known.map(({ bytes }) => bytes),
    );
    if (!content.ok) return { kind: 'problem', sentence: content.problem };
    const { whole, beginnings } = content;
    const same = known.find(({ hash }) => hash === whole.hash);
    if (same !== undefined)
      return { kind: 'known', sentence: `${path}: is stored already, ${describe(same)}` };
    const begun = known.findLast((log) => log.bytes > 0 && beginnings.some(({ hash }) => hash === log.hash));
    if (begun !== undefined) {
      const rest = `the rest alone can be: tail -c +${begun.bytes + 1} ${path} > rest.log`;
      return {
        kind: 'problem',
        sentence: `${path}: its beginning is stored already, ${describe(begun)}; ${rest}`,
      };
    }
    const importedSeconds = Math.floor(this.#options.clock.now() / 1000);
    return { kind: 'new', log: { ...whole, name: path, importedSeconds } };
  }
}

type Verdict =
  | { readonly kind: 'new'; readonly log: ImportedLog }
  | { readonly kind: 'known' | 'problem'; readonly sentence: string };

function describe({ name, importedSeconds }: ImportedLog): string {
  return `as ${name} of ${isoOf(importedSeconds)}`;
}
