// A chart with what it needs around it: a heading, a legend that tells the values under the cursor, and the same numbers as
// a table for whoever would rather read them.
import { Chart } from './chart.ts';
import type { ChartSeries, Frame } from './frame.ts';
import { element, setText } from './element.ts';
import { chooseSpan } from './choose-span.ts';
import { breakLines } from './gaps.ts';
import { averageByMinute } from './minutes.ts';
import { formatWhen } from './wording.ts';

export interface ChartPanelOptions {
  /** Without `-title`; unique. */
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly series: readonly ChartSeries[];
  readonly isStacked: boolean;
  readonly heightPx: number;
  /** Of values in the legend and the table, and, shorter, along the axis. */
  readonly format: (value: number) => string;
  readonly formatAxis: (value: number) => string;
}

export class ChartPanel {
  readonly #options: ChartPanelOptions;
  readonly #host = element('div', { class: 'chart', role: 'img' });
  readonly #table = element('div', { class: 'table-host', hidden: true, tabindex: 0 });
  readonly #toggle: HTMLButtonElement;
  readonly #values: readonly HTMLElement[];
  readonly #when = element('span', { class: 'legend-when' });
  readonly #empty = element('p', { class: 'empty', hidden: true });
  readonly #note: HTMLElement;
  readonly #legend: HTMLElement;
  readonly #chart: Chart;
  #frame: Frame | null = null;
  #place: number | null = null;

  constructor(section: HTMLElement, options: ChartPanelOptions) {
    this.#options = options;
    const { id, title, note, series, isStacked, heightPx, formatAxis } = options;
    this.#toggle = element('button', { class: 'quiet', type: 'button', 'aria-pressed': 'false' }, 'Table');
    this.#toggle.setAttribute('aria-label', `Table: ${title}`);
    this.#toggle.addEventListener('click', () => this.#switch());
    this.#table.setAttribute('aria-label', `${title} by minute`);
    this.#table.setAttribute('role', 'group');
    this.#note = element('span', { class: 'note' }, note);
    this.#values = series.map(() => element('b'));
    this.#legend = element('ul', { class: 'legend' });
    for (const [i, one] of series.entries()) this.#legend.append(createLegendItem(one, this.#values[i]));
    this.#legend.append(element('li', {}, this.#when));
    section.append(
      element(
        'div',
        { class: 'panel-head' },
        element('h2', { id: `${id}-title` }, title),
        this.#note,
        this.#toggle,
      ),
      this.#host,
      this.#table,
      this.#empty,
      this.#legend,
    );
    this.#chart = new Chart(this.#host, {
      series,
      isStacked,
      heightPx,
      format: formatAxis,
      selected: chooseSpan,
      pointed: (place) => {
        this.#place = place;
        this.#tellValues();
      },
    });
  }

  /** `summary`: the chart in a sentence, for who does not see it. */
  update(drawn: Frame, summary: string, note = this.#options.note): void {
    const frame = breakLines(drawn, this.#options.series);
    this.#frame = frame;
    this.#empty.hidden = true;
    this.#legend.hidden = this.#toggle.hidden = false;
    this.#show();
    setText(this.#note, note);
    this.#host.setAttribute('aria-label', `${this.#options.title}: ${summary}`);
    this.#chart.draw(frame);
    this.#tellValues();
    if (!this.#table.hidden) this.#fillTable(frame);
  }

  /** There is nothing to draw, and why. */
  explain(text: string): void {
    this.#frame = null;
    setText(this.#empty, text);
    this.#empty.hidden = false;
    this.#host.hidden = this.#table.hidden = this.#legend.hidden = this.#toggle.hidden = true;
    this.#toggle.setAttribute('aria-pressed', 'false');
  }

  recolour(): void {
    this.#chart.recolour();
  }

  #switch(): void {
    const isTable = this.#toggle.getAttribute('aria-pressed') !== 'true';
    this.#toggle.setAttribute('aria-pressed', String(isTable));
    this.#show();
    if (this.#frame !== null && isTable) this.#fillTable(this.#frame);
  }

  #show(): void {
    const isTable = this.#toggle.getAttribute('aria-pressed') === 'true';
    this.#host.hidden = isTable;
    this.#table.hidden = !isTable;
  }

  /** Under the cursor, or the newest. */
  #tellValues(): void {
    if (this.#frame === null) return;
    const { times, values, rowSeconds, to } = this.#frame;
    const place = this.#place !== null && this.#place < times.length ? this.#place : times.length - 1;
    const time = times[place];
    setText(this.#when, time === undefined ? '' : formatRowTime(time, rowSeconds, to));
    for (const [i, node] of this.#values.entries()) {
      const value = values[i]?.[place] ?? null;
      setText(node, value === null ? '–' : this.#options.format(value));
    }
  }

  #fillTable(frame: Frame): void {
    const { series, format } = this.#options;
    const rowSeconds = Math.max(60, frame.rowSeconds);
    const first = rowSeconds > 60 ? 'From' : 'Minute';
    const head = element('tr', {}, element('th', { scope: 'col' }, first));
    for (const { label } of series) head.append(element('th', { scope: 'col' }, label));
    const body = element('tbody');
    for (const { time, values } of averageByMinute(frame).toReversed()) {
      const row = element(
        'tr',
        {},
        element('th', { scope: 'row' }, formatRowTime(time + rowSeconds / 2, rowSeconds, frame.to)),
      );
      for (const value of values) row.append(element('td', {}, value === null ? '–' : format(value)));
      body.append(row);
    }
    this.#table.replaceChildren(element('table', {}, element('thead', {}, head), body));
  }
}

/** Where the row begins that is drawn at `time`: in its middle, if it is of more than a second. */
function formatRowTime(time: number, rowSeconds: number, nowSeconds: number): string {
  const begin = rowSeconds > 1 ? time - rowSeconds / 2 : time;
  const told = formatWhen(begin, nowSeconds);
  return rowSeconds < 60 ? told : told.replace(/^(\d\d:\d\d):\d\d$/, '$1');
}

function createLegendItem({ label, colour, kind }: ChartSeries, value: HTMLElement | undefined): HTMLElement {
  const mark = element('i', { class: `mark mark-${kind}`, 'aria-hidden': 'true' });
  mark.style.setProperty('--mark', `var(${colour})`);
  return element('li', {}, mark, `${label} `, ...(value === undefined ? [] : [value]));
}
