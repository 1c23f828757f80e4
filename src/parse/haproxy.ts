// The lines of HAProxy that are about connections and servers and no requests, as it writes them to the same log.
import { skipPrefix } from './prefix.ts';
import { DIRECTIVE } from './record.ts';
import type { AccessRecord, LineParser, ParseResult } from './record.ts';

/** What became of servers. */
const NOTICE =
  /^(?:Backup )?Server \S+ is (?:UP|DOWN)|^Proxy \S+ (?:started|stopped)|^backend \S+ has no server available/i;
/** Client and time; then either what `option tcplog` writes, or a frontend and what went wrong before there was a request. */
const CONNECTION_LINE =
  /^\S+:\d+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:[\d:.]+\] (?:\S+ \S+ -?\d+\/-?\d+\/\+?\d+ \+?\d+ \S\S [\d/+]+ [\d/]+$|\S+: [A-Z])/;

/** Reads as `parser` does, and passes over lines that are about no request. */
export function onlyRequests(parser: LineParser): LineParser {
  return {
    name: parser.name,
    saved: parser.saved,
    rescue: (...line) => parser.rescue?.(...line) === true,
    parse(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
      const result = parser.parse(bytes, start, end, record);
      if (result.ok) return result;
      const line = bytes.toString('latin1', skipPrefix(bytes, start, end, false), end);
      return CONNECTION_LINE.test(line) || NOTICE.test(line) ? DIRECTIVE : result;
    },
  };
}
