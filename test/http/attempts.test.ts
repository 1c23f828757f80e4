// How often a wrong token may be tried, by a clock that a test moves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attempts } from '../../src/http/attempts.ts';
import { FakeClock } from '../fake-clock.ts';

function tryWrong(attempts: Attempts, address: string, count: number): void {
  for (let i = 0; i < count; i++) {
    assert.equal(attempts.waitMs(address), 0, `try ${i + 1} of ${address}`);
    attempts.addWrong(address);
  }
}

void test('an address has ten tries, then one every six seconds; others are not held up', () => {
  const clock = new FakeClock();
  const attempts = new Attempts(clock);
  tryWrong(attempts, '192.0.2.1', 10);
  assert.equal(attempts.waitMs('192.0.2.1'), 6000);
  assert.equal(attempts.waitMs('192.0.2.2'), 0);
  clock.advance(5999);
  assert.equal(attempts.waitMs('192.0.2.1'), 1);
  clock.advance(1);
  tryWrong(attempts, '192.0.2.1', 1);
  assert.equal(attempts.waitMs('192.0.2.1'), 6000);
  clock.advance(60_000);
  tryWrong(attempts, '192.0.2.1', 10);
  assert.equal(attempts.waitMs('192.0.2.1'), 6000);
});

void test('an IPv4 address is the same when IPv6 maps it; of IPv6 64 bits are one address', () => {
  const attempts = new Attempts(new FakeClock());
  tryWrong(attempts, '192.0.2.1', 5);
  tryWrong(attempts, '::ffff:192.0.2.1', 5);
  assert.equal(attempts.waitMs('192.0.2.1'), 6000);
  tryWrong(attempts, '2001:db8:1:2::1', 5);
  tryWrong(attempts, '2001:db8:1:2:ffff::9', 5);
  assert.equal(attempts.waitMs('2001:db8:1:2:3:4:5:6'), 6000);
  assert.equal(attempts.waitMs('2001:db8:1:3::1'), 0);
  tryWrong(attempts, '', 10);
  assert.equal(attempts.waitMs('no address'), 6000);
});

void test('when a hundred tries came from all together an address has one at a time, and a new one still has it', () => {
  const clock = new FakeClock();
  const attempts = new Attempts(clock);
  for (let i = 0; i < 99; i++) tryWrong(attempts, `192.0.2.${i}`, 1);
  assert.equal(attempts.waitMs('192.0.2.0'), 0);
  tryWrong(attempts, '192.0.2.99', 1);
  assert.equal(attempts.waitMs('192.0.2.0'), 6000);
  tryWrong(attempts, '198.51.100.1', 1);
  assert.equal(attempts.waitMs('198.51.100.1'), 6000);
  assert.equal(attempts.waitMs('198.51.100.2'), 0);
  // Tries beyond the bound are not paid for later.
  for (let i = 0; i < 200; i++) tryWrong(attempts, `203.0.113.${i}`, 1);
  clock.advance(600);
  assert.equal(attempts.waitMs('198.51.100.1'), 0);
});

void test('those that tried last are remembered, ten thousand of them', () => {
  const attempts = new Attempts(new FakeClock());
  tryWrong(attempts, '192.0.2.1', 1);
  tryWrong(attempts, '192.0.2.2', 1);
  for (let i = 0; i < 9999; i++) tryWrong(attempts, `10.0.${i >> 8}.${i & 255}`, 1);
  assert.equal(attempts.addressCount, 10_000);
  assert.equal(attempts.waitMs('192.0.2.1'), 0);
  assert.equal(attempts.waitMs('192.0.2.2'), 6000);
});
