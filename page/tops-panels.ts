// Top paths, statuses and clients, with their shares and how these have changed; a path or a status filters the page.
import { byId, element, setText } from './element.ts';
import { createKeyedList } from './keyed.ts';
import type { Row } from './keyed.ts';
import { findGap } from './state.ts';
import type { State } from './state.ts';
import { findTops } from './tops.ts';
import type { Top } from './tops.ts';
import { hashOf, isFiltered, overviewOf } from './view.ts';
import { formatChange, formatCount, formatShare } from './wording.ts';

const ROWS_MAX = 10;
const OTHER = '(other)';

interface TopItem {
  readonly key: string;
  readonly label: string;
  readonly count: string;
  readonly share: number;
  readonly previousShare: number | null;
  /** Null: a click filters nothing. */
  readonly href: string | null;
  readonly isChosen: boolean;
}

export function createTopsPanels(): (state: State) => void {
  const paths = createPanel('paths', 'Paths');
  const statuses = createPanel('statuses', 'Statuses');
  const clients = createPanel('clients', 'Clients');
  return (state) => {
    const { range } = state;
    const note = range === null ? '5 min; change in points' : 'change in points';
    const none = findGap(state) ?? (range === null ? 'No requests of late.' : 'No requests.');
    paths({ items: pathItems(state), note, none });
    statuses({ items: statusItems(state), note, none });
    clients({ items: clientItems(state), note, none: findClientGap(state) ?? none });
  };
}

/** Why there are no clients; null when there may be some. */
function findClientGap({ view, clients, range }: State): string | null {
  if (isFiltered(view)) return 'Clients are not kept by path or status.';
  return range === null && clients === null ? 'Clients are kept with explain: true only.' : null;
}

/** Of late, or of the span. */
function topsOf({ steps, toldSeconds, view, range }: State, by: 'path' | 'status'): readonly Top[] {
  if (range === null) return findTops(steps, toldSeconds, view, by);
  return (by === 'path' ? range.found?.paths : range.found?.statuses) ?? [];
}

function pathItems(state: State): TopItem[] {
  const { view } = state;
  return topsOf(state, 'path')
    .slice(0, ROWS_MAX)
    .map(({ name, requests, ...shares }) => ({
      key: name,
      label: name,
      count: formatCount(requests),
      ...shares,
      // What is together under one name can't be asked for.
      href: name === OTHER ? null : hashOf({ ...view, path: view.path === name ? null : name }),
      isChosen: view.path === name,
    }));
}

function statusItems(state: State): TopItem[] {
  const { view } = state;
  return topsOf(state, 'status')
    .slice(0, ROWS_MAX)
    .map(({ name, requests, ...shares }) => ({
      key: name,
      label: name === '0' ? 'not told' : name,
      count: formatCount(requests),
      ...shares,
      href: hashOf({ ...view, status: view.status === Number(name) ? null : Number(name) }),
      isChosen: view.status === Number(name),
    }));
}

function clientItems({ clients, range, view }: State): TopItem[] {
  if (isFiltered(view)) return [];
  const live = (clients?.top ?? []).map(({ client, ...shares }) => ({ name: client, ...shares }));
  const top = range === null ? live : (range.found?.clients ?? []).slice(0, ROWS_MAX);
  return top.map(({ name, share, previousShare }) => ({
    key: name,
    label: name,
    count: '',
    share,
    previousShare,
    href: null,
    isChosen: false,
  }));
}

interface Tops {
  readonly items: readonly TopItem[];
  readonly note: string;
  /** What is said when there are none. */
  readonly none: string;
}

function createPanel(id: string, title: string): (tops: Tops) => void {
  const noteNode = element('span', { class: 'note' });
  const rows = element('ol', { class: 'tops' });
  const empty = element('p', { class: 'empty' });
  byId(id).append(
    element('div', { class: 'panel-head' }, element('h2', { id: `${id}-title` }, title), noteNode),
    rows,
    empty,
  );
  const list = createKeyedList<TopItem>(rows, ({ key }) => key, createRow);
  return ({ items, note, none }) => {
    setText(noteNode, note);
    list.update(items);
    empty.hidden = items.length > 0;
    rows.hidden = items.length === 0;
    setText(empty, none);
  };
}

function createRow({ href, label }: TopItem): Row<TopItem> {
  const name = href === null ? element('span') : element('a', { href });
  name.classList.add('top-name');
  name.title = label;
  const [count, share, change] = [
    element('span', { class: 'top-count' }),
    element('span', { class: 'top-share' }),
    element('span', { class: 'top-change' }),
  ];
  const node = element('li', { class: 'top' }, name, count, share, change);
  const update = (item: TopItem): void => {
    setText(name, item.label);
    if (item.href !== null) name.setAttribute('href', item.href);
    if (item.isChosen) name.setAttribute('aria-current', 'true');
    else name.removeAttribute('aria-current');
    setText(count, item.count);
    setText(share, formatShare(item.share));
    const points = formatChange(item.share, item.previousShare);
    setText(change, points);
    change.dataset['way'] = points === 'new' || points.startsWith('+') ? 'up' : 'down';
    change.title = item.previousShare === null ? '' : `was ${formatShare(item.previousShare)}`;
    node.style.setProperty('--share', `${(100 * item.share).toFixed(1)}%`);
  };
  return { node, update };
}

/** The line that says what is filtered, and ends it. */
export function showFilter({ view }: State): void {
  const bar = byId('filter');
  const key = JSON.stringify(view);
  if (bar.dataset['key'] === key) return;
  bar.dataset['key'] = key;
  bar.hidden = !isFiltered(view);
  const chips = [
    ...(view.path === null ? [] : [chip(`path ${view.path}`, hashOf({ ...view, path: null }))]),
    ...(view.status === null ? [] : [chip(`status ${view.status}`, hashOf({ ...view, status: null }))]),
  ];
  bar.replaceChildren(
    'Only ',
    ...chips,
    element('a', { class: 'plain', href: hashOf(overviewOf(view)) }, 'Show everything'),
  );
}

function chip(label: string, href: string): HTMLElement {
  return element(
    'a',
    { class: 'chip', href, 'aria-label': `${label}: no longer filter by it` },
    label,
    element('span', { 'aria-hidden': 'true' }, ' ×'),
  );
}
