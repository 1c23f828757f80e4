// The parser of one log as the configuration wants it: its format, the zone of its times, and who its clients are.
import type { Network } from './address.ts';
import { withClient } from './client.ts';
import { createParser } from './detect.ts';
import { keysOf } from './json-fields.ts';
import type { JsonFields } from './json-fields.ts';
import type { LineParser } from './record.ts';
import { createZone } from './zone.ts';

/** The part of the configuration that says how a line is read. */
export interface LogParserOptions {
  readonly logFormat: string;
  /** Of JSON logs. */
  readonly jsonFields: JsonFields;
  readonly timezone: string;
  readonly realClientFrom: 'off' | 'x-forwarded-for';
  readonly trustedProxies: readonly Network[];
  readonly anonymiseIp: boolean;
}

/** `saved` is what the parser of this log had saved in an earlier process; null when there is none. */
export function createLogParser(options: LogParserOptions, saved: string | null = null): LineParser {
  const how = { zone: createZone(options.timezone), jsonKeys: keysOf(options.jsonFields) };
  return withClient(createParser(options.logFormat, saved, how), options);
}
