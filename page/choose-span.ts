// Choosing a span of time by dragging over a chart, and taking the choice back with Escape.
import { hashOf, readView } from './view.ts';

/** A shorter span shows nothing. */
const SPAN_SECONDS_MIN = 60;
const STEP_SECONDS = 10;

/** The URLs that were come to by choosing, so that taking back goes where one was. */
const chosen: string[] = [];

/** Shows everything of that span, or of a bit more; seconds since the epoch. */
export function chooseSpan(fromSeconds: number, toSeconds: number): void {
  const from = Math.floor(fromSeconds / STEP_SECONDS) * STEP_SECONDS;
  const to = Math.max(Math.ceil(toSeconds / STEP_SECONDS) * STEP_SECONDS, from + SPAN_SECONDS_MIN);
  location.hash = hashOf({ ...readView(location.hash), rule: null, alert: null, range: null, from, to });
  chosen.push(location.hash);
}

/** Escape goes back from a span that was chosen, and to live from one that came with the URL. */
export function installEscape(): void {
  addEventListener('keydown', ({ key, defaultPrevented }) => {
    const view = readView(location.hash);
    if (key !== 'Escape' || defaultPrevented || view.from === null) return;
    if (chosen.at(-1) === location.hash) {
      chosen.pop();
      history.back();
    } else {
      location.hash = hashOf({ ...view, from: null, to: null });
    }
  });
}
