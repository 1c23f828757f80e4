// The tokens of a format become the steps in which a line is read, once at start: each field with the bytes that end it.
import type { Field, FieldToken, FormatProblem, LatencyField, LiteralToken } from './format-token.ts';
import type { PlainField, TimePart, Token, WholeTime } from './format-token.ts';
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
  /** At a slash, which belongs to the next field. */
  | 'slash';

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
  readonly width: number;
  readonly unitsPerSecond: number;
};

export interface Steps {
  readonly ok: true;
  readonly prefix: Buffer;
  readonly steps: readonly Step[];
  /** The same format in the names of presets: what a quick way recognises it by. */
  readonly canonical: string;
}

/** Fields of one role say the same of a request: one of them is enough. */
const ROLES: Readonly<Partial<Record<Field, string>>> = {
  client: 'client',
  'client-and-port': 'client',
  'time-clf': 'time',
  'time-iso': 'time',
  'time-epoch': 'time',
  request: 'target',
  method: 'method',
  target: 'target',
  path: 'target',
  status: 'status',
  'status-or-none': 'status',
  bytes: 'bytes',
  latency: 'latency',
  'latency-list': 'latency',
  'latency-last': 'latency',
  'latency-with-unit': 'latency',
  forwarded: 'forwarded',
  agent: 'agent',
};

/** Widths that fields of the time have wherever they stand. */
const CLF_WIDTH = 26;

/** `isEscaped`: a backslash inside of quotes protects the byte after it. Says where two fields have nothing between. */
export function createSteps(tokens: readonly Token[], isEscaped: boolean): Steps | FormatProblem {
  const parts = chooseFields(nameIdent(joinLiterals(tokens)));
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
      width: token.width ?? (token.field === 'time-clf' ? CLF_WIDTH : 0),
      unitsPerSecond: token.unitsPerSecond ?? 1,
    });
  }
  return { ok: true, prefix: Buffer.from(prefix, 'utf8'), steps, canonical: renderCanonical(parts) };
}

/** Says what a format lacks to tell when, what, and with which result; null when nothing. */
export function findMissing(steps: readonly Step[]): string | null {
  const has = (...fields: readonly Field[]): boolean => steps.some(({ field }) => fields.includes(field));
  const isTime =
    has('time-clf', 'time-iso', 'time-epoch') || TIME_PARTS.slice(0, 5).every((kinds) => has(...kinds));
  const missing = [
    isTime ? [] : ['a time (such as $time_local of nginx, or %t of Apache)'],
    has('request', 'target', 'path') ? [] : ['a request (such as $request, or %r)'],
    has('status', 'status-or-none') ? [] : ['a status (such as $status, or %>s)'],
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
    case 'host-and-port':
    case 'ident':
    case 'user':
    case 'request':
    case 'method':
    case 'target':
    case 'path':
    case 'status':
    case 'status-or-none':
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

function joinLiterals(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (const token of tokens) {
    const last = joined.at(-1);
    if (token.kind === 'literal' && last?.kind === 'literal')
      joined[joined.length - 1] = { kind: 'literal', text: last.text + token.text };
    else joined.push(token);
  }
  return joined;
}

/** The `-` that nginx has in the place of the ident is one: a log of Apache in the same format may have another there. */
function nameIdent(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token, index) => {
    const [before, after] = [tokens[index - 1], tokens[index + 1]];
    const isIdent =
      token.kind === 'literal' &&
      token.text === ' - ' &&
      before?.kind === 'field' &&
      before.field === 'client' &&
      after?.kind === 'field' &&
      after.field === 'user';
    if (!isIdent) return [token];
    const space: LiteralToken = { kind: 'literal', text: ' ' };
    return [space, { ...after, field: 'ident' } satisfies FieldToken, space];
  });
}

/** Of the fields with one role keeps the one of the lowest rank, and passes over the others. */
function chooseFields(tokens: readonly Token[]): Token[] {
  const chosen = new Map<string, FieldToken>();
  for (const token of tokens) {
    if (token.kind === 'literal') continue;
    const role = roleOf(token.field);
    const known = role === null ? undefined : chosen.get(role);
    if (role !== null && (known === undefined || token.rank < known.rank)) chosen.set(role, token);
  }
  // A whole request says the method as well.
  if (chosen.get('target')?.field === 'request') chosen.delete('method');
  return tokens.map((token) => {
    if (token.kind === 'literal') return token;
    const role = roleOf(token.field);
    const isRest = role !== null && chosen.get(role) !== token;
    const isSpareTime = role?.startsWith('part ') === true && chosen.has('time');
    return isRest || isSpareTime ? { ...token, field: 'ignored' as const } : token;
  });
}

function roleOf(field: Field): string | null {
  if (!isTimePart(field)) return ROLES[field] ?? null;
  return `part ${TIME_PARTS.findIndex((kinds) => kinds.includes(field))}`;
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
    return token.field === 'ignored' && (next.field === 'target' || next.field === 'path') ? 'slash' : null;
  }
  // A space would end the time after its seconds; in brackets it is the bracket that ends it, and the time is blamed.
  if (token.field === 'time-clf' && next.text.startsWith(' ')) return 'fixed';
  const before = tokens[index - 1];
  const isInQuotes = before?.kind === 'literal' && before.text.endsWith('"') && next.text.startsWith('"');
  if (isInQuotes) return isEscaped ? 'quoted' : 'plain';
  if (token.field === 'request') return 'request';
  if (token.isList === true) return 'list';
  const [time, afterTime] = [tokens[index + 2], tokens[index + 3]];
  const isBeforeTime =
    time?.kind === 'field' &&
    time.field === 'time-clf' &&
    afterTime?.kind === 'literal' &&
    afterTime.text.startsWith(']');
  return isBeforeTime ? 'before-time' : 'plain';
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

function renderCanonical(tokens: readonly Token[]): string {
  return tokens
    .map((token) => (token.kind === 'literal' ? token.text : (CANONICAL[token.field] ?? `$(${token.field})`)))
    .join('');
}
