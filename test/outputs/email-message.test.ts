import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderEmail } from '../../src/outputs/email-message.ts';
import { NOW_SECONDS, alertWith, resolvedWith } from './alert.ts';

const surroundings = { hostName: 'web-1', sender: 'fluffy <alerts@example.org>' };

void test('a mail has what is known of an alert, a line each', () => {
  const { subject, text } = renderEmail([alertWith()], surroundings);
  assert.equal(subject, '[firing] traffic: 83 requests/s, above 10 requests/s');
  assert.deepEqual(text.split('\n').slice(1), [
    '83 requests/s over 2 minutes, threshold 10',
    'Call Ada <ada@example.org> & see the runbook',
    '/login 71 % of requests, was 3 %',
    'one client, 203.0.113.9, sends 64 %',
    '',
    '-- ',
    'fluffy on web-1',
    '',
  ]);
});

void test('nothing in an alert becomes HTML', () => {
  const { html } = renderEmail([alertWith({ message: '<script>"a" & b</script>' })], surroundings);
  assert.ok(html.includes('<br>&lt;script&gt;&quot;a&quot; &amp; b&lt;/script&gt;<br>'));
  assert.ok(!html.includes('<script>'));
});

void test('a mail has five of the lines of the log, as text and without HTML in them', () => {
  const lines = Array.from({ length: 20 }, (_, i) => `GET /${i} <script>"${i}"</script> \\u001b[31m`);
  const explanation = { lookedAt: 1, shareError: 0, reasons: [], lines };
  const { text, html } = renderEmail([alertWith({ explanation, message: null })], surroundings);
  assert.deepEqual(text.split('\n').slice(1), [
    '83 requests/s over 2 minutes, threshold 10',
    '',
    '5 of 20 lines of the log:',
    ...[0, 4, 8, 12, 16].map((i) => `  GET /${i} <script>"${i}"</script> \\u001b[31m`),
    '',
    '-- ',
    'fluffy on web-1',
    '',
  ]);
  const shown = [0, 4, 8, 12, 16].map(
    (i) => `GET /${i} &lt;script&gt;&quot;${i}&quot;&lt;/script&gt; \\u001b[31m`,
  );
  assert.ok(
    html.includes(
      `<p>5 of 20 lines of the log:</p><pre style="white-space:pre-wrap">${shown.join('\n')}</pre>`,
    ),
  );
  assert.ok(!html.includes('<script>'));
});

void test('few lines are all there', () => {
  const explanation = { lookedAt: 1, shareError: 0, reasons: [], lines: ['one', 'two', 'three'] };
  const { text } = renderEmail([alertWith({ explanation, message: null })], surroundings);
  assert.match(text, /\n\nLines of the log:\n {2}one\n {2}two\n {2}three\n\n-- /);
});

void test('the same events give the same id; all mails of an alert belong to the one that it began with', () => {
  const first = renderEmail([alertWith()], surroundings);
  assert.match(first.messageId, /^<fluffy-[0-9a-f]{32}@example\.org>$/);
  assert.deepEqual(first.references, []);
  assert.equal(renderEmail([alertWith()], surroundings).messageId, first.messageId);

  const reminder = renderEmail([alertWith({ isReminder: true, timeSeconds: NOW_SECONDS })], surroundings);
  const over = renderEmail([resolvedWith()], surroundings);
  assert.deepEqual(reminder.references, [first.messageId]);
  assert.deepEqual(over.references, [first.messageId]);
  assert.equal(new Set([first.messageId, reminder.messageId, over.messageId]).size, 3);
});

void test('a mail of several alerts belongs to the first mail of each', () => {
  const other = alertWith({ id: 'errors-1', rule: 'errors' });
  const ids = [alertWith(), other].map((event) => renderEmail([event], surroundings).messageId);
  const both = renderEmail([alertWith(), other, resolvedWith()], surroundings);
  assert.deepEqual(both.references, ids);
  assert.notEqual(both.messageId, renderEmail([alertWith(), other], surroundings).messageId);
  assert.equal(both.subject, '[2 firing, 1 resolved] traffic, errors');
});

void test('two machines have mails of their own for an alert of the same id', () => {
  const here = renderEmail([alertWith()], surroundings).messageId;
  assert.notEqual(here, renderEmail([alertWith()], { ...surroundings, hostName: 'web-2' }).messageId);
});

void test('a sender that has no domain to borrow leaves one that nobody has', () => {
  const { messageId } = renderEmail([alertWith()], { ...surroundings, sender: 'root' });
  assert.match(messageId, /@fluffy\.invalid>$/);
});
