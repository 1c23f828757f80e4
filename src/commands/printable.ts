// What comes from a log or a file system, made fit to be shown on a terminal.

/** Nothing in `text` shall steer the terminal that it is shown on: such characters become a `?`. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
