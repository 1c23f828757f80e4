// The hours of a day as a small plot for a terminal: the median as a bar, and above it how high the value has ever been.

export interface HourValue {
  readonly median: number;
  readonly max: number;
}

export interface PlotOptions {
  /** Block characters; otherwise ASCII. */
  readonly isUnicode: boolean;
  /** At most so many columns are used; with too few for the hours there is no plot. */
  readonly columns: number;
  /** The plot ends there: what is higher is marked, or one extreme hour would flatten all others. Above 0. */
  readonly ceiling: number;
  /** Of the value at the top of the plot and at its bottom. */
  readonly format: (value: number) => string;
}

const ROWS = 5;
/** A row is drawn in so many steps. */
const STEPS = 8;
const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const INDENT = '  ';

/** One line a row, and one with the hours; `hours`: 24, null where there is nothing. */
export function plotHours(hours: readonly (HourValue | null)[], options: PlotOptions): string[] {
  const top = Math.min(options.ceiling, Math.max(...hours.map((hour) => hour?.max ?? 0)));
  const labels = [options.format(top), options.format(0)];
  const labelWidth = Math.max(...labels.map((label) => label.length));
  const room = options.columns - INDENT.length - labelWidth - 2;
  if (room < hours.length || top === 0) return [];
  const width = room >= 3 * hours.length ? 3 : room >= 2 * hours.length ? 2 : 1;
  const border = options.isUnicode ? '│' : '|';
  const lines: string[] = [];
  for (let row = ROWS - 1; row >= 0; row--) {
    const label = row === ROWS - 1 ? labels[0] : row === 0 ? labels[1] : '';
    const cells = hours.map((hour) => cellOf(hour, { row, top, isUnicode: options.isUnicode }));
    const bars = cells.map((cell) => cell.repeat(Math.max(1, width - 1)).padEnd(width));
    lines.push(`${INDENT}${(label ?? '').padStart(labelWidth)} ${border}${bars.join('')}`.trimEnd());
  }
  return [...lines, `${INDENT}${' '.repeat(labelWidth + 2)}${renderHours(hours.length, width)}`.trimEnd()];
}

function cellOf(
  hour: HourValue | null,
  { row, top, isUnicode }: { row: number; top: number; isUnicode: boolean },
): string {
  if (hour === null) return ' ';
  if (row === ROWS - 1 && hour.max > top) return '^';
  const steps = (value: number): number => Math.ceil((value / top) * ROWS * STEPS) - row * STEPS;
  const [median, max] = [steps(hour.median), steps(hour.max)];
  if (median >= STEPS) return isUnicode ? '█' : '#';
  if (max <= 0) return ' ';
  // Of a row that has the end of the bar, the bar is what is shown.
  if (median > 0) return isUnicode ? (EIGHTHS[median] ?? ' ') : median > STEPS / 2 ? '#' : '.';
  return isUnicode ? '░' : ':';
}

function renderHours(count: number, width: number): string {
  const every = width === 1 ? 6 : 3;
  return Array.from({ length: count }, (_, hour) =>
    hour % every === 0
      ? String(hour)
          .padStart(2, '0')
          .padEnd(every * width)
      : '',
  ).join('');
}
