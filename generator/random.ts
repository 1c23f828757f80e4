// Seeded pseudo-random numbers: the only chance in the generator, so a seed names one exact run.

export interface Random {
  /** A number in [0, 1). */
  float(): number;
  /** A whole number in [0, limit); `limit` is at most 2^32. */
  below(limit: number): number;
  /** True with the given probability; 0 is never and 1 is always. */
  chance(share: number): boolean;
  /** One of `values`, which must not be empty. */
  pick<T>(values: readonly T[]): T;
}

const WARM_UP_ROUNDS = 15;

/** `seed` is any text; `stream` separates uses, so that more of one thing does not change another. */
export function createRandom(seed: string, stream: string): Random {
  const name = `${stream}\n${seed}`;
  const next = smallFastCounter([hashText(name, 1), hashText(name, 2), hashText(name, 3)]);
  const float = (): number => next() / 4_294_967_296;
  const below = (limit: number): number => Math.floor(float() * limit);
  return {
    float,
    below,
    chance: (share) => share > 0 && float() < share,
    pick<T>(values: readonly T[]): T {
      const value = values[below(values.length)];
      if (value === undefined) throw new RangeError('cannot pick from an empty list');
      return value;
    },
  };
}

/** The sfc32 generator: three words of state and a counter, period at least 2^32. */
function smallFastCounter(state: readonly [number, number, number]): () => number {
  let [a, b, c] = state;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round++) next();
  return next;
}

/** FNV-1a over UTF-16 units, begun at a different word for each `salt`. */
function hashText(text: string, salt: number): number {
  let hash = (0x811c9dc5 ^ Math.imul(salt, 0x9e3779b9)) | 0;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash | 0;
}
