// The kinds of values that keys hold, each with the sentence that says what it must be. Pure; schema.ts gives
// every key its kind.
import * as v from 'valibot';

import { isMeantAsCron, readCronExpression } from './cron.ts';
import { DURATION_WANTED, readDuration, type Reading } from './duration.ts';
import { readNetwork, type Network } from '../parse/address.ts';
import { FORMAT_NAMES, findFormatProblem, isFormatText } from '../parse/detect.ts';
import { findOtherName, findUnreadName } from '../parse/foreign-format.ts';
import { nearest } from './nearest.ts';

/** An interval of n seconds means every n seconds, at the multiples of n seconds since the epoch. */
export type ReportTime =
  | { readonly kind: 'interval'; readonly seconds: number }
  | { readonly kind: 'cron'; readonly expression: string };

export function numberAbove(limit: number) {
  const message = `must be a number above ${limit}`;
  return v.pipe(v.number(message), v.finite(message), v.gtValue(limit, message));
}

export function oneOf<const Options extends readonly string[]>(...options: Options) {
  return v.picklist(options, `must be ${options.slice(0, -1).join(', ')} or ${options.at(-1)}`);
}

export function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(min, message), v.maxValue(max, message));
}

export function field<T>(read: (raw: unknown) => Reading<T>) {
  return v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({ dataset, addIssue, NEVER }) => {
      const reading = read(dataset.value);
      if (reading.ok) return reading.value;
      addIssue({ message: reading.message });
      return NEVER;
    }),
  );
}

export function within(read: (raw: unknown) => Reading<number>, min: string, max: string) {
  const [least, most] = [read(min), read(max)];
  if (!least.ok || !most.ok) throw new Error(`not a range: ${min} to ${max}`);
  return (raw: unknown): Reading<number> => {
    const reading = read(raw);
    const isOutside = reading.ok && (reading.value < least.value || reading.value > most.value);
    return isOutside ? { ok: false, message: `must be from ${min} to ${max}` } : reading;
  };
}

export function readPath(raw: unknown): Reading<string> {
  if (typeof raw !== 'string') return { ok: false, message: 'must be a path' };
  if (raw.trim() === '') return { ok: false, message: 'must be a path that is not empty' };
  if (raw.includes('\0')) return { ok: false, message: 'must not contain a NUL character' };
  if (raw.startsWith('~')) return { ok: false, message: 'must be written in full, as "~" is not expanded' };
  return { ok: true, value: raw };
}

export function readPathPattern(raw: unknown): Reading<string> {
  const isPattern =
    typeof raw === 'string' && raw.startsWith('/') && raw.length <= 1024 && !/[?#\s\p{Cc}]/u.test(raw);
  return isPattern
    ? { ok: true, value: raw }
    : {
        ok: false,
        message: 'must be a path that begins with / such as /blog/* or /api/**, without a query string',
      };
}

export function readOutputPath(raw: unknown): Reading<string | null> {
  if (raw === '' || raw === 'off') return { ok: true, value: null };
  if (typeof raw !== 'string') return { ok: false, message: 'must be a path, or off' };
  if (/(?:^|\/)\.{0,2}$/.test(raw)) return { ok: false, message: 'must be a file, not a directory' };
  return readPath(raw);
}

export function readTimezone(raw: unknown): Reading<string> {
  if (typeof raw !== 'string')
    return { ok: false, message: 'must be an IANA time zone such as Europe/Berlin' };
  // The default needs no look into the database of time zones, which takes longer than all the rest.
  if (raw === 'UTC' || (/^[A-Za-z]/.test(raw) && isTimezone(raw))) return { ok: true, value: raw };
  const near = nearest(raw, Intl.supportedValuesOf('timeZone'));
  const hint = near === null ? 'such as Europe/Berlin' : `(did you mean ${near}?)`;
  return { ok: false, message: `must be an IANA time zone ${hint}` };
}

/** A name, or a server's own format; what is wrong with a format is told with its place in it. */
export function readLogFormat(raw: unknown): Reading<string> {
  if (typeof raw !== 'string') return { ok: false, message: 'must be a name, or a format as text' };
  if (!FORMAT_NAMES.includes(raw) && !isFormatText(raw)) {
    const unread = findUnreadName(raw);
    if (unread !== null) return { ok: false, message: unread };
    const near = findOtherName(raw) ?? nearest(raw, FORMAT_NAMES);
    const names = near === null ? FORMAT_NAMES.join(', ') : `auto, a preset (did you mean ${near}?)`;
    return { ok: false, message: `must be ${names}, or a log_format of nginx or LogFormat of Apache` };
  }
  const problem = findFormatProblem(raw);
  if (problem === null) return { ok: true, value: raw };
  const place = problem.column === null ? '' : ` (character ${problem.column + 1})`;
  return { ok: false, message: `${problem.message}${place}` };
}

/** `none` is an empty list; in a text commas separate. What is neither text nor a list stays as it is. */
export function listOrNone(raw: unknown): unknown {
  if (raw === 'none' || raw === '') return [];
  return typeof raw === 'string' ? raw.split(',').map((part) => part.trim()) : raw;
}

export function readTrustedNetwork(raw: unknown): Reading<Network> {
  const network = typeof raw === 'string' ? readNetwork(raw) : null;
  if (network !== null) return { ok: true, value: network };
  return { ok: false, message: 'must be an address or a network such as 10.0.0.0/8 or 2001:db8::/32' };
}

const HOST_NAME = /^(?:\*\.)?[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** Of a request; in small letters. With `*.` in front it stands for every name below. */
export function readHostName(raw: unknown): Reading<string> {
  const name = typeof raw === 'string' ? raw.toLowerCase() : '';
  if (name.length <= 253 && HOST_NAME.test(name)) return { ok: true, value: name };
  return {
    ok: false,
    message: 'must be a host name such as fluffy.example.org or *.example.org, without http:// and port',
  };
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export function readReportTime(raw: unknown): Reading<ReportTime> {
  const cron = readCronExpression(raw);
  if (cron.ok) return { ok: true, value: { kind: 'cron', expression: cron.value } };
  const reading = within(readDuration, '1s', '24h')(raw);
  if (reading.ok) return { ok: true, value: { kind: 'interval', seconds: reading.value } };
  if (reading.message !== DURATION_WANTED) return reading;
  if (isMeantAsCron(raw)) return cron;
  return { ok: false, message: `${DURATION_WANTED}, or a cron expression of 5 or 6 fields` };
}

export function readAddress(raw: unknown): Reading<string> {
  const message = 'must be an IP address or a host name';
  if (typeof raw !== 'string') return { ok: false, message };
  const bare = raw.replace(/^\[(.*)\]$/, '$1');
  const host = bare.includes(':') ? `[${bare}]` : bare;
  // URL reads 80 and 1.2.3 as shortened IPv4 addresses, which are rather mistakes here.
  const isShortened = /^[\d.]+$/.test(bare) && !/^(?:\d+\.){3}\d+$/.test(bare);
  const isHost = !isShortened && /^[\w.:-]+$/.test(bare) && URL.canParse(`http://${host}:1/`);
  return isHost ? { ok: true, value: bare } : { ok: false, message };
}
