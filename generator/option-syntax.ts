// Reads the two option values with a syntax of their own: bursts and rotations. Pure; null is "not one".
import { ROTATION_MODES, type RotationSpec } from './rotation.ts';
import type { Burst } from './traffic.ts';
import { parseDurationMs, parseNumber, parseWholeNumber } from './units.ts';

const BURST_RATE_MAX = 1_000_000;

/** `200@30s+20s`: 200 requests/s from second 30 for 20 s; `/60s` after it repeats that every 60 s. */
export function parseBurst(text: string): Burst | null {
  const match = /^([^@+/]+)@([^@+/]+)\+([^@+/]+)(?:\/([^@+/]+))?$/.exec(text);
  if (match === null) return null;
  const rate = parseNumber(match[1] ?? '');
  const fromSecond = wholeSeconds(match[2] ?? '');
  const lengthSeconds = wholeSeconds(match[3] ?? '');
  const periodSeconds = match[4] === undefined ? null : wholeSeconds(match[4]);
  if (rate === null || rate > BURST_RATE_MAX || fromSecond === null || !lengthSeconds) return null;
  if (match[4] !== undefined && (periodSeconds === null || periodSeconds < lengthSeconds)) return null;
  return { rate, fromSecond, lengthSeconds, periodSeconds };
}

/** `rename@5s`, `rename+copytruncate@1000lines`, `random@2m`. */
export function parseRotation(text: string): RotationSpec | null {
  const [name = '', interval = '', ...rest] = text.split('@');
  const modes =
    name === 'random' ? ROTATION_MODES : ROTATION_MODES.filter((mode) => name.split('+').includes(mode));
  if (modes.length === 0 || rest.length > 0) return null;
  if (name !== 'random' && modes.length !== name.split('+').length) return null;
  if (interval.endsWith('lines')) {
    const lines = parseWholeNumber(interval.slice(0, -'lines'.length));
    return lines === null || lines === 0 ? null : { modes, every: { unit: 'lines', lines } };
  }
  const intervalMs = parseDurationMs(interval);
  return intervalMs === null || intervalMs < 1 ? null : { modes, every: { unit: 'time', intervalMs } };
}

function wholeSeconds(text: string): number | null {
  const ms = parseDurationMs(text);
  return ms !== null && ms % 1000 === 0 ? ms / 1000 : null;
}
