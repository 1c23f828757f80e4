// Requests of late keep ids, which come to stand for others while they wait: whenever they are asked for, they are told with what
// they had.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Aggregator } from '../../src/aggregate/aggregator.ts';
import { AGGREGATOR_DEFAULTS } from '../../src/aggregate/aggregator-options.ts';
import type { RequestColumns, Second, SecondConsumer } from '../../src/aggregate/second.ts';
import { Recent } from '../../src/alerts/recent.ts';
import type { RecentRequest } from '../../src/alerts/recent-level.ts';
import { createRecord } from '../../src/parse/record.ts';
import type { AccessRecord } from '../../src/parse/record.ts';
import { createRandom, takeSeed } from '../seed.ts';

const REQUESTS = 60_000;
/** How often somebody asks, about. */
const ASKED = 9;

interface Drive {
  readonly pathsMax: number;
  /** So many come. */
  readonly clients: number;
  readonly seed: number;
}

/** As alerting has it: the requests of a run are taken when somebody asks, or when it is told. */
class Follower implements SecondConsumer {
  readonly recent = new Recent();
  readonly takesRuns: boolean;
  readonly #isAsked: () => boolean;

  constructor(takesRuns: boolean, isAsked: () => boolean) {
    this.takesRuns = takesRuns;
    this.#isAsked = isAsked;
  }

  add(second: Second): void {
    this.recent.add(second);
    this.#ask(second.timeSeconds);
  }

  addRun(requests: RequestColumns, count: number): void {
    this.recent.follow(requests);
    for (let from = 0; from < count;) {
      from = requests.secondEnd(from);
      this.recent.reach(from);
      this.#ask(requests.timesSeconds[from - 1] ?? 0);
    }
    this.recent.unfollow();
  }

  advanceTo(): void {}

  #ask(timeSeconds: number): void {
    if (this.#isAsked()) assert.ok([...this.recent.between(timeSeconds, timeSeconds + 1)].length > 0);
  }
}

/** Of the `i`th request, whose path and client tell its time. */
function recordAt(timeSeconds: number, i: number, clients: number): AccessRecord {
  const [client, method, path] = [`client ${timeSeconds % clients}`, 'GET', `/p-${timeSeconds}`];
  const bytes = Buffer.from(client + method + path);
  const methodEnd = client.length + method.length;
  return {
    ...createRecord(),
    bytes,
    timeSeconds,
    clientEnd: client.length,
    methodStart: client.length,
    methodEnd,
    pathStart: methodEnd,
    pathEnd: bytes.length,
    status: i % 7 === 0 ? 404 : 200,
  };
}

/** Some of the requests share a second with the one before. */
function drive(consumer: SecondConsumer, { pathsMax, clients, seed }: Drive): void {
  const random = createRandom(seed);
  const aggregator = new Aggregator(consumer, {
    ...AGGREGATOR_DEFAULTS,
    pathsMax,
    seriesMax: 2 * pathsMax,
    closesBehindSeconds: 2,
    details: { hasSamples: true, hasClients: false, hasSources: false },
  });
  let timeSeconds = 1_800_000_000;
  for (let i = 0; i < REQUESTS; i++) {
    timeSeconds += random(10) === 0 ? 0 : 1 + random(2);
    aggregator.add(recordAt(timeSeconds, i, clients));
    if (random(300) === 0) aggregator.timeline.closeDue();
  }
  aggregator.timeline.closeAll();
}

void test('requests of late are told with the names that they had, whoever asks in between', (t) => {
  const random = createRandom(takeSeed(t));
  // Tables that are full a hundred times, or a few times, while requests wait; of texts there are 4,096.
  for (const [pathsMax, clients] of [
    [90, 50],
    [7000, 50],
    [7000, 1e9],
    [60_000, 1e9],
  ] as const) {
    const seed = random(2 ** 31);
    const read = (takesRuns: boolean, isAsked: () => boolean): RecentRequest[] => {
      const follower = new Follower(takesRuns, isAsked);
      drive(follower, { pathsMax, clients, seed });
      return [...follower.recent.between(0, Infinity)];
    };
    const told = read(true, () => false);
    const others = [read(true, () => random(REQUESTS / ASKED) === 0), read(false, () => false)];
    assert.ok(told.length > 8000);
    for (const { path, client, timeSeconds: seconds } of told) {
      assert.ok(path === `/p-${seconds}` || path === '(other)', `${path} at ${seconds}, ${pathsMax} paths`);
      assert.equal(client, `client ${seconds % clients}`);
    }
    // One by one: of all of them at once, a difference would take minutes to tell.
    for (const other of others)
      for (const [i, request] of other.entries())
        if (JSON.stringify(request) !== JSON.stringify(told[i])) assert.deepEqual(request, told[i]);
    assert.deepEqual(
      others.map(({ length }) => length),
      [told.length, told.length],
    );
  }
});
