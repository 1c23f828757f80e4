// The alerts that the page begins with after a restart: those of the history, and those that fire still.
import type { AlertRow } from '../store/store.ts';
import type { LiveAlert } from './event.ts';
import { shortenReasons } from './name.ts';

/**
 * The newest `max`, oldest first; what fires is always among them. `past`: oldest first. Of an alert that fires it has only
 * how that began, while `firing` has its reasons too and stands for it.
 */
export function joinAlerts(
  past: readonly AlertRow[],
  firing: readonly LiveAlert[],
  max: number,
): LiveAlert[] {
  const ids = new Set(firing.map(({ id }) => id));
  const over = past.filter(({ id }) => !ids.has(id)).map(toLiveAlert);
  const room = Math.max(0, max - firing.length);
  return [...over.slice(Math.max(0, over.length - room)), ...firing].toSorted(
    (a, b) => a.timeSeconds - b.timeSeconds,
  );
}

/** History keeps no messages. */
function toLiveAlert(row: AlertRow): LiveAlert {
  const { id, rule, state, timeSeconds, sinceSeconds, summary, explanation = null } = row;
  const kept = { id, rule, timeSeconds, sinceSeconds, summary };
  return {
    ...kept,
    state: state === 'firing' ? 'firing' : 'resolved',
    isReminder: false,
    message: null,
    explanation: explanation === null ? null : shortenReasons(explanation),
  };
}
