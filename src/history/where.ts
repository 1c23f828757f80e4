// The small language of `--where`: conditions on status, class, method, path and source, joined by `and`.
import { compilePathPattern } from '../aggregate/path-patterns.ts';

/** What requests of history are counted by. */
export interface SeriesName {
  readonly source: string;
  readonly path: string;
  readonly method: string;
  /** 0 when the log does not say. */
  readonly status: number;
}

export type Condition = (series: SeriesName) => boolean;

export type WhereReading =
  | { readonly ok: true; readonly value: Condition }
  | { readonly ok: false; /** A sentence without its subject. */ readonly message: string };

const CONDITION =
  /\s*(?<field>[a-z]+)\s*(?<operator>!=|>=|<=|=|>|<)\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>\S+))\s*(?<and>and\s+|$)/iy;
const WANTED = 'must be conditions such as status>=500 and path=/api/**, joined by and';

/** Of an empty text: every series fits. */
export function readWhere(text: string): WhereReading {
  const conditions: Condition[] = [];
  let isOver = text.trim() === '';
  for (CONDITION.lastIndex = 0; !isOver;) {
    const begin = CONDITION.lastIndex;
    const parts = CONDITION.exec(text)?.groups;
    if (parts === undefined)
      return { ok: false, message: `${WANTED}; cannot read "${text.slice(begin).trim()}"` };
    const { field = '', operator = '', double, single, bare = '', and } = parts;
    const reading = readCondition(field.toLowerCase(), operator, double ?? single ?? bare);
    if (!reading.ok) return reading;
    conditions.push(reading.value);
    isOver = and === '';
  }
  return { ok: true, value: (series) => conditions.every((condition) => condition(series)) };
}

/** `2xx` and so on; `unknown` when the log does not say. */
export function classOf(status: number): string {
  return status >= 100 && status <= 599 ? `${Math.floor(status / 100)}xx` : 'unknown';
}

function readCondition(field: string, operator: string, value: string): WhereReading {
  if (field === 'status') return readStatus(operator, value);
  const matches = readMatch(field, value);
  if (!matches.ok) return matches;
  if (operator === '=') return matches;
  if (operator !== '!=') return { ok: false, message: `: ${field} can be compared by = and != only` };
  return { ok: true, value: (series) => !matches.value(series) };
}

function readStatus(operator: string, text: string): WhereReading {
  if (/^[1-5]xx$/i.test(text) && (operator === '=' || operator === '!='))
    return readCondition('class', operator, text);
  if (!/^\d{1,3}$/.test(text))
    return { ok: false, message: `: status must be a number such as 404, or 5xx, got "${text}"` };
  const value = Number(text);
  const compare: Readonly<Record<string, (status: number) => boolean>> = {
    '=': (status) => status === value,
    '!=': (status) => status !== value,
    '>=': (status) => status >= value,
    '<=': (status) => status <= value,
    '>': (status) => status > value,
    '<': (status) => status < value,
  };
  return { ok: true, value: ({ status }) => compare[operator]?.(status) ?? false };
}

function readMatch(field: string, value: string): WhereReading {
  if (field === 'class') {
    const wanted = value.toLowerCase();
    if (!/^(?:[1-5]xx|unknown)$/.test(wanted))
      return { ok: false, message: `: class must be 1xx to 5xx or unknown, got "${value}"` };
    return { ok: true, value: ({ status }) => classOf(status) === wanted };
  }
  if (field === 'method') {
    const wanted = value.toUpperCase();
    return { ok: true, value: ({ method }) => method === wanted };
  }
  if (field !== 'path' && field !== 'source')
    return { ok: false, message: `: there is no ${field}, but status, class, method, path and source` };
  if (field === 'path' && !/^[/(*]/.test(value))
    return { ok: false, message: `: path must begin with / as /api/** does, got "${value}"` };
  const matches = compilePathPattern(value);
  return {
    ok: true,
    value: (series) => {
      const name = Buffer.from(series[field]);
      return matches(name, 0, name.length);
    },
  };
}
