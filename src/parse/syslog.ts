// The prefix that a syslog daemon puts before a line: `Feb  6 12:14:14 host haproxy[14389]: `, or the longer ones of
// RFC 5424 and of rsyslog. Part of the data path for lines that a format does not take as they are.

const SPACE = 0x20;
const LETTERS = /^[A-Z][a-z][a-z] $/;

/** What a prefix may be, up to the space before the message. Its time is passed over: the line has its own. */
const PREFIX = new RegExp(
  [
    String.raw`^(?:<\d{1,3}>)?`,
    '(?:',
    // RFC 3164, with the daemon's own time or rsyslog's, and a tag that ends in a colon.
    String.raw`(?:[A-Z][a-z]{2} [ \d]\d(?: \d{4})? \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) \S+ [^\s:[]+(?:\[\d+\])?:`,
    // RFC 5424: version, time, host, application, process, message id, no structured data.
    String.raw`|1 \S+ \S+ \S+ \S+ \S+ -`,
    ') ',
  ].join(''),
);
/** No prefix is longer: the look at a line that has none stays short. */
const PREFIX_BYTES_MAX = 200;

/** Where the line behind the prefix starts; `start` when it has none. */
export function skipSyslogPrefix(bytes: Buffer, start: number, end: number): number {
  if (!mayBePrefix(bytes, start, end)) return start;
  const match = PREFIX.exec(bytes.toString('latin1', start, Math.min(end, start + PREFIX_BYTES_MAX)));
  return match === null ? start : start + match[0].length;
}

/** Cheap: begins with a priority, a name of a month, or a date. */
function mayBePrefix(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 20) return false;
  const first = bytes[start] ?? 0;
  if (first === 0x3c) return true;
  if (bytes[start + 3] === SPACE) return LETTERS.test(bytes.toString('latin1', start, start + 4));
  return bytes[start + 4] === 0x2d && bytes[start + 10] === 0x54 && first >= 0x30 && first <= 0x39;
}
