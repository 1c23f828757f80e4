// What time the page is of: live, one of the ranges up to now, or a span that is chosen here or by dragging over a chart.
// Says too what there is of it, and what went wrong.
import { chooseSpan, installEscape } from './choose-span.ts';
import { byId, element, setText } from './element.ts';
import type { RangeState } from './span.ts';
import type { State } from './state.ts';
import { hashOf, isLive } from './view.ts';
import type { View } from './view.ts';
import { formatSpan, formatWhen } from './wording.ts';

const CHOICES = [
  { label: 'Live', range: null },
  { label: '1 h', range: '1h' },
  { label: '24 h', range: '24h' },
  { label: '14 d', range: '14d' },
] as const;

export function createRangeBar(): (state: State) => void {
  const links = CHOICES.map(({ label, range }) => ({
    range,
    node: element('a', { class: 'choice' }, label),
  }));
  const form = new SpanForm();
  const told = element('span', { class: 'note', role: 'status' });
  byId('range').append(...links.map(({ node }) => node), form.node, told);
  installEscape();
  return (state) => {
    const { view, range } = state;
    for (const { range: name, node } of links) {
      node.setAttribute('href', hashOf({ ...view, range: name, from: null, to: null }));
      mark(node, name === null ? isLive(view) : view.range === name);
    }
    form.update(view, state.toldSeconds);
    setText(told, describe(range, state.toldSeconds));
    byId('overview').dataset['old'] = String(range !== null && range.isOld);
  };
}

function mark(node: HTMLElement, isCurrent: boolean): void {
  if (isCurrent) node.setAttribute('aria-current', 'true');
  else node.removeAttribute('aria-current');
}

function describe(range: RangeState | null, nowSeconds: number): string {
  if (range === null) return '';
  const { found, isOld, problem } = range;
  if (problem !== null)
    return found === null
      ? `It could not be loaded: ${problem}.`
      : `It could not be loaded again: ${problem}. Trying on.`;
  if (found === null || isOld) return 'Loading…';
  const { everySeconds, completeFromSeconds, firstSeconds, fromSeconds } = found;
  const steps = `in steps of ${formatSpan(everySeconds)}`;
  if (completeFromSeconds !== null)
    return `${steps}; kept from ${formatWhen(completeFromSeconds, nowSeconds)} on`;
  if (firstSeconds !== null && firstSeconds > fromSeconds)
    return `${steps}; counted from ${formatWhen(firstSeconds, nowSeconds)} on`;
  return steps;
}

/** From and to, by keyboard. */
class SpanForm {
  readonly node = element('details', { class: 'span' });
  readonly #summary = element('summary', { class: 'choice' });
  readonly #from = element('input', { type: 'datetime-local', required: true });
  readonly #to = element('input', { type: 'datetime-local', required: true });
  readonly #problem = element('span', { class: 'note', role: 'alert' });

  constructor() {
    const form = element(
      'form',
      {},
      element('label', {}, 'From ', this.#from),
      element('label', {}, 'To ', this.#to),
      element('button', { class: 'quiet', type: 'submit' }, 'Show'),
      this.#problem,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.node.append(this.#summary, form);
    this.node.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.node.open) return;
      event.preventDefault();
      this.#close();
    });
  }

  /** What is being filled in is left alone. */
  update(view: View, nowSeconds: number): void {
    const { from, to } = view;
    const isChosen = from !== null && to !== null;
    setText(
      this.#summary,
      isChosen ? `${formatWhen(from, nowSeconds)} – ${formatWhen(to, nowSeconds)}` : 'From – to',
    );
    mark(this.#summary, isChosen);
    if (this.node.open) return;
    setText(this.#problem, '');
    this.#from.value = toLocal(from ?? nowSeconds - 3600);
    this.#to.value = toLocal(to ?? nowSeconds);
  }

  #submit(): void {
    const [from, to] = [this.#from, this.#to].map(({ value }) => Date.parse(value) / 1000);
    if (from === undefined || to === undefined || !(from < to))
      return setText(this.#problem, 'The end must be after the beginning.');
    this.#close();
    chooseSpan(from, to);
  }

  #close(): void {
    this.node.open = false;
    this.#summary.focus();
  }
}

/** `2026-11-23T22:14`, in the time zone of the reader, as the field has it. */
function toLocal(seconds: number): string {
  const time = new Date(seconds * 1000);
  const offsetMs = time.getTimezoneOffset() * 60_000;
  return new Date(time.getTime() - offsetMs).toISOString().slice(0, 16);
}
