// Operational logs by pino: to standard error, readable on a terminal and JSON otherwise, and to a file if asked.
// Standard output belongs to the product.
import { destination, multistream, pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level: string;
  /** Standard error is a terminal. */
  readonly isTerminal: boolean;
  /** A second place to write every line to. */
  readonly file: DestinationStream | null;
}

/** Writes synchronously, so that the last words before an exit are not lost. */
export async function createLogger(options: LoggerOptions): Promise<Logger> {
  const { level } = options;
  const console = options.isTerminal ? await createPrettyStream() : destination({ fd: 2, sync: true });
  const streams = [console, ...(options.file === null ? [] : [options.file])];
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    multistream(streams.map((stream) => ({ stream, level: 'trace' as const }))),
  );
}

async function createPrettyStream(): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    destination: 2,
    sync: true,
    colorize: true,
    translateTime: 'HH:MM:ss',
    ignore: 'pid,hostname',
  });
}
