// The tokens of a format become the steps in which a line is read, once at start: each field with the bytes that end it.
import type { Field, FieldToken, FormatProblem, LatencyField } from './format-token.ts';
import type { PlainField, TimePart, Token, WholeTime } from './format-token.ts';
import { arrange } from './token-roles.ts';
import { TIME_PARTS, isTimePart } from './time-parts.ts';

/** How the end of a field is found. */
type Ending =
  /** At the delimiter, or at the line's end when that is empty. */
  | 'plain'
  /** Inside double quotes, where a backslash protects the byte after it. */
  | 'quoted'
  /** The Common Log Format's time follows: its fixed length tells the delimiter from one inside a user name. */
  | 'before-time'
  /** Items are separated by `, ` and ` : `, which do not end the list. */
  | 'list'
  /** A request without quotes around it: its protocol ends it. */
  | 'request'
  /** After `width` bytes. */
  | 'fixed'
  /** At the end of the line, but for the delimiter there. */
  | 'to-end'
  /** At the delimiter that a protocol follows, as a path may hold what the delimiter is made of. */
  | 'before-protocol'
  /** Where the target begins that is the next field: at a slash or question mark, or at the `-` that stands for none. */
  | 'before-target';

/** Fields that are read in the same way are one group. */
type Grouped =
  | { readonly group: 'plain'; readonly field: PlainField }
  | { readonly group: 'latency'; readonly field: LatencyField }
  | { readonly group: 'time'; readonly field: WholeTime }
  | { readonly group: 'time-part'; readonly field: TimePart };

export type Step = Grouped & {
  readonly ending: Ending;
  /** The bytes behind the field; empty when the field goes to the end of the line, or to the next field. */
  readonly delimiter: Buffer;
  /** The same of the next field, where that has a say. */
  readonly nextDelimiter: Buffer;
  readonly width: number;
  readonly unitsPerSecond: number;
};

/** The first steps of a format in the names of presets. */
export interface Beginning {
  readonly format: string;
  readonly stepCount: number;
  /** The bytes between their last field and the next. */
  readonly rest: Buffer;
}

export interface Steps {
  readonly ok: true;
  readonly prefix: Buffer;
  readonly steps: readonly Step[];
  /** Beginnings of the format that a quick way may know, the longest first. */
  readonly beginnings: readonly Beginning[];
}

/** Widths that fields of the time have wherever they stand. */
const CLF_WIDTH = 26;

/** `isEscaped`: a backslash inside of quotes protects the byte after it. Says where two fields have nothing between. */
export function createSteps(tokens: readonly Token[], isEscaped: boolean): Steps | FormatProblem {
  const parts = arrange(tokens);
  const first = parts[0];
  const prefix = first?.kind === 'literal' ? first.text : '';
  const steps: Step[] = [];
  for (const [index, token] of parts.entries()) {
    if (token.kind === 'literal') continue;
    const next = parts[index + 1];
    const delimiter = next?.kind === 'literal' ? next.text : '';
    const ending = findEnding(parts, index, isEscaped);
    if (ending === null && next?.kind === 'field') return sideBySide(token, next);
    steps.push({
      ...groupOf(token.field === 'user' && !isAfterIdent(parts, index) ? 'ignored' : token.field),
      ending: ending ?? 'plain',
      delimiter: Buffer.from(delimiter, 'utf8'),
      nextDelimiter: Buffer.from(ending === 'before-target' ? literalAt(parts, index + 2) : '', 'utf8'),
      width: token.width ?? (token.field === 'time-clf' ? CLF_WIDTH : 0),
      unitsPerSecond: token.unitsPerSecond ?? 1,
    });
  }
  return { ok: true, prefix: Buffer.from(prefix, 'utf8'), steps, beginnings: findBeginnings(parts) };
}

/** Says what a format lacks to tell when, what, and with which result; null when nothing. */
export function findMissing(steps: readonly Step[]): string | null {
  const has = (...fields: readonly Field[]): boolean => steps.some(({ field }) => fields.includes(field));
  const isTime =
    has('time-clf', 'time-iso', 'time-epoch') || TIME_PARTS.slice(0, 5).every((kinds) => has(...kinds));
  const missing = [
    isTime ? [] : ['a time (such as $time_local of nginx, or %t of Apache)'],
    has('request', 'target', 'target-or-dash', 'path') ? [] : ['a request (such as $request, or %r)'],
    has('status') ? [] : ['a status (such as $status, or %>s)'],
  ].flat();
  return missing.length === 0 ? null : `lacks ${missing.join(' and ')}`;
}

function groupOf(field: Field): Grouped {
  if (isTimePart(field)) return { group: 'time-part', field };
  switch (field) {
    case 'time-clf':
    case 'time-iso':
    case 'time-epoch':
      return { group: 'time', field };
    case 'latency':
    case 'latency-further':
    case 'latency-list':
    case 'latency-last':
    case 'latency-with-unit':
      return { group: 'latency', field };
    case 'ignored':
    case 'client':
    case 'client-and-port':
    case 'client-or-none':
    case 'host-and-port':
    case 'ident':
    case 'user':
    case 'request':
    case 'method':
    case 'target':
    case 'target-or-dash':
    case 'path':
    case 'status':
    case 'bytes':
    case 'forwarded':
    case 'agent':
      return { group: 'plain', field };
  }
}

/** Where an ident stands before it, a user name tells whether the line has shifted; elsewhere it may be anything. */
function isAfterIdent(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 2];
  return before?.kind === 'field' && before.field === 'ident';
}

function sideBySide(token: FieldToken, next: FieldToken): FormatProblem {
  const message = `has nothing between ${token.written} and ${next.written}, so that no one could tell where the one ends`;
  return { ok: false, message, column: next.column };
}

/** Null when nothing tells where the field at `index` ends. */
function findEnding(tokens: readonly Token[], index: number, isEscaped: boolean): Ending | null {
  const token = tokens[index];
  const next = tokens[index + 1];
  if (token?.kind !== 'field') return null;
  if (token.width !== undefined) return 'fixed';
  if (next === undefined) return 'plain';
  if (next.kind === 'field') {
    if (token.field === 'time-clf') return 'fixed';
    return token.field === 'ignored' && isTarget(next) ? 'before-target' : null;
  }
  // A space would end the time after its seconds; in brackets it is the bracket that ends it, and the time is blamed.
  if (token.field === 'time-clf' && next.text.startsWith(' ')) return 'fixed';
  const before = tokens[index - 1];
  const isInQuotes = before?.kind === 'literal' && before.text.endsWith('"') && next.text.startsWith('"');
  if (isInQuotes && isEscaped) return 'quoted';
  // Without escapes a value may hold the quote that ends the last one.
  if (isInQuotes && index === tokens.length - 2) return 'to-end';
  if (token.field === 'request') return 'request';
  if (isTarget(token) && isProtocol(tokens[index + 2])) return 'before-protocol';
  if (token.isList === true) return 'list';
  const [time, afterTime] = [tokens[index + 2], tokens[index + 3]];
  const isBeforeTime =
    time?.kind === 'field' &&
    time.field === 'time-clf' &&
    afterTime?.kind === 'literal' &&
    afterTime.text.startsWith(']');
  return isBeforeTime ? 'before-time' : 'plain';
}

function isTarget(token: FieldToken): boolean {
  return token.field === 'target' || token.field === 'target-or-dash' || token.field === 'path';
}

function isProtocol(token: Token | undefined): boolean {
  return token?.kind === 'field' && PROTOCOL.test(token.written);
}

/** Of nginx and of Apache. */
const PROTOCOL = /^(?:\$\{?server_protocol\b|%[<>]?H$)/;

function literalAt(tokens: readonly Token[], index: number): string {
  const token = tokens[index];
  return token?.kind === 'literal' ? token.text : '';
}

const CANONICAL: Readonly<Partial<Record<Field, string>>> = {
  client: '$remote_addr',
  ident: '$ident',
  user: '$remote_user',
  'time-clf': '$time_local',
  request: '$request',
  status: '$status',
  bytes: '$body_bytes_sent',
  forwarded: '$http_x_forwarded_for',
  agent: '$http_user_agent',
  ignored: '$ignored',
};

function findBeginnings(tokens: readonly Token[]): Beginning[] {
  const beginnings: Beginning[] = [];
  let format = '';
  let stepCount = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'literal') {
      format += token.text;
      continue;
    }
    format += CANONICAL[token.field] ?? `$(${token.field})`;
    stepCount++;
    const [before, after] = [tokens[index - 1], tokens[index + 1]];
    const rest = after?.kind === 'literal' ? after.text : '';
    // The quote that closes a field is of the field.
    const isInQuotes = before?.kind === 'literal' && before.text.endsWith('"') && rest.startsWith('"');
    const quote = isInQuotes ? '"' : '';
    beginnings.unshift({
      format: format + quote,
      stepCount,
      rest: Buffer.from(rest.slice(quote.length), 'utf8'),
    });
  }
  return beginnings;
}
