// What one would write first: package `tail`, a string for each line, one regular expression. The contender to beat.
import { Tail } from 'tail';

const COMBINED =
  /^(\S+) (\S+) (\S+) \[([^\]]+)\] "([A-Z]+) ([^ "]*) ([^"]*)" (\d{3}) (\d+|-) "([^"]*)" "([^"]*)"$/;
/** A line that never comes must not hold the benchmark for ever. */
const DEADLINE_MS = 120_000;

/** Requests by status after `lines` lines, with the requests of each path counted on the way. */
export function readNaively(path: string, lines: number): Promise<ReadonlyMap<number, number>> {
  return new Promise((resolve, reject) => {
    const statuses = new Map<number, number>();
    const paths = new Map<string, number>();
    let seen = 0;
    const tail = new Tail(path, { fromBeginning: true, encoding: 'latin1' });
    const stop = (): void => {
      clearTimeout(deadline);
      tail.unwatch();
    };
    const fail = (reason: unknown): void => {
      stop();
      reject(new Error(`the naive reader failed after ${seen} lines`, { cause: reason }));
    };
    const deadline = setTimeout(() => fail(`not done in ${DEADLINE_MS} ms`), DEADLINE_MS);
    tail.on('error', fail);
    tail.on('line', (line: string) => {
      seen++;
      const match = COMBINED.exec(line);
      if (match !== null) {
        const [target = '', status] = [match[6]?.split('?')[0], Number(match[8])];
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        paths.set(target, (paths.get(target) ?? 0) + 1);
      }
      if (seen < lines) return;
      stop();
      resolve(statuses);
    });
  });
}
