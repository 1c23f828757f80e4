// The user's own groups of paths: `/blog/*` is one path in every count. `*` stands for any part of one segment, `**`
// for any number of segments, so that `/blog/**` is `/blog` as well.

const SLASH = 0x2f;
const STAR = 0x2a;

const ALL_BELOW = '/**';

export type PathMatcher = (bytes: Buffer, start: number, end: number) => boolean;

/** `pattern` begins with a slash. Matching looks at the pattern's letters first, so most paths cost a byte or two. */
export function compilePathPattern(pattern: string): PathMatcher {
  const wanted = Buffer.from(pattern);
  if (!pattern.endsWith(ALL_BELOW)) return (bytes, start, end) => isMatch(wanted, bytes, start, end);
  const top = wanted.subarray(0, -ALL_BELOW.length);
  return (bytes, start, end) => isMatch(wanted, bytes, start, end) || isMatch(top, bytes, start, end);
}

/** Goes back to the last star only: each star takes as little as it can, and the later one can take what is left. */
function isMatch(wanted: Buffer, bytes: Buffer, start: number, end: number): boolean {
  let at = 0;
  let i = start;
  let segmentStar: Resumption | null = null;
  let anyStar: Resumption | null = null;
  for (;;) {
    if (at < wanted.length && wanted[at] === STAR) {
      const isAny = wanted[at + 1] === STAR;
      at += isAny ? 2 : 1;
      if (isAny) [anyStar, segmentStar] = [{ at, i }, null];
      else segmentStar = { at, i };
    } else if (i === end && at === wanted.length) {
      return true;
    } else if (i < end && wanted[at] === bytes[i]) {
      at++;
      i++;
    } else if (segmentStar !== null && segmentStar.i < end && bytes[segmentStar.i] !== SLASH) {
      ({ at, i } = resume(segmentStar));
    } else if (anyStar !== null && anyStar.i < end) {
      segmentStar = null;
      ({ at, i } = resume(anyStar));
    } else {
      return false;
    }
  }
}

interface Resumption {
  /** Place in the pattern, behind the star. */
  readonly at: number;
  /** How far the star reaches. */
  i: number;
}

function resume(star: Resumption): Resumption {
  star.i++;
  return star;
}
