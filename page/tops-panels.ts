// Top paths, statuses and clients, with their shares and how these have changed; a path or a status filters the page.
import { byId, element, setText } from './element.ts';
import { createKeyedList } from './keyed.ts';
import type { Row } from './keyed.ts';
import type { State } from './state.ts';
import { findTops } from './tops.ts';
import { hashOf, isFiltered, OVERVIEW } from './view.ts';
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
  const note = '5 min; change in points';
  const paths = createPanel('paths', 'Paths', note);
  const statuses = createPanel('statuses', 'Statuses', note);
  const clients = createPanel('clients', 'Clients', note);
  return (state) => {
    paths(pathItems(state), 'No requests of late.');
    statuses(statusItems(state), 'No requests of late.');
    if (isFiltered(state.view)) clients([], 'Clients are not kept by path or status.');
    else if (state.clients === null) clients([], 'Clients are kept with explain: true only.');
    else clients(clientItems(state), 'No clients of late.');
  };
}

function pathItems({ steps, toldSeconds, view }: State): TopItem[] {
  return findTops(steps, toldSeconds, view, 'path')
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

function statusItems({ steps, toldSeconds, view }: State): TopItem[] {
  return findTops(steps, toldSeconds, view, 'status')
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

function clientItems({ clients }: State): TopItem[] {
  return (clients?.top ?? []).map(({ client, ...shares }) => ({
    key: client,
    label: client,
    count: '',
    ...shares,
    href: null,
    isChosen: false,
  }));
}

function createPanel(id: string, title: string, note: string): (items: TopItem[], ifNone: string) => void {
  const rows = element('ol', { class: 'tops' });
  const empty = element('p', { class: 'empty' });
  byId(id).append(
    element(
      'div',
      { class: 'panel-head' },
      element('h2', { id: `${id}-title` }, title),
      element('span', { class: 'note' }, note),
    ),
    rows,
    empty,
  );
  const list = createKeyedList<TopItem>(rows, ({ key }) => key, createRow);
  return (items, ifNone) => {
    list.update(items);
    empty.hidden = items.length > 0;
    rows.hidden = items.length === 0;
    setText(empty, ifNone);
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
    element('a', { class: 'plain', href: hashOf(OVERVIEW) }, 'Show everything'),
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
