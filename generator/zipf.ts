// Popularity by rank: the item of rank k is drawn in proportion to 1 / (k + 1)^exponent. Pure.

export interface Zipf {
  /** Rank, 0 the most popular, for a random number in [0, 1). */
  rankOf(fraction: number): number;
}

export function createZipf(itemCount: number, exponent: number): Zipf {
  const cumulative = new Float64Array(itemCount);
  let total = 0;
  for (let rank = 0; rank < itemCount; rank++) {
    total += (rank + 1) ** -exponent;
    cumulative[rank] = total;
  }
  return {
    rankOf(fraction) {
      const wanted = fraction * total;
      let low = 0;
      let high = itemCount - 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((cumulative[middle] ?? 0) <= wanted) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}
