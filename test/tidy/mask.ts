// TypeScript source with everything that is not code blanked out, so that the rules of tidy.test.ts can look for
// words and brackets without being misled by comments, strings, templates and regular expressions.

interface Scan {
  readonly text: string;
  position: number;
  /** Where what was copied as code begins. */
  readonly code: string[];
}

export interface MaskedSource {
  readonly path: string;
  readonly text: string;
  /** As long as `text`; comments and the insides of literals are spaces, line ends stay. */
  readonly code: string;
}

export function maskSource(path: string, text: string): MaskedSource {
  const scan: Scan = { text, position: 0, code: [] };
  copyCode(scan, false);
  return { path, text, code: scan.code.join('') };
}

/** Up to the end of the text, or to the brace that closes a template's `${`. */
function copyCode(scan: Scan, isInTemplate: boolean): void {
  let depth = 0;
  while (scan.position < scan.text.length) {
    const character = scan.text[scan.position] ?? '';
    const next = scan.text[scan.position + 1];
    if (isInTemplate && character === '}' && depth === 0) return;
    if (character === '{') depth++;
    if (character === '}') depth--;
    if (character === '/' && next === '/') blankTo(scan, endOf(scan, '\n'));
    else if (character === '/' && next === '*') blankTo(scan, endOf(scan, '*/', 2) + 2);
    else if (character === '/' && isRegexPlace(scan)) blankTo(scan, regexEnd(scan));
    else if (character === "'" || character === '"') blankLiteral(scan, character);
    else if (character === '`') blankTemplate(scan);
    else copy(scan);
  }
}

function copy(scan: Scan): void {
  scan.code.push(scan.text[scan.position] ?? '');
  scan.position++;
}

function blankTo(scan: Scan, end: number): void {
  const stop = Math.min(end, scan.text.length);
  scan.code.push(scan.text.slice(scan.position, stop).replaceAll(/[^\n]/g, ' '));
  scan.position = stop;
}

function endOf(scan: Scan, mark: string, from = 0): number {
  const found = scan.text.indexOf(mark, scan.position + from);
  return found === -1 ? scan.text.length : found;
}

/** The quotes stay, so that an import's place can be found again. */
function blankLiteral(scan: Scan, quote: string): void {
  let end = scan.position + 1;
  while (end < scan.text.length && scan.text[end] !== quote) end += scan.text[end] === '\\' ? 2 : 1;
  copy(scan);
  blankTo(scan, end);
  copy(scan);
}

function blankTemplate(scan: Scan): void {
  copy(scan);
  while (scan.position < scan.text.length) {
    const rest = scan.text.slice(scan.position, scan.position + 2);
    if (rest.startsWith('`')) return copy(scan);
    if (rest === '${') {
      copy(scan);
      copy(scan);
      copyCode(scan, true);
      copy(scan);
    } else {
      blankTo(scan, scan.position + (rest.startsWith('\\') ? 2 : 1));
    }
  }
}

/** A slash divides after a value, and begins a regular expression everywhere else. */
function isRegexPlace({ code }: Scan): boolean {
  const before = code.slice(-40).join('').trimEnd();
  if (before === '' || /[([{,;:=!&|?+*%<>~^-]$/.test(before)) return true;
  return /\b(?:return|typeof|case|of|in|do|else)$/.test(before);
}

function regexEnd({ text, position }: Scan): number {
  let isInClass = false;
  let end = position + 1;
  for (; end < text.length && text[end] !== '\n'; end++) {
    const character = text[end];
    if (character === '\\') end++;
    else if (character === '[') isInClass = true;
    else if (character === ']') isInClass = false;
    else if (character === '/' && !isInClass) break;
  }
  return end + 1;
}
