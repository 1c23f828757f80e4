// A format as people paste it, with the directive of the server's configuration around it or without: what server it
// is of, and the bare text with the place of each character.
import { findForeignFormat } from './foreign-format.ts';
import { placed } from './format-token.ts';
import type { FormatProblem, PlacedText } from './format-token.ts';

/** How values are escaped (nginx's escape=); Apache's own way looks like nginx's default from here. */
type Escaping = 'default' | 'json' | 'none';

export interface PastedFormat {
  readonly ok: true;
  readonly server: 'nginx' | 'apache';
  readonly format: PlacedText;
  readonly escaping: Escaping;
}

const NGINX_DIRECTIVE = /^\s*log_format\s+(?!['"$])\S+\s+/;
const NGINX_ESCAPE = /^\s*escape=(\w+)\s*/;
const APACHE_DIRECTIVE = /^\s*(LogFormat|CustomLog|GlobalLog|TransferLog)\s+/i;
/** In server.xml, alone or in its element. */
const TOMCAT_ATTRIBUTE = /^\s*(?:<Valve\s(?:[^>]*?\s)?)?pattern\s*=\s*(?=["'])/;
const XML_REFERENCE = /&(?:(quot|apos|lt|gt|amp)|#(\d{1,7})|#x([\da-f]{1,6}));/gi;
/** Lines that configurations of both may have before the directive. */
const COMMENTS = /^(?:\s*#[^\n]*\n)+/;

const XML_NAMES: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&' };
const NAME_INSTEAD = 'is a directive that names a format instead of holding one';

/** Recognises nginx by its `$variables` and Apache by its `%directives`. */
export function readPasted(given: string): PastedFormat | FormatProblem {
  const source = slice(placed(given), COMMENTS.exec(given)?.[0].length ?? 0);
  const { text } = source;
  const hasVariables = /\$\{?[A-Za-z_]/.test(text);
  const foreign = hasVariables ? null : findForeignFormat(source);
  if (foreign !== null) return foreign;
  const apache = APACHE_DIRECTIVE.exec(text);
  if (apache !== null) return readApache(source, apache[0]);
  const tomcat = TOMCAT_ATTRIBUTE.exec(text);
  if (tomcat !== null) return readTomcat(source, tomcat[0].length);
  const nginx = NGINX_DIRECTIVE.exec(text);
  const from = nginx?.[0].length ?? 0;
  const escape = NGINX_ESCAPE.exec(text.slice(from));
  const escaping = readEscaping(escape?.[1] ?? 'default');
  if (escaping === null)
    return {
      ok: false,
      message: 'has an escape= that is not default, json or none',
      column: source.columns[from] ?? 0,
    };
  const rest = slice(source, from + (escape?.[0].length ?? 0));
  const isOfApache = !hasVariables && text.includes('%');
  const isString = !isOfApache && (/^\s*'/.test(rest.text) || isOneEscapedString(rest.text));
  if (nginx !== null || escape !== null || isString) return readNginxStrings(rest, escaping);
  if (hasVariables) return { ok: true, server: 'nginx', format: trimEnd(rest), escaping };
  if (isOfApache) return readApache(text.includes('&quot;') ? resolveReferences(source) : source, '');
  return {
    ok: false,
    message: 'has neither variables of nginx such as $status nor directives of Apache such as %s',
    column: null,
  };
}

function readEscaping(name: string): Escaping | null {
  return name === 'default' || name === 'json' || name === 'none' ? name : null;
}

/** nginx puts the strings that follow each other together: quoted ones and bare words, up to a semicolon. */
function readNginxStrings(source: PlacedText, escaping: Escaping): PastedFormat | FormatProblem {
  const pieces: PlacedText[] = [];
  const { text } = source;
  let i = 0;
  while (i < text.length) {
    const char = text[i] ?? '';
    if (/\s/.test(char)) i++;
    else if (char === ';') break;
    else if (char === '#' && i > 0) i = indexOrEnd(text, '\n', i);
    else if (char === "'" || char === '"') {
      const end = closingQuote(text, i);
      if (end < 0)
        return { ok: false, message: `has a ${char} that is not closed`, column: source.columns[i] ?? 0 };
      pieces.push(unescape(slice(source, i + 1, end), /\\(['"\\trn])/y));
      i = end + 1;
    } else {
      const end = i + (/^[^\s;]+/.exec(text.slice(i))?.[0].length ?? 1);
      pieces.push(slice(source, i, end));
      i = end;
    }
  }
  return { ok: true, server: 'nginx', format: join(pieces), escaping };
}

/** `LogFormat "…" combined`: one quoted string and a nickname; or the bare format, with quotes escaped or not. */
function readApache(source: PlacedText, directive: string): PastedFormat | FormatProblem {
  const continued = joinLines(slice(source, directive.length));
  let start = 0;
  if (/^(?:Custom|Global)Log/i.test(directive.trim()))
    start = /^\s*(?:"[^"]*"|\S+)\s+/.exec(continued.text)?.[0].length ?? 0;
  const rest = slice(continued, start);
  const quote = /^["']/.exec(rest.text)?.[0];
  const isQuoted = quote !== undefined && (directive !== '' || isOneEscapedString(rest.text));
  if (!isQuoted) {
    if (directive !== '' && !rest.text.includes('%'))
      return { ok: false, message: NAME_INSTEAD, column: null };
    return { ok: true, server: 'apache', format: trimEnd(rest), escaping: 'default' };
  }
  const end = closingQuote(rest.text, 0);
  if (end < 0)
    return { ok: false, message: `has a ${quote} that is not closed`, column: rest.columns[0] ?? 0 };
  if (!rest.text.includes('%')) return { ok: false, message: NAME_INSTEAD, column: null };
  return {
    ok: true,
    server: 'apache',
    format: unescape(slice(rest, 1, end), quote === '"' ? /\\(["\\])/y : /\\(['\\])/y),
    escaping: 'default',
  };
}

/** `pattern="…"` of an AccessLogValve: directives like Apache's, in XML. */
function readTomcat(source: PlacedText, quoteAt: number): PastedFormat | FormatProblem {
  const quote = source.text[quoteAt] ?? '"';
  const end = source.text.indexOf(quote, quoteAt + 1);
  if (end < 0)
    return { ok: false, message: `has a ${quote} that is not closed`, column: source.columns[quoteAt] ?? 0 };
  const format = resolveReferences(slice(source, quoteAt + 1, end));
  if (!format.text.includes('%')) return { ok: false, message: NAME_INSTEAD, column: null };
  return { ok: true, server: 'apache', format, escaping: 'default' };
}

/** `&quot;` and the like. */
function resolveReferences(source: PlacedText): PlacedText {
  const pieces: PlacedText[] = [];
  let from = 0;
  for (const match of source.text.matchAll(XML_REFERENCE)) {
    const [reference, name, decimal, hexadecimal] = match;
    const text =
      name === undefined
        ? String.fromCharCode(decimal === undefined ? parseInt(hexadecimal ?? '', 16) : Number(decimal))
        : (XML_NAMES[name.toLowerCase()] ?? reference);
    pieces.push(slice(source, from, match.index), { text, columns: [source.columns[match.index] ?? 0] });
    from = match.index + reference.length;
  }
  return join([...pieces, slice(source, from)]);
}

/** `"%h … \"%r\" …"` or `'%h … "%r" …'`: quotes around the whole, and those within escaped or of the other kind. */
function isOneEscapedString(text: string): boolean {
  const isMeant = text.startsWith("'") || (text.startsWith('"') && text.includes('\\"'));
  return isMeant && closingQuote(text, 0) === text.trimEnd().length - 1;
}

/** A backslash at the end of a line joins it with the next. */
function joinLines(source: PlacedText): PlacedText {
  const pieces: PlacedText[] = [];
  let from = 0;
  for (const match of source.text.matchAll(/\\\r?\n\s*/g)) {
    pieces.push(slice(source, from, match.index));
    from = match.index + match[0].length;
  }
  return join([...pieces, slice(source, from)]);
}

function closingQuote(text: string, open: number): number {
  for (let i = open + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === text[open]) return i;
  }
  return -1;
}

const CONTROL: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' };

function unescape(source: PlacedText, escape: RegExp): PlacedText {
  let text = '';
  const columns: number[] = [];
  for (let i = 0; i < source.text.length; i++) {
    escape.lastIndex = i;
    const protectedChar = escape.exec(source.text)?.[1];
    text += protectedChar === undefined ? source.text[i] : (CONTROL[protectedChar] ?? protectedChar);
    columns.push(source.columns[i] ?? 0);
    if (protectedChar !== undefined) i++;
  }
  return { text, columns };
}

function slice({ text, columns }: PlacedText, start: number, end = text.length): PlacedText {
  return { text: text.slice(start, end), columns: columns.slice(start, end) };
}

function trimEnd(source: PlacedText): PlacedText {
  return slice(source, 0, source.text.trimEnd().length);
}

function join(pieces: readonly PlacedText[]): PlacedText {
  return {
    text: pieces.map(({ text }) => text).join(''),
    columns: pieces.flatMap(({ columns }) => columns),
  };
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const index = text.indexOf(wanted, from);
  return index < 0 ? text.length : index;
}
