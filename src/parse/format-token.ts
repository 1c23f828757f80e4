// What a log format is once its server's syntax is gone: literal text and fields in a row. The compilers of nginx's and
// Apache's formats write it, steps.ts makes the steps of a parser of it.

/** Parts of a time that is written in several fields; each has a width of its own, or ends at a delimiter. */
export type TimePart =
  | 'year'
  | 'year-of-century'
  | 'month'
  | 'month-name'
  | 'day'
  | 'hour'
  | 'hour-of-half'
  | 'half-of-day'
  | 'minute'
  | 'second'
  | 'offset';

/** A whole time in one field. */
export type WholeTime = 'time-clf' | 'time-iso' | 'time-epoch';

export type LatencyField =
  | 'latency'
  /** Adds to the latency so far. */
  | 'latency-further'
  /** Times of several tries, such as `0.1, 0.2 : 0.3`: their sum. */
  | 'latency-list'
  /** Times such as `10/0/30/69/109`: the last one is the whole. */
  | 'latency-last'
  /** A number with its unit behind it, such as `12ms`. */
  | 'latency-with-unit';

export type PlainField =
  | 'ignored'
  /** `-` as well, of a server that does not know it. */
  | 'client'
  | 'client-and-port'
  /** Nothing as well: what is asked for need not be there. */
  | 'client-or-none'
  | 'host-and-port'
  | 'ident'
  | 'user'
  | 'request'
  | 'method'
  /** Path and query string. */
  | 'target'
  /** The same of nginx's variables for both, of which the second one is `-` where there is no query. */
  | 'target-or-dash'
  /** Path alone: a question mark in it is a character of the path. */
  | 'path'
  /** `-`, `-1` and `0` as well: the server has sent none. */
  | 'status'
  | 'bytes'
  | 'forwarded'
  | 'agent';

export type Field = PlainField | LatencyField | WholeTime | TimePart;

export interface LiteralToken {
  readonly kind: 'literal';
  readonly text: string;
}

export interface FieldToken {
  readonly kind: 'field';
  readonly field: Field;
  /** As it is written in the format, such as `$status`: for messages. */
  readonly written: string;
  /** Where it stands in the text that the user gave, counted from 0. */
  readonly column: number;
  /** Of two fields that say the same, the lower rank counts. */
  readonly rank: number;
  /** Length in bytes when it is always the same. */
  readonly width?: number;
  /** For latencies and epoch times: 1, 1000, 1e6 or 1e9. */
  readonly unitsPerSecond?: number;
  /** A list whose items are separated by `, ` and ` : `, which do not end it. */
  readonly isList?: boolean;
}

export type Token = LiteralToken | FieldToken;

/** What is wrong with a format, as the end of a sentence that begins with its place. */
export interface FormatProblem {
  readonly ok: false;
  readonly message: string;
  /** Counted from 0 in the text that the user gave; null when it is the whole. */
  readonly column: number | null;
}

export type Tokens = { readonly ok: true; readonly tokens: readonly Token[] } | FormatProblem;

/** A text and, for each of its characters, the column that it had in what the user gave. */
export interface PlacedText {
  readonly text: string;
  readonly columns: readonly number[];
}

export function placed(text: string): PlacedText {
  return { text, columns: Array.from({ length: text.length }, (_, index) => index) };
}
