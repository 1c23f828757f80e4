import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fillTemplate, findTemplateProblems } from '../../src/alerts/message.ts';

const VALUES = {
  rule: 'login-errors',
  value: '7.5',
  unit: '%',
  threshold: '5',
  window: '5m',
  state: 'firing',
  severity: 'critical',
  time: '2026-11-24T12:00:00Z',
  summary: 'a {value}',
  'top-path': '/$& {rule}',
  'top-client': '203.0.113.9',
};

void test('every placeholder is filled in, as often as it is there', () => {
  assert.equal(
    fillTemplate(
      '{rule} {value} {unit} {threshold} {window} {state} {severity} {time} {top-client} {value}{value}',
      VALUES,
    ),
    'login-errors 7.5 % 5 5m firing critical 2026-11-24T12:00:00Z 203.0.113.9 7.57.5',
  );
});

void test('what a value holds is text, whatever it looks like', () => {
  assert.equal(fillTemplate('{summary}, {top-path}', VALUES), 'a {value}, /$& {rule}');
});

void test('braces around anything else are left alone, so that a template may be JSON', () => {
  const template = '{"text": "{value}", "a": {"b": [{}]}} { } {1} }{';
  assert.deepEqual(findTemplateProblems(template), []);
  assert.equal(fillTemplate(template, VALUES), '{"text": "7.5", "a": {"b": [{}]}} { } {1} }{');
});

void test('a name that is none is found, with the nearest one or all of them', () => {
  assert.deepEqual(findTemplateProblems('{rule} {treshold}'), [
    'unknown placeholder {treshold}; did you mean "threshold"?',
  ]);
  assert.deepEqual(findTemplateProblems('{Top_Path}'), [
    'unknown placeholder {Top_Path}; did you mean "top-path"?',
  ]);
  assert.deepEqual(findTemplateProblems('{sheep}'), [
    'unknown placeholder {sheep}; there are {rule} {value} {unit} {threshold} {window} {state} {severity} {time} {summary} {top-path} {top-client}',
  ]);
  assert.deepEqual(findTemplateProblems(`{${'x'.repeat(50)}}`), [
    `unknown placeholder {${'x'.repeat(40)}…}; there are {rule} {value} {unit} {threshold} {window} {state} {severity} {time} {summary} {top-path} {top-client}`,
  ]);
});

void test('all names that are none are found, each once', () => {
  assert.deepEqual(findTemplateProblems('{valeu} {treshold} {{rule}} {valeu}'), [
    'unknown placeholder {valeu}; did you mean "value"?',
    'unknown placeholder {treshold}; did you mean "threshold"?',
    'a placeholder is written {rule}, in one pair of braces',
  ]);
});

void test('the braces of other languages are found before they are sent as they stand', () => {
  for (const text of ['{{value}}', '{{ .value }}', '${value}', '{ value }']) {
    assert.deepEqual(
      findTemplateProblems(text),
      ['a placeholder is written {value}, in one pair of braces'],
      text,
    );
  }
});
