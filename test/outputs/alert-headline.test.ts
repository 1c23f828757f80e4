import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headlineOf } from '../../src/outputs/alert-headline.ts';
import { alertWith, resolvedWith } from './alert.ts';

void test('one alert: how it stands, its rule, its value and its threshold', () => {
  assert.equal(headlineOf([alertWith()]), '[firing] traffic: 83 requests/s, above 10');
  assert.equal(headlineOf([resolvedWith()]), '[resolved] traffic: 4.26 requests/s, no longer above 10');
  assert.equal(
    headlineOf([alertWith({ isReminder: true })]),
    '[still firing] traffic: 83 requests/s, above 10',
  );
});

void test('values have three digits, or as many as stand before the point', () => {
  const valueOf = (value: number): string => headlineOf([alertWith({ value, unit: '%' })]).slice(18, -10);
  assert.equal(valueOf(12_345.67), '12346 %');
  assert.equal(valueOf(7.3333), '7.33 %');
  assert.equal(valueOf(0.000_123_45), '0.000123 %');
  assert.equal(valueOf(-3), '-3 %');
});

void test('a share of no requests is no value', () => {
  const event = alertWith({ rule: 'quiet', value: null, comparison: 'below', threshold: 0.5 });
  assert.equal(headlineOf([event]), '[firing] quiet: no value, below 0.5');
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
  assert.equal(headline, '[firing] x Bcc: thief@example.net y: 83 requests/s, above 10');
});

void test('a rule of any length leaves a subject', () => {
  assert.equal(headlineOf([alertWith({ rule: 'r'.repeat(1000) })]).length, 200);
});
