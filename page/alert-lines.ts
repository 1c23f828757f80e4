// The log lines that an alert has kept: as text, one below the other, to be scrolled and copied.
import type { LiveRule } from '../src/live/event.ts';
import { element, setText } from './element.ts';
import type { LiveAlert } from '../src/live/event.ts';

export interface AlertLinesPanel {
  readonly section: HTMLElement;
  /** `alerts`: of the rule, newest first; `shown`: the one whose reasons are told. */
  readonly update: (alerts: readonly LiveAlert[], shown: LiveAlert | null) => void;
}

export function createAlertLines({ metric }: LiveRule): AlertLinesPanel {
  const rows = element('ol', { class: 'log-lines', tabindex: 0, 'aria-label': 'Log lines' });
  const note = element('span', { class: 'note' });
  const copy = element('button', { class: 'quiet', type: 'button' }, 'Copy');
  copy.addEventListener('click', () => void copyText(rows, copy));
  const head = element(
    'div',
    { class: 'panel-head' },
    element('h3', { id: 'lines-title' }, 'Log lines'),
    note,
    copy,
  );
  const section = element('section', { class: 'panel', 'aria-labelledby': 'lines-title' }, head, rows);
  const update: AlertLinesPanel['update'] = (alerts, shown) => {
    const lines = linesOf(alerts, shown);
    rows.hidden = copy.hidden = lines.length === 0;
    setText(note, describe(metric, lines.length));
    showLines(rows, lines);
  };
  return { section, update };
}

/** Lines are told with the newest alerts only, and a reminder has those of the beginning. */
function linesOf(alerts: readonly LiveAlert[], shown: LiveAlert | null): readonly string[] {
  const told = alerts.find(({ id, explanation }) => id === shown?.id && explanation?.lines !== undefined);
  return told?.explanation?.lines ?? [];
}

/** Rows that stay are left alone, so that a selection is. */
function showLines(rows: HTMLElement, lines: readonly string[]): void {
  const isSame =
    rows.children.length === lines.length && lines.every((line, i) => rows.children[i]?.textContent === line);
  if (!isSame) rows.replaceChildren(...lines.map((line) => element('li', {}, line)));
}

function describe(metric: LiveRule['metric'], count: number): string {
  if (count === 0) return 'none were kept with it';
  const which = metric.startsWith('latency')
    ? 'the slowest first'
    : metric === 'silence'
      ? 'the last before it'
      : metric === 'parse-failure-rate'
        ? 'some that could not be read'
        : 'some of those that the rule counts';
  return `${count}, ${which}; from when it fired`;
}

/** Where the browser does not let a page copy, as without TLS, what is to be copied is selected. */
async function copyText(rows: HTMLElement, button: HTMLElement): Promise<void> {
  const text = Array.from(rows.children, (row) => row.textContent).join('\n');
  try {
    await navigator.clipboard.writeText(`${text}\n`);
    setText(button, 'Copied');
  } catch {
    getSelection()?.selectAllChildren(rows);
    setText(button, 'Selected');
  }
  setTimeout(() => setText(button, 'Copy'), 2000);
}
