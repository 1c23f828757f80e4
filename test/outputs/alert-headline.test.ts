import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertEvent } from '../../src/alerts/rule.ts';
import { headlineOf } from '../../src/outputs/alert-headline.ts';
import { alertWith, resolvedWith } from './alert.ts';

void test('one alert: how it stands, its rule, its value and its threshold', () => {
  assert.equal(headlineOf([alertWith()]), '[firing] traffic: 83 requests/s, above 10 requests/s');
  assert.equal(
    headlineOf([resolvedWith()]),
    '[resolved] traffic: 4.26 requests/s, no longer above 10 requests/s',
  );
  assert.equal(
    headlineOf([alertWith({ isReminder: true })]),
    '[still firing] traffic: 83 requests/s, above 10 requests/s',
  );
  assert.equal(
    headlineOf([alertWith({ isReminder: true, value: 8 })]),
    '[still firing] traffic: 8 requests/s, was above 10 requests/s',
  );
});

void test('values read as they do everywhere: in the unit of what is measured', () => {
  const of = (changes: Partial<AlertEvent>): string =>
    headlineOf([alertWith(changes)]).slice('[firing] '.length);
  assert.equal(
    of({ metric: 'error-rate', unit: '%', value: 7.3333, threshold: 5 }),
    'traffic: 7.33 %, above 5 %',
  );
  assert.equal(
    of({ metric: 'bytes-rate', unit: 'bytes/s', value: 12_345_678, threshold: 1e7 }),
    'traffic: 12.3 MB/s, above 10 MB/s',
  );
  assert.equal(of({ metric: 'silence', unit: 's', value: 330, threshold: 300 }), 'traffic: 5m 30s, above 5m');
  assert.equal(
    of({ metric: 'latency-p95', unit: '×', value: 2.6, threshold: 2 }),
    'traffic: 2.6 ×, above 2 ×',
  );
  assert.equal(
    of({ value: 0.000_123_45, threshold: 0.0001 }),
    'traffic: 0.000123 requests/s, above 0.0001 requests/s',
  );
});

void test('a share of no requests is no verdict', () => {
  const event = alertWith({ rule: 'quiet', value: null, comparison: 'below', threshold: 0.5 });
  assert.equal(headlineOf([event]), '[firing] quiet: no verdict, below 0.5 requests/s');
});

void test('several alerts: how many stand how, and their rules as far as there is room', () => {
  const rules = ['a', 'b', 'a', 'c', 'd', 'e'];
  const firing = rules.map((rule) => alertWith({ rule }));
  assert.equal(headlineOf(firing.slice(0, 3)), '[3 firing] a, b');
  assert.equal(headlineOf([...firing, resolvedWith()]), '[6 firing, 1 resolved] a, b, c and 3 more');
  assert.equal(headlineOf([resolvedWith(), resolvedWith()]), '[2 resolved] traffic');
});

void test('a rule whose name has line breaks cannot add a line', () => {
  const headline = headlineOf([alertWith({ rule: 'x\r\nBcc: thief@example.net\u2028\u0000y' })]);
  assert.equal(headline, '[firing] x Bcc: thief@example.net y: 83 requests/s, above 10 requests/s');
});

void test('a rule of any length leaves a subject', () => {
  assert.equal(headlineOf([alertWith({ rule: 'r'.repeat(1000) })]).length, 200);
});
