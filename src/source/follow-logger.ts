// Contract for the operational log of the source room; a pino logger satisfies it.
export interface FollowLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
