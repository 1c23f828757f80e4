// A time in strftime's notation, as Apache's %{…}t takes it, cut into parts of a time. Names of days and months are
// those of the C locale, which servers run in.
import type { Field, FieldToken, FormatProblem, Token, Tokens } from './format-token.ts';

/** Conversions that are short for others. */
const SHORT_FOR: ReadonlyMap<string, string> = new Map([
  ['D', '%m/%d/%y'],
  ['F', '%Y-%m-%d'],
  ['R', '%H:%M'],
  ['T', '%H:%M:%S'],
  ['c', '%a %b %e %H:%M:%S %Y'],
  ['r', '%I:%M:%S %p'],
  ['x', '%m/%d/%y'],
  ['X', '%H:%M:%S'],
  ['h', '%b'],
  ['n', '\n'],
  ['t', '\t'],
  ['%', '%%'],
]);

/** Field and width; those without a width end at what follows. */
const PARTS: ReadonlyMap<string, readonly [field: Field, width?: number]> = new Map<
  string,
  readonly [Field, number?]
>([
  ['Y', ['year', 4]],
  ['y', ['year-of-century', 2]],
  ['m', ['month', 2]],
  ['b', ['month-name', 3]],
  ['B', ['month-name']],
  ['d', ['day', 2]],
  ['e', ['day', 2]],
  ['H', ['hour', 2]],
  ['k', ['hour', 2]],
  ['I', ['hour-of-half', 2]],
  ['l', ['hour-of-half', 2]],
  ['p', ['half-of-day', 2]],
  ['P', ['half-of-day', 2]],
  ['M', ['minute', 2]],
  ['S', ['second', 2]],
  ['z', ['offset', 5]],
  ['s', ['time-epoch']],
  ['a', ['ignored', 3]],
  ['A', ['ignored']],
  ['C', ['ignored', 2]],
  ['j', ['ignored', 3]],
  ['u', ['ignored', 1]],
  ['w', ['ignored', 1]],
  ['U', ['ignored', 2]],
  ['V', ['ignored', 2]],
  ['W', ['ignored', 2]],
  ['G', ['ignored', 4]],
  ['g', ['ignored', 2]],
  ['Z', ['ignored']],
]);

/** `column` is where the whole stands; a problem points there. */
export function readStrftime(format: string, column: number): Tokens {
  const tokens: Token[] = [];
  for (const match of format.matchAll(/%[EO]?([^])|%$|[^%]+/g)) {
    const letter = match[1];
    if (letter === undefined) {
      tokens.push({ kind: 'literal', text: match[0] });
      continue;
    }
    const longer = SHORT_FOR.get(letter);
    if (longer !== undefined) {
      const text = longer === '%%' ? '%' : longer;
      const inner: Tokens =
        /^%./.test(text) && text !== '%'
          ? readStrftime(text, column)
          : { ok: true, tokens: [{ kind: 'literal', text }] };
      if (!inner.ok) return inner;
      tokens.push(...inner.tokens);
      continue;
    }
    const token = createPart(letter, match[0], column);
    if ('ok' in token) return token;
    tokens.push(token);
  }
  return { ok: true, tokens };
}

function createPart(letter: string, written: string, column: number): FieldToken | FormatProblem {
  const part = PARTS.get(letter);
  if (part === undefined) return { ok: false, message: `has a time with an unknown ${written}`, column };
  const [field, width] = part;
  return {
    kind: 'field',
    field,
    written,
    column,
    rank: 0,
    ...(width === undefined ? {} : { width }),
    ...(field === 'time-epoch' ? { unitsPerSecond: 1 } : {}),
  };
}
