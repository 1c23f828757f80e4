// A reason of an alert as a bar: what many requests had in common, and how much of that is new.
import type { Reason } from '../src/alerts/rule.ts';
import { element } from './element.ts';
import type { Row } from './keyed.ts';
import { formatShare } from './wording.ts';

export type ReasonItem = Reason & { readonly key: string };

/** A reason never changes. */
export function createReasonRow({ dimension, name, share, previousShare }: ReasonItem): Row<ReasonItem> {
  const node = element(
    'li',
    { class: 'top' },
    element(
      'span',
      { class: 'top-name', title: name },
      element('span', { class: 'note' }, `${dimension} `),
      name,
    ),
    element('span', { class: 'top-count' }),
    element('span', { class: 'top-share' }, formatShare(share)),
    element(
      'span',
      { class: 'top-was note' },
      previousShare === null ? '' : `was ${formatShare(previousShare)}`,
    ),
  );
  node.style.setProperty('--share', `${(100 * share).toFixed(1)}%`);
  return { node, update: () => {} };
}
