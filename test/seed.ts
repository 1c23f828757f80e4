// Where random tests take their seed from: a new one each run, printed, or the one in TEST_SEED to repeat a run.
import type { TestContext } from 'node:test';

/** A seed of 31 bits; it is printed with the results of `t`. */
export function takeSeed(t: TestContext): number {
  const given = process.env['TEST_SEED'];
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
  t.diagnostic(`TEST_SEED=${seed}`);
  return seed;
}

/** Whole numbers from 0 to `below - 1`, the same ones for the same seed. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    // A multiplicative hash of a counter: enough to spread test input, and quick.
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}
