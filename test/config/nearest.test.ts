import assert from 'node:assert/strict';
import { test } from 'node:test';

import { nearest } from '../../src/config/nearest.ts';

const KEYS = ['threshold', 'alert-path', 'alert-window', 'report-path', 'http.port', 'http.address', 'pid'];

void test('a slip of the keyboard finds the key that was meant', () => {
  const slips = {
    treshold: 'threshold',
    tresholds: 'threshold',
    htreshold: 'threshold',
    'alert-widnow': 'alert-window',
    'aler-path': 'alert-path',
    'http.adress': 'http.address',
    pdi: 'pid',
  };
  for (const [name, key] of Object.entries(slips)) assert.equal(nearest(name, KEYS), key, name);
});

void test('letter case and separators do not count', () => {
  for (const name of ['alertWindow', 'alert_window', 'ALERT-WINDOW', 'alert.window', 'alertwindow']) {
    assert.equal(nearest(name, KEYS), 'alert-window', name);
  }
});

void test('the last part of a dotted key is enough', () => {
  assert.equal(nearest('port', KEYS), 'http.port');
  assert.equal(nearest('adress', KEYS), 'http.address');
});

void test('what is like no key gets no suggestion', () => {
  for (const name of ['sheep', 'x', '', '<<', 'threshold'.repeat(20)])
    assert.equal(nearest(name, KEYS), null, name);
});
