// Apache's LogFormat: its directives (mod_log_config, mod_logio), and the text cut into tokens.
import type { Field, FieldToken, PlacedText, Token, Tokens } from './format-token.ts';
import { readStrftime } from './strftime.ts';

/** `%`, then `<` or `>`, a list of statuses with `!` before it, and a name in braces, in any order; then the letters. */
const DIRECTIVE = /%((?:[<>!,\d]|\{[^}]*\})*)(\^?[A-Za-z]{1,2}|%|$)/y;
/** Only these have two letters: `%^FB`, `%{x}^ti`, `%{x}^to`. */
const TWO_LETTERS = new Set(['^FB', '^ti', '^to']);

const ESCAPES: Readonly<Record<string, string>> = {
  '\\\\': '\\',
  '\\"': '"',
  '\\n': '\n',
  '\\t': '\t',
  '\\r': '\r',
};

/** By letter, for directives without a name; what is not listed is passed over. */
const MEANINGS: ReadonlyMap<string, readonly [field: Field, rank?: number]> = new Map<
  string,
  readonly [Field, number?]
>([
  ['h', ['client', 1]],
  ['a', ['client']],
  ['l', ['ident']],
  ['u', ['user']],
  ['r', ['request']],
  ['m', ['method']],
  ['U', ['path', 1]],
  ['s', ['status']],
  ['b', ['bytes']],
  ['B', ['bytes']],
  ['O', ['bytes', 1]],
]);

/** Of mod_log_config, mod_logio and mod_ssl, and of those who write the same way: lighttpd, Tomcat, Jetty, Varnish. */
const LETTERS = new Set('aAbBcCDefFhHiIklLmnoOpPqrRsStTuUvVxX');

/** With a name it is another address than that of the client, or the same: Apache's `c`, Jetty's and Tomcat's others. */
const ADDRESS_RANKS: Readonly<Record<string, number>> = { client: 0, c: 2, remote: 2, peer: 3 };

/** The longer names are lighttpd's, but for `fracsec`, which is Tomcat's. */
const UNITS: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  fracsec: 1,
  ms: 1000,
  msec: 1000,
  us: 1e6,
  usec: 1e6,
  ns: 1e9,
  nsec: 1e9,
};
const FRACTIONS: Readonly<Record<string, number>> = { msec_frac: 3, usec_frac: 6, nsec_frac: 9 };
const EPOCHS: Readonly<Record<string, number>> = { sec: 1, msec: 1000, usec: 1e6, nsec: 1e9 };

export function readApacheFormat({ text, columns }: PlacedText): Tokens {
  const tokens: Token[] = [];
  let literal = '';
  for (let i = 0; i < text.length;) {
    const escape = ESCAPES[text.slice(i, i + 2)];
    if (escape !== undefined || text[i] !== '%') {
      literal += escape ?? text[i] ?? '';
      i += escape === undefined ? 1 : 2;
      continue;
    }
    const directive = readDirective(text, i);
    if (directive === null)
      return { ok: false, message: 'has a % that begins no directive', column: columns[i] ?? 0 };
    if (directive.letter === '%') literal += '%';
    else {
      const inner = createTokens(directive, columns[i] ?? 0);
      if (!inner.ok) return inner;
      if (literal !== '') tokens.push({ kind: 'literal', text: literal });
      literal = '';
      tokens.push(...inner.tokens);
    }
    i += directive.written.length;
  }
  if (literal !== '') tokens.push({ kind: 'literal', text: literal });
  return { ok: true, tokens: joinTargets(tokens) };
}

interface ApacheDirective {
  readonly written: string;
  readonly letter: string;
  /** What stands in braces; null when nothing does. */
  readonly name: string | null;
}

function readDirective(text: string, index: number): ApacheDirective | null {
  DIRECTIVE.lastIndex = index;
  const match = DIRECTIVE.exec(text);
  const modifiers = match?.[1] ?? '';
  const letters = match?.[2] ?? '';
  if (match === null || letters === '') return null;
  const letter = TWO_LETTERS.has(text.slice(index + 1 + modifiers.length, index + 4 + modifiers.length))
    ? text.slice(index + 1 + modifiers.length, index + 4 + modifiers.length)
    : letters.slice(0, 1);
  const name = /\{([^}]*)\}/.exec(modifiers)?.[1] ?? null;
  return { written: `%${modifiers}${letter}`, letter, name };
}

function createTokens(directive: ApacheDirective, column: number): Tokens {
  const { written, letter, name } = directive;
  const field = (meaning: Partial<FieldToken>): Tokens => ({
    ok: true,
    tokens: [{ kind: 'field', field: 'ignored', written, column, rank: 0, ...meaning }],
  });
  if (!LETTERS.has(letter) && !TWO_LETTERS.has(letter))
    return { ok: false, message: `has ${written}, which is no directive of Apache`, column };
  if (letter === 't') return createTime(name, column, field);
  if (letter === 'D') return field({ field: 'latency', unitsPerSecond: 1e6 });
  if (letter === 'T') {
    const unitsPerSecond = UNITS[name ?? 's'];
    if (unitsPerSecond === undefined)
      return { ok: false, message: `has ${written}, whose unit must be s, ms, us or ns`, column };
    return field({ field: 'latency', unitsPerSecond, rank: unitsPerSecond === 1 ? 2 : 1 });
  }
  if (letter === 'i') return field(headerMeaning(name ?? ''));
  const addressRank = letter === 'a' && name !== null ? ADDRESS_RANKS[name] : undefined;
  if (addressRank !== undefined) return field({ field: 'client', rank: addressRank });
  const meaning = name === null ? MEANINGS.get(letter) : undefined;
  if (meaning === undefined) return field({});
  const [kind, rank = 0] = meaning;
  return field({ field: kind, rank });
}

function headerMeaning(name: string): Partial<FieldToken> {
  const header = name.toLowerCase();
  if (header === 'user-agent') return { field: 'agent' };
  return header === 'x-forwarded-for' ? { field: 'forwarded', isList: true } : {};
}

function createTime(
  name: string | null,
  column: number,
  field: (meaning: Partial<FieldToken>) => Tokens,
): Tokens {
  if (name === null) {
    const time = field({ field: 'time-clf' });
    if (!time.ok) return time;
    const [open, close] = [{ kind: 'literal', text: '[' } as const, { kind: 'literal', text: ']' } as const];
    return { ok: true, tokens: [open, ...time.tokens, close] };
  }
  const format = name.replace(/^(?:begin|end):?/, '');
  if (format === '') return createTime(null, column, field);
  const unitsPerSecond = EPOCHS[format];
  if (unitsPerSecond !== undefined) return field({ field: 'time-epoch', unitsPerSecond });
  const width = FRACTIONS[format];
  if (width === undefined && !format.includes('%'))
    return {
      ok: false,
      message: `has %{${name}}t, whose time must be written as for strftime, such as %{%d/%b/%Y:%H:%M:%S %z}t`,
      column,
    };
  return width === undefined ? readStrftime(format, column) : field({ width });
}

/** `%U%q` is one target: a query string begins with its question mark, or is nothing. */
function joinTargets(tokens: readonly Token[]): Token[] {
  const isField = (token: Token | undefined, letter: string): token is FieldToken =>
    token?.kind === 'field' && token.written.endsWith(letter) && token.written.startsWith('%');
  return tokens.flatMap((token, index) => {
    if (isField(token, 'U') && isField(tokens[index + 1], 'q'))
      return [{ ...token, field: 'target', rank: 0 }];
    return isField(token, 'q') && isField(tokens[index - 1], 'U') ? [] : [token];
  });
}
