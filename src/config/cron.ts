// Reads cron expressions, and says which of their fields is wrong and what it may be. Pure: what a field may say is judged
// by whoever runs them.
import type { Reading } from './duration.ts';
import { shown } from './problem.ts';

type Judge = (expression: string) => boolean;

/** The first may be left out. */
const FIELDS: readonly (readonly [name: string, range: string])[] = [
  ['second', '0 to 59'],
  ['minute', '0 to 59'],
  ['hour', '0 to 23'],
  ['day of the month', '1 to 31'],
  ['month', '1 to 12, or jan to dec'],
  ['day of the week', '0 to 7, or sun to sat'],
];
const EXAMPLES = 'such as "0 8 * * *", "*/5 * * * *" or "0 9-17 * * mon-fri"';
const NAMES = FIELDS.slice(1).map(([name]) => name);
const FIELDS_WANTED = `must be a cron expression of 5 fields (${NAMES.join(', ')}), or of 6 with the second first, ${EXAMPLES}`;

/** With one space between its fields. Without `isCronExpression` only their number and their characters are looked at. */
export function readCronExpression(raw: unknown, isCronExpression: Judge = () => true): Reading<string> {
  const parts = typeof raw === 'string' ? raw.trim().split(/\s+/) : [];
  const fields = FIELDS.slice(-parts.length);
  if (fields.length !== parts.length || parts.length < FIELDS.length - 1)
    return { ok: false, message: FIELDS_WANTED };
  const expression = parts.join(' ');
  if (parts.every(isPlain) && isCronExpression(expression)) return { ok: true, value: expression };
  const mistakes = fields.flatMap(([name, range], i) => {
    const part = parts[i] ?? '';
    const alone = fields.map((_, other) => (other === i ? part : '*')).join(' ');
    return isPlain(part) && isCronExpression(alone)
      ? []
      : [`its ${name} ${shown(part)} is not from ${range}`];
  });
  const why = mistakes.length === 0 ? 'there is no such time' : mistakes.join(', ');
  return { ok: false, message: `must be a valid cron expression ${EXAMPLES}: ${why}` };
}

/** Whether a value that is none was meant as one. */
export function isMeantAsCron(raw: unknown): boolean {
  return typeof raw === 'string' && /\*|\S\s+\S+\s+\S/.test(raw);
}

function isPlain(part: string): boolean {
  return /^[\w*?#,/-]+$/.test(part);
}
