// A chart over time, drawn by uPlot: lines or stacked areas, a threshold, and shades where an alert fired. Dragging over it
// chooses a span.
import uPlot from 'uplot';
import { axisWidth, topOf } from './axis.ts';
import type { ChartSeries, Frame } from './frame.ts';
import { colourOf } from './theme.ts';
import { formatClock, formatDay, formatMinute } from './wording.ts';

export interface ChartOptions {
  readonly series: readonly ChartSeries[];
  /** Areas stand on each other, the first one at the bottom. */
  readonly isStacked: boolean;
  readonly heightPx: number;
  readonly format: (value: number) => string;
  /** The cursor is at this place of `times`; null: it is gone. */
  readonly pointed: (place: number | null) => void;
  /** A span was chosen, seconds since the epoch. */
  readonly selected: (from: number, to: number) => void;
}

const SYNC = uPlot.sync('time');
const EMPTY: Frame = { times: [], values: [], threshold: null, shades: [], from: 0, to: 1, rowSeconds: 1 };
/** A chart of more tells the day at midnight, one of less the second. */
const DATES_SECONDS = 3600;
const CLOCK_SECONDS = 300;
/** Less is a click that slipped. */
const DRAG_PX = 6;

export class Chart {
  readonly #host: HTMLElement;
  readonly #options: ChartOptions;
  #frame: Frame = EMPTY;
  #plot: uPlot;

  constructor(host: HTMLElement, options: ChartOptions) {
    this.#host = host;
    this.#options = options;
    this.#plot = this.#create();
    new ResizeObserver(() => this.#fit()).observe(host);
  }

  draw(frame: Frame): void {
    this.#frame = frame;
    this.#plot.setData(this.#data());
  }

  /** Colours are others than before. */
  recolour(): void {
    this.#plot.destroy();
    this.#plot = this.#create();
  }

  #fit(): void {
    const width = this.#host.clientWidth;
    if (width > 0 && width !== this.#plot.width)
      this.#plot.setSize({ width, height: this.#options.heightPx });
  }

  /** Stacked sums are drawn from the highest down, each over the one before. */
  #data(): uPlot.AlignedData {
    const { times, values } = this.#frame;
    const { series, isStacked } = this.#options;
    const columns = series.map((_, i) => [...(values[i] ?? times.map(() => null))]);
    if (isStacked) {
      const sums = times.map(() => 0);
      for (const [i, column] of columns.entries())
        if (series[i]?.kind === 'area')
          for (const [place, value] of column.entries())
            if (value !== null) column[place] = sums[place] = (sums[place] ?? 0) + (value ?? 0);
    }
    return [[...times], ...this.#order().map((i) => columns[i] ?? [])];
  }

  /** Places of series, in the order in which they are drawn. */
  #order(): number[] {
    const places = this.#options.series.map((_, i) => i);
    const isArea = (i: number): boolean => this.#options.series[i]?.kind === 'area';
    return [...places.filter(isArea).toReversed(), ...places.filter((i) => !isArea(i))];
  }

  #create(): uPlot {
    const { heightPx, series } = this.#options;
    const width = Math.max(200, this.#host.clientWidth);
    const axis = {
      stroke: colourOf('--muted'),
      grid: { stroke: colourOf('--grid'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    };
    return new uPlot(
      {
        width,
        height: heightPx,
        padding: [8, 20, 0, 0],
        legend: { show: false },
        cursor: {
          // The cursor is in all charts, what is dragged in one.
          sync: {
            key: SYNC.key,
            setSeries: false,
            filters: { pub: (type) => type.startsWith('mousem') || type === 'mouseleave' },
          },
          drag: { x: true, y: false, setScale: false, dist: DRAG_PX },
          points: { show: false },
          y: false,
        },
        scales: {
          x: { time: true, range: () => [this.#frame.from, this.#frame.to] },
          y: { range: (_, __, max) => [0, topOf(max, this.#frame.threshold)] },
        },
        axes: [
          {
            ...axis,
            size: 26,
            gap: 4,
            space: 80,
            values: (_, ticks) => ticks.map((tick) => this.#formatTick(tick)),
          },
          {
            ...axis,
            size: (_, labels) => axisWidth(labels),
            gap: 6,
            space: 34,
            values: (_, ticks) => ticks.map(this.#options.format),
          },
        ],
        series: [
          {},
          ...this.#order().map((i) =>
            createSeries(series[i] ?? { label: '', colour: '--ink', kind: 'line' }),
          ),
        ],
        hooks: {
          drawClear: [(plot) => this.#drawShades(plot)],
          draw: [(plot) => this.#drawThreshold(plot)],
          setSelect: [(plot) => this.#select(plot)],
          setCursor: [({ cursor: { idx } }) => this.#options.pointed(idx ?? null)],
        },
      },
      this.#data(),
      this.#host,
    );
  }

  #formatTick(seconds: number): string {
    const { from, to } = this.#frame;
    const isMidnight = formatMinute(seconds) === '00:00';
    if (isMidnight && to - from > DATES_SECONDS) return formatDay(seconds);
    if (seconds % 60 === 0) return formatMinute(seconds);
    return to - from <= CLOCK_SECONDS ? formatClock(seconds) : '';
  }

  #select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < DRAG_PX) return;
    const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#options.selected(from, to);
  }

  #drawShades(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.fillStyle = colourOf('--shade');
    for (const { from, to } of this.#frame.shades) {
      const left = Math.max(bbox.left, plot.valToPos(from, 'x', true));
      const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, 'x', true));
      if (right > left) ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
    }
    ctx.restore();
  }

  #drawThreshold(plot: uPlot): void {
    const { threshold } = this.#frame;
    const { ctx, bbox } = plot;
    const y = threshold === null ? -1 : plot.valToPos(threshold, 'y', true);
    if (threshold === null || y < bbox.top) return;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colourOf('--red');
    ctx.lineWidth = devicePixelRatio * 1.25;
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = 'left';
    const isRoom = y - bbox.top > 18 * devicePixelRatio;
    const label = `threshold ${this.#options.format(threshold)}`;
    const [left, base] = [
      bbox.left + 6 * devicePixelRatio,
      isRoom ? y - 6 * devicePixelRatio : y + 14 * devicePixelRatio,
    ];
    // A rim, so that it can be read over what is drawn.
    ctx.setLineDash([]);
    ctx.strokeStyle = colourOf('--panel');
    ctx.lineJoin = 'round';
    ctx.lineWidth = 4 * devicePixelRatio;
    ctx.strokeText(label, left, base);
    ctx.fillText(label, left, base);
    ctx.restore();
  }
}

function createSeries({ label, colour, kind }: ChartSeries): uPlot.Series {
  const paint = colourOf(colour);
  return {
    label,
    stroke: paint,
    width: kind === 'area' ? 0 : 1.5,
    points: { show: false },
    ...(kind === 'area' ? { fill: paint } : {}),
    ...(kind === 'dashed' ? { dash: [5, 4] } : {}),
  };
}
