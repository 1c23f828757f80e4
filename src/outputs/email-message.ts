// Alert events as one mail: subject, plain text, simple HTML, and the ids by which mail programs make a thread of an
// alert. Pure; what it gives goes to email.ts.
import { createHash } from 'node:crypto';
import type { AlertEvent } from '../alerts/rule.ts';
import { headlineOf } from './alert-headline.ts';
import { alertDetails, showable } from './alert-text.ts';

const LINES_MAX = 5;

export interface EmailMessage {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** With its angle brackets. The same again when the same events are sent again. */
  readonly messageId: string;
  /** Of the mails that this one belongs to: the first one of each alert. */
  readonly references: readonly string[];
}

export interface EmailSurroundings {
  /** Machine or container that fluffy runs on. */
  readonly hostName: string;
  /** As configured: `fluffy <alerts@example.org>` or the address alone. */
  readonly sender: string;
}

/** `events` has at least one. */
export function renderEmail(events: readonly AlertEvent[], surroundings: EmailSurroundings): EmailMessage {
  const messageId = messageIdOf(events, surroundings);
  const roots = [...new Set(events.map((event) => rootIdOf(event, surroundings)))];
  return {
    subject: headlineOf(events),
    text: `${events.map(renderText).join('\n\n')}\n\n-- \nfluffy on ${surroundings.hostName}\n`,
    html: renderHtml(events, surroundings.hostName),
    messageId,
    references: roots.filter((root) => root !== messageId),
  };
}

/**
 * The mail that says nothing but that an alert fires is the root of that alert's thread. Any other has an id made of
 * all that it says, so that one that says more than an earlier one is not taken for the same.
 */
function messageIdOf(events: readonly AlertEvent[], surroundings: EmailSurroundings): string {
  const [first, ...others] = events;
  if (first !== undefined && others.length === 0 && first.state === 'firing' && !first.isReminder)
    return rootIdOf(first, surroundings);
  const told = events.map(({ id, state, timeSeconds }) => [id, state, timeSeconds]);
  return idOf('told', told, surroundings);
}

function rootIdOf({ id }: AlertEvent, surroundings: EmailSurroundings): string {
  return idOf('alert', id, surroundings);
}

/** Two machines may have an alert of the same id: each has its own mails. */
function idOf(kind: string, content: unknown, { hostName, sender }: EmailSurroundings): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([kind, hostName, content]))
    .digest('hex')
    .slice(0, 32);
  const domain = /@(?<domain>[a-z0-9.-]+)>?\s*$/i.exec(sender)?.groups?.['domain'] ?? 'fluffy.invalid';
  return `<fluffy-${hash}@${domain}>`;
}

function renderText(event: AlertEvent): string {
  const { title, lines } = linesOf(event);
  const block = lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
  return [...alertDetails(event), ...block].join('\n');
}

/** A mail is read on a phone at night: a few of the lines will do. */
function linesOf({ explanation }: AlertEvent): { readonly title: string; readonly lines: readonly string[] } {
  const all = explanation?.lines ?? [];
  const lines = all.filter((_, i) => all.length <= LINES_MAX || isOneOf(i, all.length));
  const of = lines.length < all.length ? `${lines.length} of ${all.length} lines` : 'Lines';
  return { title: `${of} of the log:`, lines: lines.map(showable) };
}

/** `LINES_MAX` of `count` places, evenly, from the first on. */
function isOneOf(place: number, count: number): boolean {
  return Math.floor((place * LINES_MAX) / count) !== Math.floor(((place - 1) * LINES_MAX) / count);
}

function renderHtml(events: readonly AlertEvent[], hostName: string): string {
  const parts = events.map((event) => {
    const [first = '', ...others] = alertDetails(event).map(escapeHtml);
    const colour = event.state === 'firing' ? '#b00020' : '#1b6e3c';
    const told = `<p><strong style="color:${colour}">${first}</strong>${others.map((line) => `<br>${line}`).join('')}</p>`;
    const { title, lines } = linesOf(event);
    if (lines.length === 0) return told;
    return `${told}<p>${title}</p><pre style="white-space:pre-wrap">${lines.map(escapeHtml).join('\n')}</pre>`;
  });
  return `<html><body style="font-family:sans-serif">${parts.join('')}<p style="color:#666">fluffy on ${escapeHtml(hostName)}</p></body></html>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
