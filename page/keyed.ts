// A list that is brought up to date in place: rows that stay are kept, so that neither focus nor selection is lost when
// numbers change every second.

export interface Row<T> {
  readonly node: HTMLElement;
  readonly update: (item: T) => void;
}

export interface KeyedList<T> {
  update(items: readonly T[]): void;
}

/** `keyOf` must differ between the items of one update. */
export function createKeyedList<T>(
  container: HTMLElement,
  keyOf: (item: T) => string,
  create: (item: T) => Row<T>,
): KeyedList<T> {
  const rows = new Map<string, Row<T>>();
  return {
    update(items) {
      const keys = new Set(items.map(keyOf));
      for (const [key, { node }] of rows) {
        if (keys.has(key)) continue;
        node.remove();
        rows.delete(key);
      }
      for (const [place, item] of items.entries()) {
        const key = keyOf(item);
        let row = rows.get(key);
        if (row === undefined) rows.set(key, (row = create(item)));
        row.update(item);
        // Moving a node takes its focus away: only those that are out of place are moved.
        if (container.children[place] !== row.node)
          container.insertBefore(row.node, container.children[place] ?? null);
      }
    },
  };
}
