// The health of the logs: how far each is read, when its last line came, and what of it could not be read.
import type { LiveSource } from '../src/live/event.ts';
import { byId, element, setText } from './element.ts';
import { createKeyedList } from './keyed.ts';
import type { Row } from './keyed.ts';
import type { State } from './state.ts';
import { describeReading, formatBytes, formatCount, formatSpan } from './wording.ts';

const TITLES = ['State', 'Last line', 'Behind', 'Lines', 'Unparsed'];

export function createSourcesPanel(): (state: State) => void {
  const body = element('tbody');
  const note = element('span', { class: 'note' });
  const head = element('tr');
  for (const title of ['Log', ...TITLES]) head.append(element('th', { scope: 'col' }, title));
  byId('sources').append(
    element('div', { class: 'panel-head' }, element('h2', { id: 'sources-title' }, 'Logs'), note),
    element(
      'div',
      { class: 'wide', tabindex: 0, role: 'group', 'aria-label': 'Logs, a table' },
      element('table', {}, element('thead', {}, head), body),
    ),
  );
  const list = createKeyedList<LiveSource>(body, ({ path }) => path, createRow);
  return ({ event: { sources, sourceCount } }) => {
    list.update(sources);
    setText(note, sourceCount > sources.length ? `${sources.length} of ${sourceCount}` : '');
  };
}

function createRow({ path }: LiveSource): Row<LiveSource> {
  // On a phone there is no room for columns: each cell says what it is.
  const [state, age, lag, lines, unparsed] = TITLES.map((title) => element('td', { 'data-title': title }));
  const format = element('span', { class: 'note' });
  const count = element('span');
  const sample = element('code', { class: 'sample' });
  unparsed?.append(count, sample);
  const node = element('tr', {}, element('th', { scope: 'row' }, `${path} `, format));
  for (const cell of [state, age, lag, lines, unparsed]) if (cell !== undefined) node.append(cell);
  const update = (source: LiveSource): void => {
    setText(format, source.format);
    node.dataset['state'] = (source.problem ?? source.warning) === null ? 'ok' : 'problem';
    if (state !== undefined) setText(state, describeReading(source));
    if (age !== undefined) setText(age, describeAge(source.lastLineAgeSeconds));
    if (lag !== undefined) setText(lag, source.lagBytes === 0 ? 'nothing' : formatBytes(source.lagBytes));
    if (lines !== undefined) setText(lines, formatCount(source.lines));
    setText(count, formatCount(source.unparsed));
    setText(sample, source.sample === null ? '' : `${source.sample.reason}: ${source.sample.text}`);
  };
  return { node, update };
}

function describeAge(seconds: number | null): string {
  if (seconds === null) return 'none yet';
  return seconds < 2 ? 'now' : `${formatSpan(seconds)} ago`;
}
