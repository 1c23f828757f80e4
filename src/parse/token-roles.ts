// Which of the fields of a format say something of a request: some of its tokens are one field together, some say what another one says
// already.
import type { Field, FieldToken, LiteralToken, Token } from './format-token.ts';
import { TIME_PARTS, isTimePart } from './time-parts.ts';

/** Fields of one role say the same of a request: one of them is enough. */
const ROLES: Readonly<Partial<Record<Field, string>>> = {
  client: 'client',
  'client-and-port': 'client',
  'client-or-none': 'client',
  'time-clf': 'time',
  'time-iso': 'time',
  'time-epoch': 'time',
  request: 'target',
  method: 'method',
  target: 'target',
  'target-or-dash': 'target',
  path: 'target',
  status: 'status',
  bytes: 'bytes',
  latency: 'latency',
  'latency-list': 'latency',
  'latency-last': 'latency',
  'latency-with-unit': 'latency',
  forwarded: 'forwarded',
  agent: 'agent',
};

const PORT = /^(?:\$\{?(?:realip_)?remote_port\b|%\{remote\}p$)/;

/** Literals that follow each other become one; of the fields with one role the best is left, and the others are `ignored`. */
export function arrange(tokens: readonly Token[]): Token[] {
  return chooseFields(nameIdent(joinPorts(joinLiterals(tokens))));
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

/** `$remote_addr:$remote_port`, or `%a:%{remote}p`: an address of IPv6 has colons of its own. */
function joinPorts(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const [token, between, port] = [tokens[i], tokens[i + 1], tokens[i + 2]];
    if (token === undefined) continue;
    const isPair =
      token.kind === 'field' &&
      token.field === 'client' &&
      between?.kind === 'literal' &&
      between.text === ':' &&
      port?.kind === 'field' &&
      PORT.test(port.written);
    joined.push(isPair ? { ...token, field: 'client-and-port' } : token);
    if (isPair) i += 2;
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
      (before.field === 'client' || before.field === 'client-or-none') &&
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
