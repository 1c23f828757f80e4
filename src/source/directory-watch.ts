// Watches directories for names that come and go, so that a rotation is noticed before the next poll. Only a
// hint: polling finds everything without it. Part of the source room.
import fs from 'node:fs';
import { messageOf } from '../message-of.ts';
import type { FollowLogger } from './follow-logger.ts';
import type { WatchPace } from './watch-pace.ts';

interface Watched {
  readonly watcher: fs.FSWatcher;
  /** A directory that was replaced or mounted over has another one. */
  readonly identity: string;
}

export class DirectoryWatch {
  readonly #logger: FollowLogger;
  readonly #pace: WatchPace;
  readonly #changed: () => void;
  readonly #watched = new Map<string, Watched>();
  #hasComplained = false;

  constructor(logger: FollowLogger, pace: WatchPace, changed: () => void) {
    this.#logger = logger;
    this.#pace = pace;
    this.#changed = changed;
  }

  /** Watches exactly these directories, as far as they exist and the pace allows it; to be called again now and then. */
  set(directories: ReadonlySet<string>): void {
    if (!this.#pace.isWatched) return this.close();
    for (const [directory, { identity }] of this.#watched) {
      if (!directories.has(directory) || identityOf(directory) !== identity) this.#drop(directory);
    }
    for (const directory of directories) {
      if (!this.#watched.has(directory)) this.#add(directory);
    }
  }

  close(): void {
    for (const { watcher } of this.#watched.values()) watcher.close();
    this.#watched.clear();
  }

  #add(directory: string): void {
    const identity = identityOf(directory);
    if (identity === null) return;
    try {
      const watcher = fs.watch(directory, (event) => {
        // Every write to a file makes a `change` event; names make `rename` events.
        if (event === 'rename') this.#changed();
        this.#pace.noticed();
      });
      watcher.on('error', (error) => {
        this.#drop(directory);
        this.#complain(directory, error);
      });
      this.#watched.set(directory, { watcher, identity });
    } catch (error) {
      this.#complain(directory, error);
    }
  }

  #drop(directory: string): void {
    this.#watched.get(directory)?.watcher.close();
    this.#watched.delete(directory);
  }

  #complain(directory: string, error: unknown): void {
    if (this.#hasComplained) return;
    this.#hasComplained = true;
    this.#logger.info(
      { directory, reason: messageOf(error) },
      'the directory cannot be watched: polling alone will do',
    );
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
