// The block `where` of a rule: which requests it looks at. Pure.
import { ANY, type StatusRange, type Where } from '../alerts/rule.ts';
import { findCountedAs } from '../aggregate/counted-as.ts';
import { METHOD_NAMES } from '../aggregate/methods.ts';
import type { PathGrouping } from '../aggregate/paths.ts';
import { blockOf, oneOrMore, scalar, type Reader } from './blocks.ts';
import { choice } from './block-values.ts';
import type { Reading } from './duration.ts';
import { readPath, readPathPattern } from './fields.ts';
import { shown } from './problem.ts';

const STATUS_MIN = 100;
const STATUS_MAX = 999;
const STATUSES =
  /^(?:(?<hundred>[1-9])xx|(?<operator>[<>]=?) ?(?<limit>\d{3})|(?<first>\d{3})(?:-(?<last>\d{3}))?)$/i;

type WhereKey = 'path' | 'method' | 'status' | 'source';

export interface GivenWhere {
  /** A key that was refused is as if it were not there. */
  readonly where: Where;
  /** Its value may have been refused. */
  readonly isGiven: (key: WhereKey) => boolean;
}

/** Each key has a value or a list of them; a key that is not there means all. `grouping`: null when it is not known. */
export function readWhere(grouping: PathGrouping | null): Reader<GivenWhere> {
  const readBlock = blockOf({
    path: oneOrMore(scalar((raw) => readCountedPath(raw, grouping))),
    method: oneOrMore(scalar(readMethod)),
    status: oneOrMore(scalar(readStatuses)),
    source: oneOrMore(scalar(readPath)),
  });
  return (value, place) => {
    const block = readBlock(value, place);
    if (block === undefined) return undefined;
    const { path, method, status, source } = block.values;
    const where = {
      paths: path ?? ANY.paths,
      methods: method ?? ANY.methods,
      statuses: status ?? ANY.statuses,
      sources: source ?? ANY.sources,
    };
    return { where, isGiven: block.isGiven };
  };
}

/** One that some path is counted by: no other has any requests. */
function readCountedPath(raw: unknown, grouping: PathGrouping | null): Reading<string> {
  const pattern = readPathPattern(raw);
  const name = pattern.ok && grouping !== null ? findCountedAs(pattern.value, grouping) : null;
  if (name === null) return pattern;
  return {
    ok: false,
    message: `must be ${shown(name)}, as which it is counted (see template-paths and path-patterns)`,
  };
}

/** One of those that are counted by name; in any letter case. */
function readMethod(raw: unknown): Reading<string> {
  return choice(METHOD_NAMES)(typeof raw === 'string' ? raw.toUpperCase() : raw);
}

/** `404`, `5xx`, `500-503` or `>=500`. */
function readStatuses(raw: unknown): Reading<StatusRange> {
  const parts = STATUSES.exec(
    typeof raw === 'number' ? String(raw) : typeof raw === 'string' ? raw.trim() : '',
  )?.groups;
  const range = parts === undefined ? null : rangeOf(parts);
  if (range !== null && range.first >= STATUS_MIN && range.last <= STATUS_MAX && range.first <= range.last)
    return { ok: true, value: range };
  return { ok: false, message: 'must be a status such as 404, 5xx, 500-503 or ">=500"' };
}

function rangeOf(parts: Readonly<Record<string, string | undefined>>): StatusRange {
  const { hundred, operator, limit, first, last } = parts;
  if (hundred !== undefined) return { first: Number(hundred) * 100, last: Number(hundred) * 100 + 99 };
  const number = Number(limit);
  if (operator === '>=') return { first: number, last: STATUS_MAX };
  if (operator === '>') return { first: number + 1, last: STATUS_MAX };
  if (operator === '<=') return { first: STATUS_MIN, last: number };
  if (operator === '<') return { first: STATUS_MIN, last: number - 1 };
  return { first: Number(first), last: Number(last ?? first) };
}
