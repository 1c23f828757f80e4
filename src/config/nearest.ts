// Finds the known name that a mistyped one was meant to be, for unknown keys, variables and time zones. Pure.

const LENGTH_MAX = 64;

/**
 * The candidate with the fewest edits, or null when none is near. Letter case and separators do not count, so
 * `alertWindow` and `alert_window` find `alert-window`; the last part of a dotted candidate counts as well, so
 * `port` finds `http.port`.
 */
export function nearest(name: string, candidates: readonly string[]): string | null {
  const wanted = letters(name);
  if (wanted.length === 0 || wanted.length > LENGTH_MAX) return null;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const lastPart = candidate.slice(candidate.lastIndexOf('.') + 1);
    for (const word of new Set([letters(candidate), letters(lastPart)])) {
      // Each letter more or less is an edit: a file of mistakes asks for thousands of words.
      if (Math.abs(word.length - wanted.length) >= bestDistance) continue;
      const distance = edits(wanted, word);
      if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
    }
  }
  return best;
}

/** `; did you mean "threshold"?`, or nothing when there is no near name. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const candidate = nearest(name, candidates);
  return candidate === null ? '' : `; did you mean "${candidate}"?`;
}

function letters(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function edits(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap && column > 1 && row > 1 ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length] ?? 0;
}
