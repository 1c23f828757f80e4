// What is to be said of requests that --from and --to leave out of finished logs.
import type { OutsideRecords } from '../log.ts';
import { formatNumber } from '../number-text.ts';

/** One sentence a line; `inside`: how many requests there were besides. */
export function describeOutside(
  { count, firstSeconds, lastSeconds }: OutsideRecords,
  inside: number,
): string[] {
  if (count === 0) return [];
  if (inside > 0) return [`${formatNumber(count)} requests were outside --from and --to`];
  const first = formatTime(firstSeconds);
  if (count === 1) return [`the only request is outside --from and --to: it is of ${first} UTC`];
  return [
    `none of the ${formatNumber(count)} requests is inside --from and --to: they are from ${first} to ${formatTime(lastSeconds)} UTC`,
  ];
}

function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}
