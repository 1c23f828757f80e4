// Watches directories for names that come and go, so that a rotation is noticed before the next poll. Only a
// hint: polling finds everything without it. Part of the source room.
import fs from 'node:fs';
import type { Cancel, Clock } from '../clock.ts';
import type { FollowLogger } from './follow-logger.ts';

/** While a directory rests its names are looked at so often. */
const restLookMs = 25;
const restLooks = 8;

interface Watched {
  /** Null while it rests. */
  watcher: fs.FSWatcher | null;
  cancelRest: Cancel | null;
  /** Of the names, when they were last looked at during a rest. */
  stamp: string | null;
  /** A directory that was replaced or mounted over has another one. */
  readonly identity: string;
}

export class DirectoryWatch {
  readonly #logger: FollowLogger;
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #watched = new Map<string, Watched>();
  #hasComplained = false;

  constructor({ logger, clock }: { logger: FollowLogger; clock: Clock }, changed: () => void) {
    this.#logger = logger;
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Watches exactly these directories, as far as they exist; to be called again now and then. */
  set(directories: ReadonlySet<string>): void {
    for (const [directory, { identity }] of this.#watched) {
      if (!directories.has(directory) || identityOf(directory) !== identity) this.#drop(directory);
    }
    for (const directory of directories) {
      if (!this.#watched.has(directory)) this.#add(directory);
    }
  }

  close(): void {
    for (const directory of this.#watched.keys()) this.#drop(directory);
  }

  #add(directory: string): void {
    const identity = identityOf(directory);
    if (identity === null) return;
    const watched: Watched = { watcher: null, cancelRest: null, stamp: stampOf(directory), identity };
    this.#watched.set(directory, watched);
    this.#open(directory, watched);
  }

  #open(directory: string, watched: Watched): void {
    try {
      const watcher = fs.watch(directory, (event) => {
        // Names make `rename` events; every write to a file makes a `change` event.
        if (event === 'rename') this.#changed();
        else this.#rest(directory, watched);
      });
      watched.watcher = watcher;
      watcher.on('error', (error) => {
        this.#drop(directory);
        this.#complain(directory, error);
      });
    } catch (error) {
      this.#watched.delete(directory);
      this.#complain(directory, error);
    }
  }

  /**
   * A log that is written line by line makes thousands of events a second of which none says anything about names, and
   * inotify as Node.js has it can't leave them out. So it is closed for a while, and the directory's own time of
   * change, which writing to its files leaves alone, tells whether names have changed.
   */
  #rest(directory: string, watched: Watched): void {
    if (watched.watcher === null || this.#watched.get(directory) !== watched) return;
    watched.watcher.close();
    watched.watcher = null;
    let looks = 0;
    watched.cancelRest = this.#clock.every(restLookMs, () => {
      if (++looks === restLooks) {
        watched.cancelRest?.();
        watched.cancelRest = null;
        this.#open(directory, watched);
      }
      const stamp = stampOf(directory);
      if (stamp !== watched.stamp) this.#changed();
      watched.stamp = stamp;
    });
  }

  #drop(directory: string): void {
    const watched = this.#watched.get(directory);
    watched?.watcher?.close();
    watched?.cancelRest?.();
    this.#watched.delete(directory);
  }

  #complain(directory: string, error: unknown): void {
    if (this.#hasComplained) return;
    this.#hasComplained = true;
    this.#logger.info({ directory, err: error }, 'the directory cannot be watched: polling alone will do');
  }
}

function identityOf(directory: string): string | null {
  try {
    const stat = fs.statSync(directory);
    return `${stat.dev}:${stat.ino}`;
  } catch {
    return null;
  }
}

/** Changes when a name in the directory comes or goes. */
function stampOf(directory: string): string | null {
  try {
    const { mtimeNs, ctimeNs, ino } = fs.statSync(directory, { bigint: true });
    return `${ino}:${mtimeNs}:${ctimeNs}`;
  } catch {
    return null;
  }
}
