// Why an alert fires: shares against exact counts, within the error that is stated, and what was so before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain } from '../../src/alerts/explain.ts';
import { renderReasons, renderTelling } from '../../src/alerts/render.ts';
import { Recent } from '../../src/alerts/recent.ts';
import { ANY } from '../../src/alerts/rule.ts';
import type { Dimension, Explanation, Rule } from '../../src/alerts/rule.ts';
import { createRandom, takeSeed } from '../seed.ts';
import { HIT, ruleOf, Traffic } from './traffic.ts';
import type { Hit } from './traffic.ts';

const T0 = 1_700_000_000;

/** Requests from `T0`, second by second; what `explain` finds at the end, and all of them. */
function explained(rule: Rule, seconds: number, hitsAt: (second: number) => readonly Partial<Hit>[]) {
  const recent = new Recent();
  const traffic = new Traffic(recent);
  const hits: (Hit & { readonly time: number })[] = [];
  for (let second = 0; second < seconds; second++) {
    for (const hit of hitsAt(second)) {
      hits.push({ ...HIT, ...hit, time: second });
      traffic.hit(T0 + second, hit);
    }
    traffic.advanceTo(T0 + second + 1);
  }
  return { explanation: explain(rule, recent, T0 + seconds), hits, recent };
}

function namesOf(explanation: Explanation | null, dimension: Dimension): string[] {
  const reasons = explanation?.reasons.filter((reason) => reason.dimension === dimension) ?? [];
  return reasons.map(({ name, share, previousShare }) => `${name} ${share} ${previousShare}`);
}

void test('few requests are all looked at: shares are exact, and so are those of the time before', () => {
  const rule = ruleOf({ windowsSeconds: [10] });
  const { explanation } = explained(rule, 20, (second) =>
    second < 10
      ? [{ path: '/' }, { path: '/a', method: 'POST', client: '192.0.2.9' }]
      : [{ path: '/a', client: '192.0.2.9' }, { path: '/a', client: '192.0.2.9', status: 404 }, {}, {}],
  );
  assert.deepEqual([explanation?.lookedAt, explanation?.shareError], [40, 0]);
  assert.deepEqual(namesOf(explanation, 'path'), ['/ 0.5 0.5', '/a 0.5 0.5']);
  assert.deepEqual(namesOf(explanation, 'status'), ['404 0.25 0', '200 0.75 1']);
  assert.deepEqual(namesOf(explanation, 'method'), ['GET 1 0.5']);
  assert.deepEqual(namesOf(explanation, 'client'), ['192.0.2.1 0.5 0.5', '192.0.2.9 0.5 0.5']);
  assert.deepEqual(namesOf(explanation, 'agent'), ['curl/8 1 1']);
  assert.deepEqual(explanation?.reasons[0], {
    dimension: 'method',
    name: 'GET',
    share: 1,
    previousShare: 0.5,
  });
});

void test('a rule of some requests is explained by those: by where, by errors, by what is too slow', () => {
  const hits = [
    { path: '/a', status: 500, latencyMs: 20 },
    { path: '/b', status: 200, latencyMs: 900 },
    { path: '/b', status: 200, latencyMs: 10 },
    { path: '/c', method: 'POST', status: 503, latencyMs: 800 },
  ];
  const pathsOf = (rule: Partial<Rule>) =>
    namesOf(explained(ruleOf(rule), 10, () => hits).explanation, 'path');
  assert.deepEqual(pathsOf({}), ['/b 0.5 null', '/a 0.25 null', '/c 0.25 null']);
  assert.deepEqual(pathsOf({ metric: 'error-rate' }), ['/a 0.5 null', '/c 0.5 null']);
  assert.deepEqual(pathsOf({ metric: 'latency-p95', threshold: 500 }), ['/b 0.5 null', '/c 0.5 null']);
  assert.deepEqual(pathsOf({ where: { ...ANY, methods: ['POST'] } }), ['/c 1 null']);
  assert.deepEqual(pathsOf({ where: { ...ANY, statuses: [{ first: 200, last: 299 }], paths: ['/?'] } }), []);
  assert.deepEqual(pathsOf({ metric: 'silence' }), []);
  const failing = {
    metric: 'status-share',
    where: { ...ANY, statuses: [{ first: 500, last: 599 }] },
  } as const;
  assert.deepEqual(pathsOf(failing), ['/a 0.5 null', '/c 0.5 null']);
  // Where too few are well, the others are the reason.
  assert.deepEqual(pathsOf({ ...failing, comparison: 'below' }), ['/b 1 null']);
  const posts = { ...failing.where, methods: ['POST'] };
  assert.deepEqual(pathsOf({ ...failing, where: posts, comparison: 'below' }), []);
});

void test('what the rule itself demands is marked, and told to nobody', () => {
  const hits = [
    { path: '/checkout', method: 'POST', status: 503, client: '192.0.2.9' },
    { path: '/', status: 200 },
  ];
  const demandedBy = (rule: Partial<Rule>): string[] => {
    const { explanation } = explained(ruleOf(rule), 10, () => hits);
    const demanded = explanation.reasons.filter(({ isDemanded }) => isDemanded === true);
    assert.equal(renderReasons(explanation).length, explanation.reasons.length - demanded.length);
    return demanded.map(({ dimension, name }) => `${dimension} ${name}`).toSorted();
  };
  const where = { ...ANY, paths: ['/checkout'], methods: ['POST'] };
  assert.deepEqual(demandedBy({}), []);
  assert.deepEqual(demandedBy({ where: { ...ANY, paths: ['/*'] } }), []);
  assert.deepEqual(demandedBy({ where: { ...ANY, paths: ['/checkout', '/'] } }), []);
  assert.deepEqual(demandedBy({ metric: 'error-rate', where }), ['method POST', 'path /checkout']);
  const status = { ...where, statuses: [{ first: 503, last: 503 }] };
  assert.deepEqual(demandedBy({ metric: 'status-rate', where: status }), [
    'method POST',
    'path /checkout',
    'status 503',
  ]);
  const { explanation } = explained(ruleOf({ metric: 'error-rate', where }), 10, () => hits);
  assert.deepEqual(renderTelling(explanation, 4), [
    'one client, 192.0.2.9, sends 100 % of requests with status 5xx',
    'status 503 100 % of them',
  ]);
});

void test('of what shares are is told, where they are not of all requests that the value is of', () => {
  const ofWhat = (rule: Partial<Rule>): string | undefined =>
    explained(ruleOf(rule), 10, () => [{ status: 503, latencyMs: 900 }]).explanation.of;
  const where = {
    ...ANY,
    statuses: [
      { first: 500, last: 503 },
      { first: 400, last: 499 },
    ],
  };
  assert.equal(ofWhat({}), undefined);
  assert.equal(ofWhat({ where }), undefined);
  assert.equal(ofWhat({ metric: 'error-rate' }), 'requests with status 5xx');
  assert.equal(ofWhat({ metric: 'status-share', where }), 'requests with status 500-503, 4xx');
  const successes = { ...ANY, statuses: [{ first: 100, last: 399 }] };
  assert.equal(
    ofWhat({ metric: 'status-share', where: successes, comparison: 'below' }),
    'requests without status 100-399',
  );
  assert.equal(ofWhat({ metric: 'latency-p95', threshold: 500 }), 'requests above 500 ms');
  assert.equal(ofWhat({ metric: 'latency-p95', threshold: 5, previousSeconds: 60 }), undefined);
});

void test('names that are rare are no reasons, however many there are, nor are more than three of a kind', () => {
  const { explanation } = explained(ruleOf({}), 10, (second) =>
    Array.from({ length: 20 }, (_, i) => ({
      path: i < 12 ? `/${i % 4}` : '/5',
      client: `192.0.2.${second * 20 + i}`,
      agent: '',
    })),
  );
  assert.deepEqual(namesOf(explanation, 'path'), ['/5 0.4 null', '/0 0.15 null', '/1 0.15 null']);
  assert.deepEqual([namesOf(explanation, 'client'), namesOf(explanation, 'agent')], [[], []]);
});

interface Shape {
  readonly name: string;
  readonly rule: Rule;
  readonly seconds: number;
  readonly perSecond: number;
  readonly errorsIn1000: number;
}

/** Dense, long, and with few errors among many requests: the ways in which a sample may be too small. */
const SHAPES: readonly Shape[] = [
  { name: 'dense', rule: ruleOf({}), seconds: 20, perSecond: 5000, errorsIn1000: 10 },
  {
    name: 'long',
    rule: ruleOf({ windowsSeconds: [1200] }),
    seconds: 2400,
    perSecond: 60,
    errorsIn1000: 100,
  },
  {
    name: 'rare errors',
    rule: ruleOf({ metric: 'error-rate', windowsSeconds: [240] }),
    seconds: 480,
    perSecond: 400,
    errorsIn1000: 8,
  },
];

void test('of many requests a sample is looked at: 95 in 100 shares are within the error that is stated', (t) => {
  const random = createRandom(takeSeed(t));
  let [shares, outside] = [0, 0];
  for (const { name, rule, seconds, perSecond, errorsIn1000 } of SHAPES) {
    const { explanation, hits } = explained(rule, seconds, () =>
      Array.from({ length: perSecond }, () => ({
        path: ['/', '/a', '/a', '/login', '/login', '/login', '/login'][random(7)] ?? '/',
        method: random(4) === 0 ? 'POST' : 'GET',
        client: `192.0.2.${Math.min(random(9), 3)}`,
        agent: `agent ${random(5)}`,
        status: random(1000) < errorsIn1000 ? 500 + random(3) : 200,
      })),
    );
    assert.ok(explanation !== null && explanation.shareError > 0 && explanation.shareError < 0.1, name);
    const [window] = rule.windowsSeconds;
    const counted = hits.filter(({ status }) => rule.metric !== 'error-rate' || status >= 500);
    const between = (from: number, to: number) => counted.filter(({ time }) => time >= from && time < to);
    const now = between(seconds - window, seconds);
    const before = between(seconds - 2 * window, seconds - window);
    const shareIn = (inside: typeof now, dimension: Dimension, wanted: string): number => {
      const same = inside.filter((hit) => String(hit[dimension]) === wanted);
      return same.length / inside.length;
    };
    assert.ok(explanation.reasons.length >= 8, name);
    for (const { dimension, name: found, share, previousShare } of explanation.reasons) {
      const exact = shareIn(now, dimension, found);
      const exactBefore = shareIn(before, dimension, found);
      shares++;
      if (Math.abs(share - exact) > explanation.shareError) outside++;
      assert.ok(
        Math.abs(share - exact) <= 2.5 * explanation.shareError,
        `${name} ${found}: ${share}, ${exact}`,
      );
      // Older requests are remembered more coarsely.
      assert.ok(
        Math.abs((previousShare ?? Number.NaN) - exactBefore) < 0.25,
        `${name} ${found} before: ${previousShare}, ${exactBefore}`,
      );
    }
  }
  t.diagnostic(`${outside} of ${shares} shares are outside`);
  assert.ok(outside <= 0.2 * shares, `${outside} of ${shares}`);
});

void test('a million requests take no more room than some thousands, and what is saved of them is small', () => {
  const recent = new Recent();
  const traffic = new Traffic(recent);
  for (let second = 0; second < 20_000; second++) {
    traffic.hit(T0 + second, {}, 50);
    traffic.advanceTo(T0 + second + 1);
  }
  const kept = [...recent.between(T0, T0 + 20_000)];
  assert.ok(kept.length <= 10 * 4096 && kept.length > 10_000, `${kept.length}`);
  const weight = kept.reduce((sum, request) => sum + request.weight, 0);
  assert.ok(Math.abs(weight / 1_000_000 - 1) < 0.01, `${weight}`);
  const saved = JSON.stringify(recent.snapshot());
  assert.ok(saved.length < 200_000, `${saved.length}`);
  const again = new Recent();
  assert.equal(again.restore(JSON.parse(saved)), true);
  const restored = [...again.between(T0, T0 + 20_000)];
  const restoredWeight = restored.reduce((sum, request) => sum + request.weight, 0);
  assert.ok(Math.abs(restoredWeight / weight - 1) < 0.1, `${restoredWeight}`);
});

void test('who began to read later remembers the same of the requests since', () => {
  const [early, late] = [new Recent(), new Recent()];
  const [all, rest] = [new Traffic(early), new Traffic(late)];
  for (let second = 0; second < 4000; second++) {
    for (const traffic of second < 500 ? [all] : [all, rest]) {
      traffic.hit(
        T0 + second,
        { path: `/${second % 7}`, status: second % 3 === 0 ? 500 : 200 },
        1 + (second % 41),
      );
      traffic.advanceTo(T0 + second + 1);
    }
  }
  for (const from of [500, 1000, 3000, 3900]) {
    const known = [...early.between(T0 + from, T0 + 4000)];
    assert.deepEqual([...late.between(T0 + from, T0 + 4000)], known);
    assert.ok(known.length > 1000, `${known.length}`);
  }
  assert.ok([...early.between(T0 + 500, T0 + 600)].every(({ weight }) => weight >= 4));
});

void test('after a restart reasons are told of what was saved; what is no snapshot is refused', () => {
  const rule = ruleOf({ windowsSeconds: [60] });
  const { recent } = explained(rule, 60, () => [{ path: '/a' }]);
  const again = new Recent();
  assert.equal(again.restore(JSON.parse(JSON.stringify(recent.snapshot()))), true);
  assert.deepEqual(namesOf(explain(rule, again, T0 + 60), 'path'), ['/a 1 null']);
  assert.equal(new Recent().restore({ version: 1, levels: [[['x']]] }), false);
});
