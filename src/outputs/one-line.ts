// Text of strangers, such as a server's reply or the name of a rule, made fit for a header, a subject or a sentence.

/** Without line breaks and control characters, at most `charactersMax` UTF-16 units long. */
export function oneLine(text: string, charactersMax: number): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, charactersMax);
}
