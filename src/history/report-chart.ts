// Charts of a report as SVG that needs no script: requests by status class, and latencies, over time.
import { plainTimeOf } from './render-answer.ts';
import type { ReportData } from './report-data.ts';

const WIDTH = 960;
const HEIGHT = 220;
const LEFT = 60;
const BOTTOM = 24;
const TOP = 10;
/** In the order in which they are stacked, from the bottom. */
export const CLASSES = ['2xx', '3xx', '1xx', 'unknown', '4xx', '5xx'] as const;

/** Requests a second, status classes stacked; spans of alerts shaded. */
export function trafficChart(data: ReportData): string {
  const { slots, slotSeconds, fromSeconds, toSeconds } = data;
  const rates = slots.map(({ classes }) => CLASSES.map((name) => (classes[name] ?? 0) / slotSeconds));
  const max = niceMax(Math.max(...rates.map((row) => row.reduce((sum, rate) => sum + rate, 0)), 0));
  const width = (WIDTH - LEFT) / Math.max(slots.length, 1);
  const bars = slots.map(({ timeSeconds }, i) => {
    let base = 0;
    const parts = CLASSES.map((name, place) => {
      const rate = rates[i]?.[place] ?? 0;
      const top = yOf(base + rate, max);
      const height = yOf(base, max) - top;
      base += rate;
      return height <= 0
        ? ''
        : `<rect class="c${name}" x="${at(LEFT + i * width)}" y="${at(top)}" width="${at(Math.max(width - 1, 0.5))}" height="${at(height)}"/>`;
    });
    return `<g><title>${plainTimeOf(timeSeconds)} UTC: ${base.toFixed(2)} requests/s</title>${parts.join('')}</g>`;
  });
  const scale = (seconds: number): number => {
    const share = (seconds - fromSeconds) / (toSeconds - fromSeconds);
    return LEFT + (WIDTH - LEFT) * Math.min(1, Math.max(0, share));
  };
  const spells = data.alerts.map(({ alert, toSeconds: end }) => {
    const [x, right] = [scale(alert.sinceSeconds), scale(end ?? toSeconds)];
    return `<rect class="alert" x="${at(x)}" y="${TOP}" width="${at(Math.max(right - x, 2))}" height="${HEIGHT - TOP - BOTTOM}"><title>${escapeHtml(alert.rule)}</title></rect>`;
  });
  return chart(data, 'Requests a second, by status class', max, [...spells, ...bars].join(''));
}

/** Median and p95 in milliseconds; empty when no latency is known. */
export function latencyChart(data: ReportData): string {
  const known = data.slots.flatMap(({ p95 }) => (p95 === null ? [] : [p95]));
  if (known.length === 0) return '';
  const max = niceMax(Math.max(...known));
  return chart(data, 'Latency in ms, median and p95', max, line(data, 'p50', max) + line(data, 'p95', max));
}

export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** Broken where nothing is known. */
function line({ slots }: ReportData, key: 'p50' | 'p95', max: number): string {
  const width = (WIDTH - LEFT) / slots.length;
  let isDrawing = false;
  const path = slots.map((slot, i) => {
    const value = slot[key];
    const command = isDrawing ? 'L' : 'M';
    isDrawing = value !== null;
    return value === null ? '' : `${command}${at(LEFT + (i + 0.5) * width)} ${at(yOf(value, max))}h0`;
  });
  return `<path class="${key}" d="${path.join('')}"/>`;
}

function chart(data: ReportData, title: string, max: number, marks: string): string {
  const ticks = [0, max / 2, max].map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${at(yOf(value, max))}" y2="${at(yOf(value, max))}"/>` +
      `<text x="${LEFT - 8}" y="${at(yOf(value, max) + 4)}" text-anchor="end">${Number(value.toPrecision(3))}</text>`,
  );
  const times =
    `<text x="${LEFT}" y="${HEIGHT - 6}">${plainTimeOf(data.fromSeconds)}</text>` +
    `<text x="${WIDTH}" y="${HEIGHT - 6}" text-anchor="end">${plainTimeOf(data.toSeconds)} UTC</text>`;
  return `<figure><figcaption>${title}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">${ticks.join('')}${marks}${times}</svg></figure>`;
}

function yOf(value: number, max: number): number {
  return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / max);
}

/** 1, 2 or 5 times a power of ten, not below `value`. */
function niceMax(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10);
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}
