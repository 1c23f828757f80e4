// From the text of a YAML file to its keys and values, each with its line and column, or to plain sentences about
// its syntax. Pure; the only importer of `yaml`. settings.ts decides which keys mean something.
import { isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Pair, YAMLError } from 'yaml';

interface Position {
  readonly line: number;
  readonly column: number;
}

export type YamlValue = Position &
  (
    | { readonly kind: 'scalar'; readonly value: unknown }
    | { readonly kind: 'list'; readonly items: readonly YamlValue[] }
    | { readonly kind: 'mapping'; readonly entries: readonly YamlEntry[] }
  );

export interface YamlEntry extends Position {
  readonly key: string;
  readonly value: YamlValue;
}

/** A problem of the whole text has no position. */
interface YamlProblem {
  readonly position: Position | null;
  readonly message: string;
}

export type YamlText =
  | { readonly ok: true; readonly entries: readonly YamlEntry[] }
  | { readonly ok: false; readonly problems: readonly YamlProblem[] };

/** Deeper values have no meaning in any key: a bound of what a test of rules expects, in lists in a list, is the deepest. */
const DEPTH_MAX = 6;

export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false, keepSourceTokens: false };
  const document = parseDocument(text, options);
  const broken = syntaxProblems(document, lines);
  if (broken.length > 0) return { ok: false, problems: broken };

  const root = document.contents;
  if (root === null || (isScalar(root) && root.source === '')) {
    const isCommented = text.includes('#');
    return isCommented
      ? { ok: true, entries: [] }
      : whole('is empty: write at least one key, or remove the file');
  }
  if (!isMap(root)) return whole('must hold lines such as "threshold: 10", with a space after each colon');
  const problems: YamlProblem[] = [];
  const value = new Converter(lines, problems).convert(root, 0);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, entries: value.kind === 'mapping' ? value.entries : [] };
}

function whole(message: string): YamlText {
  return { ok: false, problems: [{ position: null, message }] };
}

/** Holds what one conversion needs. The parser's own look-up of an anchor walks the whole document each time. */
class Converter {
  readonly #lines: LineCounter;
  readonly #problems: YamlProblem[];
  readonly #anchored = new Map<string, YamlValue>();

  constructor(lines: LineCounter, problems: YamlProblem[]) {
    this.#lines = lines;
    this.#problems = problems;
  }

  convert(node: unknown, depth: number, fallback: Position = { line: 1, column: 1 }): YamlValue {
    const position = this.#position(node, fallback);
    if (isAlias(node)) return this.#alias(node.source, position);
    const value = this.#value(node, depth, position);
    // Only now: within a value its own anchor has no meaning.
    if (isScalar(node) || isCollection(node)) this.#remember(node.anchor, value);
    return value;
  }

  #value(node: unknown, depth: number, position: Position): YamlValue {
    if (isSeq(node)) {
      const items =
        depth < DEPTH_MAX ? node.items.map((item) => this.convert(item, depth + 1, position)) : [];
      return { ...position, kind: 'list', items };
    }
    if (isMap(node)) {
      const entries =
        depth < DEPTH_MAX ? node.items.map((pair) => this.#entry(pair, depth + 1, position)) : [];
      return { ...position, kind: 'mapping', entries };
    }
    return { ...position, kind: 'scalar', value: isScalar(node) ? node.value : null };
  }

  #entry(pair: Pair, depth: number, fallback: Position): YamlEntry {
    const key = this.convert(pair.key, depth, fallback);
    const { line, column } = key;
    const text = key.kind === 'scalar' ? textOf(key.value) : '';
    if (text === '') {
      this.#problems.push({
        position: { line, column },
        message: 'a key must be plain text such as "threshold"',
      });
    }
    return { line, column, key: text, value: this.convert(pair.value, depth, { line, column }) };
  }

  #remember(anchor: string | undefined, value: YamlValue): void {
    if (anchor !== undefined) this.#anchored.set(anchor, value);
  }

  #alias(anchor: string, position: Position): YamlValue {
    const target = this.#anchored.get(anchor);
    if (target !== undefined) return { ...target, ...position };
    const message =
      '"*" begins an alias in YAML, and there is no anchor of this name: put the value in quotes';
    this.#problems.push({ position, message });
    return { ...position, kind: 'scalar', value: null };
  }

  #position(node: unknown, fallback: Position): Position {
    const start = isNode(node) ? node.range?.[0] : undefined;
    return start === undefined ? fallback : positionOf(this.#lines, start);
  }
}

/** Of a key: `1: x` and `true: x` are keys as well, though unknown ones. */
function textOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value : '';
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isCollection(value) || isAlias(value);
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** One problem a line: what follows the first one on a line is mostly its echo. */
function syntaxProblems(document: Document.Parsed, lines: LineCounter): YamlProblem[] {
  const perLine = new Map<number, YamlProblem>();
  for (const error of [...document.errors, ...document.warnings]) {
    const { isOpening, message } = inPlainWords(error);
    const offset = isOpening ? valueStartBefore(document.contents, error.pos[0]) : error.pos[0];
    const position = positionOf(lines, offset);
    if (!perLine.has(position.line)) perLine.set(position.line, { position, message });
  }
  return [...perLine.values()];
}

/** The parser notices a missing end where the text ends; a person looks for where it began. */
function valueStartBefore(root: unknown, offset: number): number {
  const starts = isMap(root)
    ? root.items.map(({ value }) => (isNode(value) ? (value.range?.[0] ?? 0) : 0))
    : [];
  return starts.findLast((start) => start < offset) ?? offset;
}

/** By a part of the parser's message first, as it uses one code for several faults; then by code. */
const PLAIN_WORDS: readonly (readonly [part: string, message: string, isOpening?: boolean])[] = [
  ['Missing closing', 'this value has an opening quote, but no closing one', true],
  ['end with a ]', 'this list has an opening "[", but no closing "]"', true],
  ['end with a }', 'this mapping has an opening "{", but no closing "}"', true],
  ['Unexpected alias', '"*" begins an alias in YAML: put the whole value in quotes, such as "*/5 * * * *"'],
  ['Alias cannot be', '"*" begins an alias in YAML: put the whole value in quotes, such as "*/5 * * * *"'],
  ['at node end', 'unexpected text after the end of the value: put the whole value in quotes'],
  ['followed by map values', 'a line must be "key: value", with a space after the colon'],
  ['on a single line', 'a line must be "key: value", with a space after the colon'],
  ['Comments must be', 'a comment needs a space before its "#"'],
  ['TAB_AS_INDENT', 'the line is indented with a tab: use spaces'],
  ['BAD_INDENT', 'the indentation does not fit the lines above'],
  ['MULTIPLE_DOCS', 'a second document begins here: keep one, and remove the "---" line'],
  [
    'BLOCK_AS_IMPLICIT_KEY',
    'a "key: value" inside a value: check the indentation, or put the value in quotes',
  ],
  ['BAD_SCALAR_START', 'a value that begins with "@", "%" or "`" must be put in quotes'],
  ['BAD_DQ_ESCAPE', 'unknown "\\" sequence: in double quotes write "\\\\", or use single quotes'],
  ['TAG_RESOLVE_FAILED', 'tags such as "!name" are not used here: remove it, or put the value in quotes'],
  ['RESOURCE_EXHAUSTION', 'values are nested too deeply', true],
  ['BAD_DIRECTIVE', 'a line that begins with "%" is a directive in YAML: remove it'],
];

function inPlainWords(error: YAMLError): { message: string; isOpening: boolean } {
  const known =
    PLAIN_WORDS.find(([part]) => error.message.includes(part)) ??
    PLAIN_WORDS.find(([part]) => part === error.code);
  return { message: known?.[1] ?? 'this is not YAML that can be read', isOpening: known?.[2] ?? false };
}
