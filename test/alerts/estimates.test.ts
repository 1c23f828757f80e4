// What is estimated against what is exact: quantiles of latency within one percent, distinct clients within the standard
// error of the sketch.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientMeter } from '../../src/alerts/client-meter.ts';
import { LatencyMeter } from '../../src/alerts/latency-meter.ts';
import { ANY } from '../../src/alerts/rule.ts';
import { Selector } from '../../src/alerts/selector.ts';
import { createRandom, takeSeed } from '../seed.ts';
import { Traffic } from './traffic.ts';

const T0 = 1_700_000_000;
const ANYTHING = new Selector(ANY);

/** Of 2,048 registers: 1.04 ÷ √2048. */
const CLIENT_ERROR = 0.023;
/** Of half the width of an interval, 2 %. */
const LATENCY_ERROR = 0.01;

function addressOf(number: number): string {
  return `${10 + (number >>> 24)}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
}

void test('distinct clients are off by four standard errors and two clients at most, however many there are', (t) => {
  const random = createRandom(takeSeed(t));
  for (const count of [10, 100, 1000, 5000, 10_000, 100_000]) {
    const meter = new ClientMeter(ANYTHING);
    meter.reachBack(60);
    meter.start(T0);
    const traffic = new Traffic({ add: (second) => meter.add(second), advanceTo: () => {} });
    const clients = new Set<string>();
    while (clients.size < count) clients.add(addressOf(random(2 ** 27)));
    // Each comes two times, which must not count.
    for (const client of [...clients, ...clients]) traffic.hit(T0, { client });
    traffic.advanceTo(T0 + 1);
    meter.tick();
    const error = meter.estimate(60) - count;
    t.diagnostic(`${count} clients: off by ${((100 * error) / count).toFixed(2)} %`);
    // Of ten, two share a register once in 45 times: then they count as one.
    assert.ok(Math.abs(error) <= 4 * CLIENT_ERROR * count + 2, `${count}: ${error}`);
  }
});

void test('clients slide out of a window when they were seen in it last, and come back over a restart', (t) => {
  const random = createRandom(takeSeed(t));
  let meter = new ClientMeter(ANYTHING);
  const begin = (now: number): void => {
    meter = new ClientMeter(ANYTHING);
    meter.reachBack(30);
    meter.start(now);
  };
  begin(T0);
  const traffic = new Traffic({ add: (second) => meter.add(second), advanceTo: () => {} });
  const seen: { time: number; client: string }[] = [];
  for (let time = T0; time < T0 + 200; time++) {
    for (let i = random(40); i > 0; i--) {
      const client = addressOf(random(400));
      // Some come late, within the window and beyond it.
      const at = random(5) === 0 ? time - random(40) : time;
      seen.push({ time: at, client });
      traffic.hit(at, { client });
    }
    traffic.advanceTo(time + 1);
    meter.tick();
    for (const length of [1, 10, 30]) {
      const exact = new Set(seen.filter(({ time: at }) => at > time - length).map(({ client }) => client))
        .size;
      // So few are counted by the registers that are empty; two in one register are one.
      const bound = 4 * CLIENT_ERROR * exact + 4;
      assert.ok(
        Math.abs(meter.estimate(length) - exact) <= bound,
        `${length}: ${meter.estimate(length)}, ${exact}`,
      );
    }
    if (random(10) > 0) continue;
    const saved: unknown = JSON.parse(JSON.stringify(meter.snapshot()));
    const before = [1, 10, 30].map((length) => meter.estimate(length));
    begin(time + 1);
    if (saved !== null) assert.equal(meter.restore(saved), true);
    assert.deepEqual(
      [1, 10, 30].map((length) => meter.estimate(length)),
      before,
    );
  }
  for (let i = 0; i < 31; i++) meter.tick();
  assert.equal(meter.estimate(30), 0);
  assert.equal(meter.isEmpty, true);
});

void test('quantiles are within one percent of the exact ones, whatever the distribution', (t) => {
  const random = createRandom(takeSeed(t));
  const uniform = (): number => (random(1_000_000) + 1) / 1_000_000;
  const distributions: Readonly<Record<string, () => number>> = {
    uniform: () => 1000 * uniform(),
    exponential: () => -200 * Math.log(uniform()),
    'long tail': () => 5 * uniform() ** -1.2,
    'two humps': () => (random(10) === 0 ? 2000 + random(500) : 5 + random(10)),
    'whole milliseconds': () => 1 + random(300),
    microseconds: () => 0.002 + random(1000) / 1000,
    'all alike': () => 42,
  };
  for (const [name, draw] of Object.entries(distributions)) {
    const meter = new LatencyMeter(ANYTHING);
    const window = meter.addWindow({ offset: 0, length: 60 });
    meter.start(T0);
    const traffic = new Traffic({ add: (second) => meter.add(second), advanceTo: () => {} });
    const latencies = Array.from({ length: 5000 }, draw);
    for (const latencyMs of latencies) traffic.hit(T0, { latencyMs });
    traffic.advanceTo(T0 + 1);
    meter.tick();
    latencies.sort((a, b) => a - b);
    for (const quantile of [0.01, 0.5, 0.9, 0.95, 0.99, 1]) {
      const exact = latencies[Math.ceil(quantile * latencies.length) - 1] ?? Number.NaN;
      const told = window.quantile(quantile) ?? Number.NaN;
      assert.ok(Math.abs(told / exact - 1) <= LATENCY_ERROR, `${name} ${quantile}: ${told}, exact ${exact}`);
    }
  }
});

void test('a long window is taken in steps: its older edge is off by one step of a 120th at most', () => {
  const meter = new LatencyMeter(ANYTHING);
  const window = meter.addWindow({ offset: 0, length: 3600 });
  meter.start(T0);
  const traffic = new Traffic({ add: (second) => meter.add(second), advanceTo: () => {} });
  const totals: number[] = [];
  for (let time = T0; time < T0 + 7300; time++) {
    traffic.hit(time, { latencyMs: 10 });
    traffic.advanceTo(time + 1);
    meter.tick();
    totals.push(window.total);
  }
  assert.deepEqual(
    totals.slice(0, 3600),
    Array.from({ length: 3600 }, (_, i) => i + 1),
  );
  assert.ok(totals.slice(3600).every((total) => total >= 3600 && total < 3630));
  for (let i = 0; i < 3660; i++) meter.tick();
  assert.deepEqual([window.total, window.quantile(0.5), meter.isEmpty], [0, null, true]);
});
