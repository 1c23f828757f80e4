// What is looked at, and its URL: everything or one path or status, or one rule, maybe because of one of its alerts; live or
// in a span of time. Pure.

/** Seconds up to now, by the names that they have in the URL. */
export const RANGES = { '1h': 3600, '24h': 86_400, '14d': 14 * 86_400 } as const;
type RangeName = keyof typeof RANGES;

export interface View {
  /** Only requests of this path; null: all. */
  readonly path: string | null;
  /** … with this status. */
  readonly status: number | null;
  /** The rule whose own view it is; null: the overview. */
  readonly rule: string | null;
  /** The alert of the rule that led there. */
  readonly alert: string | null;
  /** The time up to now that it is of. */
  readonly range: RangeName | null;
  /** A chosen span, seconds since the epoch; never beside a range, both or none. With neither it is live. */
  readonly from: number | null;
  readonly to: number | null;
}

const LIVE = { range: null, from: null, to: null };
export const OVERVIEW: View = { path: null, status: null, rule: null, alert: null, ...LIVE };

/** `hash`: of a URL, with its `#`. What is no view is the overview. */
export function readView(hash: string): View {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const status = Number(given.get('status') ?? 'none');
  return {
    path: given.get('path'),
    status: Number.isInteger(status) && status >= 0 && status <= 999 ? status : null,
    rule: given.get('rule'),
    alert: given.get('alert'),
    ...readSpan(given),
  };
}

function readSpan(given: URLSearchParams): Pick<View, 'range' | 'from' | 'to'> {
  const [from, to] = [readTime(given.get('from')), readTime(given.get('to'))];
  if (from !== null && to !== null && from < to) return { range: null, from, to };
  const name = given.get('range');
  return { ...LIVE, range: name !== null && isRange(name) ? name : null };
}

function isRange(name: string): name is RangeName {
  return Object.hasOwn(RANGES, name);
}

/** Seconds since the epoch, or a time such as `2026-11-23T22:14Z`; without an offset that of the reader. */
function readTime(text: string | null): number | null {
  if (text === null) return null;
  const seconds = /^\d{1,11}$/.test(text) ? Number(text) : Math.floor(Date.parse(text) / 1000);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

/** Everything, in the same time. */
export function overviewOf({ range, from, to }: View): View {
  return { ...OVERVIEW, range, from, to };
}

export function isLive({ range, from }: View): boolean {
  return range === null && from === null;
}

export function hashOf(view: View): string {
  const told = new URLSearchParams();
  for (const [name, value] of Object.entries(view)) if (value !== null) told.set(name, String(value));
  return `#${told.toString()}`;
}

/** Of the requests counted under `path` and `status`. */
export function isShown(view: View, path: string, status: number): boolean {
  return (view.path === null || view.path === path) && (view.status === null || view.status === status);
}

export function isFiltered(view: View): boolean {
  return view.path !== null || view.status !== null;
}
