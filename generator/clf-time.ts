// The timestamp of the common log format, such as `23/Nov/2026:22:14:05 +0000`. Pure.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const TWO_DIGITS: readonly string[] = Array.from({ length: 60 }, (_, value) =>
  String(value).padStart(2, '0'),
);

/** Formats milliseconds since the epoch for a zone that many minutes east of UTC. */
export function createClfTime(utcOffsetMinutes: number): (timeMs: number) => string {
  const zone = zoneText(utcOffsetMinutes);
  // Hundreds of thousands of lines share a minute: only the seconds are new.
  let cachedMinute = Number.NaN;
  let prefix = '';
  return (timeMs) => {
    const seconds = Math.floor(timeMs / 1000) + utcOffsetMinutes * 60;
    const minute = Math.floor(seconds / 60);
    if (minute !== cachedMinute) {
      cachedMinute = minute;
      prefix = minuteText(minute);
    }
    return `${prefix}:${TWO_DIGITS[seconds - minute * 60]} ${zone}`;
  };
}

function minuteText(minute: number): string {
  const date = new Date(minute * 60_000);
  const day = String(date.getUTCDate()).padStart(2, '0');
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  const hours = TWO_DIGITS[date.getUTCHours()];
  return `${day}/${MONTHS[date.getUTCMonth()]}/${year}:${hours}:${TWO_DIGITS[date.getUTCMinutes()]}`;
}

function zoneText(utcOffsetMinutes: number): string {
  const minutes = Math.abs(utcOffsetMinutes);
  const sign = utcOffsetMinutes < 0 ? '-' : '+';
  return sign + String(Math.floor(minutes / 60) * 100 + (minutes % 60)).padStart(4, '0');
}
