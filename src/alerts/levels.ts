// Which requests go how far back in the memory of recent.ts, by their second and their place in there alone.
import { statusIn } from '../aggregate/second.ts';
import { isError } from '../aggregate/status-counts.ts';

/** Each is twice as coarse as the one before; together they reach back some hours at any rate of requests. */
export const LEVELS = 10;
/** The samples of a second, by their places. */
export const OTHERS = 0;
export const FAILED = 1;

/** Which of the samples of its second a request with this code is of. */
export function sampleOf(code: number): number {
  return isError(statusIn(code)) ? FAILED : OTHERS;
}

/**
 * A number that depends on the second and the sample only. Of the numbers from it on every second one is even, so that every
 * second request of a sample goes on to the next level; where that begins is as good as chance, as most have few.
 */
export function chanceOf(timeSeconds: number, sample: number): number {
  let hash = Math.imul(timeSeconds ^ (sample << 20), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & 0xffffff;
}

/** The last level that takes a request: of the bits of its chance, as many of the lowest are 0 as further levels take it. */
export function lastOf(chance: number): number {
  const bits = chance | (1 << (LEVELS - 1));
  return 31 - Math.clz32(bits & -bits);
}
