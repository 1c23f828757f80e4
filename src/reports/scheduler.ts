// When reports are due. Sole importer of node-cron.
import { schedule, validate } from 'node-cron';
import type { Logger, ScheduledTask } from 'node-cron';
import type { Clock } from '../clock.ts';

export type ReportTime =
  | { readonly kind: 'interval'; readonly seconds: number }
  | { readonly kind: 'cron'; readonly expression: string };

export interface SchedulerOptions {
  readonly reportTime: ReportTime;
  /** IANA name; a cron expression is read in this zone. */
  readonly timezone: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * The last boundary that an earlier process told of, if there was one: the boundaries of an interval that went by
   * since are due at once. Those of a cron expression are not made up for; the next report tells of the whole time.
   */
  readonly lastBoundarySeconds?: number | null;
  /** Called with the second, since the epoch, at which a report is due. */
  readonly due: (boundarySeconds: number) => void;
}

/** Whether node-cron can wait for it. */
export function isSchedulable(text: string): boolean {
  return validate(text);
}

/** After a long standstill, the latest boundaries only: the first of their reports tells of all that went before. */
const MISSED_BOUNDARIES_MAX = 60;

export interface Scheduler {
  /** Tells what is due from here on, and of an interval what has been since `createScheduler`. */
  start(): void;
  /** Nothing is told any more. */
  stop(): Promise<void>;
}

/**
 * Tells at once what was due since the last process: seconds that are read now must not close before. Cron fields start
 * anew every minute, so "every 7 seconds" or "every 90 seconds" can't be said in cron: an interval looks every second which
 * further multiples of itself, counted from the epoch, have gone by. A tick that came late, or not at all, loses nothing:
 * the boundary is the multiple, not the moment of the tick.
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { reportTime } = options;
  if (reportTime.kind === 'cron')
    return createCron(options, reportTime.expression, (date) =>
      options.due(Math.floor(date.getTime() / 1000)),
    );
  const tellDue = createInterval(options, reportTime.seconds);
  const cron = createCron(options, '* * * * * *', tellDue);
  return {
    start: () => {
      tellDue();
      cron.start();
    },
    stop: () => cron.stop(),
  };
}

/** What it returns tells the multiples of `period` seconds that have gone by since it was called last. */
function createInterval({ clock, due, lastBoundarySeconds }: SchedulerOptions, period: number): () => void {
  const indexNow = (): number => Math.floor(clock.now() / 1000 / period);
  const tellDue = (): void => {
    const index = indexNow();
    for (let i = Math.max(lastIndex, index - MISSED_BOUNDARIES_MAX) + 1; i <= index; i++) due(i * period);
    // A clock that is set back a little must not tell a boundary twice; one set back far begins anew.
    if (index > lastIndex || index < lastIndex - 1) lastIndex = index;
  };
  let lastIndex = indexNow();
  if (typeof lastBoundarySeconds === 'number') {
    lastIndex = Math.floor(lastBoundarySeconds / period);
    tellDue();
  }
  return tellDue;
}

/**
 * A time that could not be kept by a second is one that was missed: the process stood still. It is told when it goes on, of
 * several the last one, as its report tells of all the time since the one before.
 */
function createCron(
  { timezone, logger }: SchedulerOptions,
  expression: string,
  tick: (date: Date) => void,
): Scheduler {
  let task: ScheduledTask | null = null;
  let missed: Date | null = null;
  let told: Date | null = null;
  const tell = (date: Date): void => tick((told = date));
  const tellMissed = (): void => {
    if (missed !== null && task !== null && (told === null || missed > told)) tell(missed);
    missed = null;
  };
  return {
    start: () => {
      task = schedule(expression, ({ date }) => tell(date), {
        timezone,
        logger,
        noOverlap: true,
        name: 'report',
      });
      task.on('execution:missed', ({ date }) => {
        if (missed === null) queueMicrotask(tellMissed);
        missed = date;
      });
    },
    stop: async () => {
      const ended = task;
      task = null;
      await ended?.destroy();
    },
  };
}
