// What a chart draws.

export interface ChartSeries {
  readonly label: string;
  /** Name of a colour of style.css. */
  readonly colour: string;
  readonly kind: 'area' | 'line' | 'dashed';
  /** It has a value whenever it was watched: without one for longer, its line is broken. Others have none without requests. */
  readonly isNoted?: boolean;
}

/** What is drawn. */
export interface Frame {
  /** Seconds since the epoch, ascending. */
  readonly times: readonly number[];
  /** Of each series, at the place of its time; null: nothing; undefined: nothing either, and its line goes on over it. */
  readonly values: readonly (readonly (number | null | undefined)[])[];
  readonly threshold: number | null;
  readonly shades: readonly { readonly from: number; readonly to: number }[];
  /** What the chart reaches over. */
  readonly from: number;
  readonly to: number;
  /** How much time each value is of; with more than a second it is drawn in the middle of it. */
  readonly rowSeconds: number;
}
