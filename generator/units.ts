// Reads the values people write on the command line: numbers, shares, durations, times. Pure; null is "not one".

const UNIT_MS: Readonly<Record<string, number>> = { '': 1000, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `90`, `90s`, `500ms`, `2m`, `1h` in milliseconds. */
export function parseDurationMs(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|)$/.exec(text);
  if (match === null) return null;
  const ms = Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? Number.NaN);
  return Number.isFinite(ms) ? ms : null;
}

/** A plain decimal number, not negative. */
export function parseNumber(text: string): number | null {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : null;
}

export function parseWholeNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** `0.05` or `5%`, from 0 to 1. */
export function parseShare(text: string): number | null {
  const isPercent = text.endsWith('%');
  const value = parseNumber(isPercent ? text.slice(0, -1) : text);
  if (value === null) return null;
  const share = isPercent ? value / 100 : value;
  return share <= 1 ? share : null;
}

/** ISO 8601 to the second with its zone, such as `2026-11-23T22:14:00Z`, in milliseconds since the epoch. */
export function parseTimeMs(text: string): number | null {
  const match = /^\d{4}-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return null;
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) return null;
  // Date.parse takes the 31st of a short month for the next month's first day.
  const local = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  const isRealDay = local.getUTCDate() === Number(match[2]) && local.getUTCMonth() + 1 === Number(match[1]);
  return isRealDay ? timeMs : null;
}

/** `+0200`, `-03:30` or `Z` in minutes east of UTC. */
export function parseUtcOffsetMinutes(text: string): number | null {
  if (text === 'Z') return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(text);
  if (match === null) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  if (Number(match[3]) > 59 || minutes > 14 * 60) return null;
  return match[1] === '-' ? -minutes : minutes;
}
