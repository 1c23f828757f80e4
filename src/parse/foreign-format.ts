// Formats of servers that are neither nginx nor Apache: told apart by what no format of Apache holds, so that they are
// refused with the way out, instead of being taken for Apache's and fitting no line.
import type { FormatProblem, PlacedText } from './format-token.ts';

interface Foreign {
  /** One of these is proof. */
  readonly proof: RegExp;
  /** Apache would read a directive and a letter of text: two different ones are no accident. */
  readonly signs: RegExp | null;
  readonly message: string;
}

const FOREIGN: readonly Foreign[] = [
  {
    proof: /^\s*(?:error-)?log-format(?:-sd)?\s|%\{[+-][QXEJ,+-]+\}|%\[(?:src|dst|[a-z_]{4,})/,
    signs:
      /%(?:ci|cp|fi|fp|si|sp|bi|bp|trg?|trl|ft|T[RwcrtaqdDhiu]|ST|CC|CS|tsc|ac|fc|bc|sc|rc|sq|bq|hrl?|hsl?|HM|HPO?|HQ|HU|HV|ID)(?![A-Za-z])/g,
    message:
      'is a log-format of HAProxy; write haproxy for the lines of its option httplog, auto for those of option httplog clf, or the LogFormat of Apache that gives the same lines',
  },
  {
    proof: /%[-\d'"#/[]*\{[^}]*\}[<>]h(?![A-Za-z])|%[-\d'"#/]*\[(?:u[nil]|[<>]|t[lg])/,
    signs: /%[-\d.'"#/[]*(?:t[ulg]|S[sh]|[<>]?Hs|[<>]?st|r[muvp]|u[nil]|mt)(?![A-Za-z])/g,
    message:
      'is a logformat of Squid; write auto for the lines of its common and combined, or the LogFormat of Apache that gives the same lines',
  },
  {
    proof: /%\((?:[\w.]+|\{[^}]+\}[ieo])\)s/,
    signs: null,
    message:
      'is of gunicorn or another server in Python; write auto for the default of gunicorn, or the LogFormat of Apache: %h for %(h)s, %{Referer}i for %(f)s, %{User-Agent}i for %(a)s',
  },
  {
    proof: /%[A-Z]+_[A-Z_]+[%(]|%(?:REQ|RESP)\(/,
    signs: null,
    message: 'is of Envoy; write envoy or istio for the lines of their default formats, or auto',
  },
];

/** Null when it may be Apache's. The place is that of the first piece that Apache does not have. */
export function findForeignFormat({ text, columns }: PlacedText): FormatProblem | null {
  for (const { proof, signs, message } of FOREIGN) {
    const found = signs === null ? [] : [...text.matchAll(signs)];
    const isClear = new Set(found.map(([sign]) => sign)).size > 1;
    const proven = proof.exec(text);
    if (proven === null && !isClear) continue;
    const first = Math.min(...[proven, found[0]].map((match) => match?.index ?? text.length));
    return { ok: false, message, column: columns[first] ?? 0 };
  }
  return null;
}

/** Names that servers have for formats, and what these are called here. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['httplog', 'haproxy'],
  ['httpslog', 'haproxy'],
  ['clf', 'common'],
  ['ncsa', 'common'],
  ['apache', 'combined'],
  ['apache2', 'combined'],
  ['nginx', 'combined'],
  ['extended', 'w3c'],
]);

/** Null when the name is not known of other servers. */
export function findOtherName(name: string): string | null {
  return OTHER_NAMES.get(name.toLowerCase()) ?? null;
}

/** Names of formats that hold no HTTP, or that are not read. */
const UNREAD_NAMES: ReadonlyMap<string, string> = new Map([
  [
    'squid',
    "can't be squid, whose native log is not read: let Squid write logformat=combined, and take auto",
  ],
  ['tcplog', "can't be tcplog, which holds no HTTP: let HAProxy write option httplog, and take haproxy"],
]);

/** What is wrong with a name that stands for a format which is not read; null for others. */
export function findUnreadName(name: string): string | null {
  return UNREAD_NAMES.get(name.toLowerCase()) ?? null;
}
