// What is looked at, and its URL: everything or one path or status, or one rule, maybe because of one of its alerts. Pure.

export interface View {
  /** Only requests of this path; null: all. */
  readonly path: string | null;
  /** … with this status. */
  readonly status: number | null;
  /** The rule whose own view it is; null: the overview. */
  readonly rule: string | null;
  /** The alert of the rule that led there. */
  readonly alert: string | null;
}

export const OVERVIEW: View = { path: null, status: null, rule: null, alert: null };

/** `hash`: of a URL, with its `#`. What is no view is the overview. */
export function readView(hash: string): View {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const status = Number(given.get('status') ?? 'none');
  return {
    path: given.get('path'),
    status: Number.isInteger(status) && status >= 0 && status <= 999 ? status : null,
    rule: given.get('rule'),
    alert: given.get('alert'),
  };
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
