// The value of a rule over the last minutes as a small line, with its threshold.
import { svgElement } from './element.ts';

const [WIDTH, HEIGHT] = [120, 28];
/** Points of the line: more than that nobody sees. */
const POINTS_MAX = 60;

export interface Sparkline {
  readonly node: SVGElement;
  readonly update: (values: readonly (number | null)[], threshold: number) => void;
}

export function createSparkline(): Sparkline {
  const line = svgElement('path', { class: 'spark-line' });
  const limit = svgElement('path', { class: 'spark-limit' });
  const node = svgElement(
    'svg',
    { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true', preserveAspectRatio: 'none' },
    limit,
    line,
  );
  return {
    node,
    update(values, threshold) {
      const known = values.filter((value) => value !== null);
      const top = Math.max(threshold, ...known, 1e-9) * 1.1;
      line.setAttribute('d', pathOf(thinOut(values), top));
      limit.setAttribute('d', `M0 ${yOf(threshold, top)}H${WIDTH}`);
    },
  };
}

/** The highest of each group stands for it. */
function thinOut(values: readonly (number | null)[]): (number | null)[] {
  const size = Math.max(1, Math.ceil(values.length / POINTS_MAX));
  const groups = Array.from({ length: Math.ceil(values.length / size) }, (_, i) =>
    values.slice(i * size, (i + 1) * size).filter((value) => value !== null),
  );
  return groups.map((group) => (group.length === 0 ? null : Math.max(...group)));
}

function pathOf(values: readonly (number | null)[], top: number): string {
  const step = WIDTH / Math.max(1, values.length - 1);
  let path = '';
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    path += `${path === '' ? 'M' : 'L'}${(i * step).toFixed(1)} ${yOf(value, top)}`;
  }
  return path;
}

function yOf(value: number, top: number): string {
  return (HEIGHT - 1 - (value / top) * (HEIGHT - 2)).toFixed(1);
}
