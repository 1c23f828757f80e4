// How lines may be read that do not fit a format as it is written: those of servers that leave quotes as they are, those with a
// list of clients, and those that were cut off at the length that a server allows.
import type { FieldToken, Token } from './format-token.ts';
import { PARSED } from './record.ts';
import type { AccessRecord, LineParser, ParseResult } from './record.ts';
import { createSteps } from './steps.ts';
import type { Step } from './steps.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
/** Between the time and the request. */
const BEFORE_REQUEST = Buffer.from('] "');

/** All that stands there. */
const REST: FieldToken = { kind: 'field', field: 'ignored', written: '', column: 0, rank: 0 };

/** Steps in whose way a line may be read, if the whole of it is credible. */
export interface Rescue {
  readonly steps: readonly Step[];
  readonly isCredible: (record: AccessRecord, start: number, end: number) => boolean;
}

/** A quote within quotes is one of the client's, unless it closes them by what stands behind it. */
export function createUnescaped(tokens: readonly Token[]): Rescue | null {
  const compiled = createSteps(tokens.map(listClients), false);
  return compiled.ok ? { steps: compiled.steps, isCredible: isOneLine } : null;
}

/** In place of its client, a log may have X-Forwarded-For, with the proxies behind. */
function listClients(token: Token): Token {
  return token.kind === 'field' && token.field === 'client' ? { ...token, isList: true } : token;
}

/** The same where further fields stand behind: nobody can tell where those in quotes end, so none behind the size is read. */
export function createUnescapedRequest(tokens: readonly Token[]): Rescue | null {
  const size = tokens.findIndex((token) => token.kind === 'field' && token.field === 'bytes');
  return createUnescaped([...tokens.slice(0, size + 1), { kind: 'literal', text: ' ' }, REST]);
}

/** The quote that closes the last field is missing. */
export function createCut(tokens: readonly Token[]): Rescue | null {
  const compiled = createSteps(tokens.slice(0, -1), true);
  return compiled.ok ? { steps: compiled.steps, isCredible: hasOneQuote } : null;
}

/** `parser` itself when it rescues nothing; else it does at once, as there is no other format that a line could be of. */
export function withRescue(parser: LineParser): LineParser {
  if (parser.rescue === undefined) return parser;
  return {
    name: parser.name,
    saved: parser.saved,
    rowReader: parser.rowReader,
    parse(bytes: Buffer, start: number, end: number, record: AccessRecord): ParseResult {
      const result = parser.parse(bytes, start, end, record);
      if (result.ok || result.reason === 'directive') return result;
      return parser.rescue?.(bytes, start, end, record) === true ? PARSED : result;
    },
  };
}

/**
 * Of a line that was cut off within its request and goes on with the next one, the request would be both; and one with a field
 * more than the format would have it in the user agent: a quote that closes it comes first.
 */
function isOneLine({ bytes, agentStart, agentEnd }: AccessRecord, start: number, end: number): boolean {
  const line = bytes.subarray(start, end);
  const agent = bytes.subarray(agentStart, agentEnd);
  const quote = agent.indexOf(QUOTE);
  return (
    line.indexOf(BEFORE_REQUEST) === line.lastIndexOf(BEFORE_REQUEST) &&
    (quote < 0 || agent[quote + 1] !== SPACE)
  );
}

function hasOneQuote({ bytes }: AccessRecord, start: number, end: number): boolean {
  const line = bytes.subarray(start, end);
  return line.indexOf(QUOTE) === line.lastIndexOf(QUOTE);
}
