// Shows the first sentence of the page, and tells a screen reader when something has changed.
import type { LiveAlert } from '../src/live/event.ts';
import { byId, setText } from './element.ts';
import type { State } from './state.ts';
import { findHeadline } from './verdict.ts';

export function showHeadline(state: State): void {
  const { health, text, detail } = findHeadline(state);
  const title = byId('headline');
  title.dataset['state'] = health;
  setText(title, text);
  setText(byId('headline-detail'), detail);
  document.title = health === 'ok' || health === 'pending' ? 'fluffy' : `${text} · fluffy`;
}

/** Of alerts that are new to the page. */
export function announce(alerts: readonly LiveAlert[]): void {
  const told = alerts.map(
    ({ rule, state, summary }) => `${rule} ${state === 'firing' ? 'fires' : 'is over'}: ${summary}.`,
  );
  if (told.length > 0) setText(byId('announcer'), told.join(' '));
}
