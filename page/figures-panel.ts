// The numbers of the moment, one beside the other.
import { byId, element, setText } from './element.ts';
import { findFigures } from './figures.ts';
import type { State } from './state.ts';

export function createFiguresPanel(): (state: State) => void {
  const container = byId('figures');
  const nodes = new Map<string, { value: HTMLElement; note: HTMLElement }>();
  return (state) => {
    setText(byId('figures-title'), state.range === null ? 'Now' : 'In this time');
    for (const { label, value, note } of findFigures(state)) {
      let parts = nodes.get(label);
      if (parts === undefined) {
        parts = { value: element('dd', { class: 'figure-value' }), note: element('dd', { class: 'note' }) };
        nodes.set(label, parts);
        container.append(element('div', {}, element('dt', {}, label), parts.value, parts.note));
      }
      setText(parts.value, value);
      setText(parts.note, note);
    }
  };
}
