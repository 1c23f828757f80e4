// nginx's log_format: the variables that say something about a request, and the text cut into tokens.
import type { Field, FieldToken, PlacedText, Token } from './format-token.ts';

interface Meaning {
  readonly field: Field;
  readonly rank?: number;
  readonly unitsPerSecond?: number;
  readonly isList?: boolean;
}

/** What is not listed is passed over. Times are in seconds (nginx.org: ngx_http_log_module, ngx_http_upstream_module). */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['remote_addr', { field: 'client' }],
  ['realip_remote_addr', { field: 'client', rank: 1 }],
  ['proxy_protocol_addr', { field: 'client-or-none', rank: 2 }],
  ['remote_user', { field: 'user' }],
  ['time_local', { field: 'time-clf' }],
  ['time_iso8601', { field: 'time-iso' }],
  ['msec', { field: 'time-epoch', unitsPerSecond: 1 }],
  ['request', { field: 'request' }],
  ['request_method', { field: 'method' }],
  ['request_uri', { field: 'target' }],
  ['uri', { field: 'path', rank: 1 }],
  ['document_uri', { field: 'path', rank: 1 }],
  ['status', { field: 'status' }],
  ['body_bytes_sent', { field: 'bytes' }],
  ['bytes_sent', { field: 'bytes', rank: 1 }],
  ['request_time', { field: 'latency', unitsPerSecond: 1 }],
  ['upstream_response_time', { field: 'latency-list', unitsPerSecond: 1, rank: 1, isList: true }],
  ['http_x_forwarded_for', { field: 'forwarded', isList: true }],
  ['proxy_add_x_forwarded_for', { field: 'forwarded', rank: 1, isList: true }],
  ['http_user_agent', { field: 'agent' }],
]);

/** Names that no nginx has, for the formats of other servers: presets are written with them. */
const PRESET_MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ...MEANINGS,
  ['ident', { field: 'ident' }],
  ['host_and_port', { field: 'host-and-port' }],
  ['client_and_port', { field: 'client-and-port' }],
  ['latency_s', { field: 'latency', unitsPerSecond: 1 }],
  ['latency_further_s', { field: 'latency-further', unitsPerSecond: 1 }],
  ['latency_ms', { field: 'latency', unitsPerSecond: 1000 }],
  ['latency_with_unit', { field: 'latency-with-unit' }],
  ['latency_last_ms', { field: 'latency-last', unitsPerSecond: 1000 }],
  ['day', { field: 'day' }],
  ['month_name', { field: 'month-name' }],
  ['year', { field: 'year' }],
  ['hour', { field: 'hour' }],
  ['minute', { field: 'minute' }],
  ['second', { field: 'second' }],
]);

const VARIABLE = /\$(?:\{(\w+)\}|(\w+))/g;

/** Tokens of nginx's own text. `hasDashes`: a variable without a value is `-`, as it is unless values are escaped otherwise. */
export function readNginxFormat(format: PlacedText, hasDashes: boolean): readonly Token[] {
  return joinTargets(cut(format, MEANINGS), hasDashes ? 'target-or-dash' : 'target');
}

/** Tokens of a preset, which may use names for what nginx does not have. */
export function readPresetFormat(format: PlacedText): readonly Token[] {
  return cut(format, PRESET_MEANINGS);
}

function cut({ text, columns }: PlacedText, meanings: ReadonlyMap<string, Meaning>): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  for (const match of text.matchAll(VARIABLE)) {
    if (match.index > from) tokens.push({ kind: 'literal', text: text.slice(from, match.index) });
    from = match.index + match[0].length;
    tokens.push(createField(match[1] ?? match[2] ?? '', match[0], columns[match.index] ?? 0, meanings));
  }
  if (from < text.length) tokens.push({ kind: 'literal', text: text.slice(from) });
  return tokens;
}

function createField(
  name: string,
  written: string,
  column: number,
  meanings: ReadonlyMap<string, Meaning>,
): FieldToken {
  const meaning = meanings.get(name) ?? { field: 'ignored', isList: name.startsWith('upstream_') };
  return { kind: 'field', written, column, rank: 0, ...meaning };
}

/** `$uri$is_args$args` is one target, and so is `$uri?$args`. */
function joinTargets(tokens: readonly Token[], field: Field): Token[] {
  const joined: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) continue;
    const isPath = token.kind === 'field' && (token.field === 'path' || token.field === 'target');
    const length = isPath ? queryLength(tokens, i + 1) : 0;
    if (isPath && length > 0) joined.push({ ...token, field, rank: 0 });
    else joined.push(token);
    i += length;
  }
  return joined;
}

/** How many tokens from `index` on are the query string of what stands before. */
function queryLength(tokens: readonly Token[], index: number): number {
  const first = tokens[index];
  const second = tokens[index + 1];
  const isArgs = second?.kind === 'field' && /args|query_string/.test(second.written);
  const isMark = first?.kind === 'literal' ? first.text === '?' : first?.written.includes('is_args') === true;
  return isArgs && isMark ? 2 : 0;
}
