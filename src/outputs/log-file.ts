// fluffy's own log as a file on the data volume: lines wait in a lane, as what an output is owed does.
import type { Clock } from '../clock.ts';
import { Lane } from './lane.ts';
import { RotatingFile } from './rotating-file.ts';
import type { RotatingFileOptions } from './rotating-file.ts';

export interface LogFile {
  /** Never throws: `line`, with its newline, is written when the disk takes it. */
  write(line: string): void;
  /** Opens the file, so that a problem shows before there is something to say. */
  open(): void;
  /** Writes what waits, if the disk takes it, and closes the file. */
  close(): Promise<void>;
}

const LINES_WAITING_MAX = 10_000;

/** `problemChanged` is called when the file can't be written (a sentence) and when it can again (null). */
export function createLogFile(
  options: RotatingFileOptions,
  clock: Clock,
  problemChanged: (problem: string | null) => void,
): LogFile {
  const file = new RotatingFile(options);
  const lane = new Lane<string>({
    open: () => file.open(),
    deliver: (lines) => file.append(lines.join('')),
    problemChanged,
    waitingMax: LINES_WAITING_MAX,
    clock,
  });
  return {
    write: (line) => lane.push(line),
    open: () => lane.open(),
    close: async () => {
      await lane.close();
      await file.close();
    },
  };
}
