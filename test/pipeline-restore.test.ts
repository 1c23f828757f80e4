// The promise of exactly once: a pipeline that is killed at any moment and restored from its last snapshot tells the same
// as one that never was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createRandom, takeSeed } from './seed.ts';
import { commonLines, PipelineRig, T0 } from './pipeline-rig.ts';
import type { RigOptions } from './pipeline-rig.ts';

const textArbitrary = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ at: fc.integer({ min: -2, max: 0 }), count: fc.nat(8), path: fc.nat(12) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ at: fc.integer({ min: -60, max: 40 }), count: fc.nat(3), path: fc.nat(99) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      junk: fc.constantFrom('junk\n', '\n', `${'x'.repeat(400)}\n`, '{"a":1}\n', 'un', 'ended\n'),
    }),
  },
);
const logArbitrary = fc.constantFrom('a.log', 'b.log');
const stepArbitrary = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ log: logArbitrary, text: textArbitrary, chunk: fc.integer({ min: 1, max: 500 }) }),
  },
  { weight: 6, arbitrary: fc.record({ wait: fc.constantFrom(0.2, 0.7, 1, 3, 20) }) },
  { weight: 2, arbitrary: fc.record({ log: logArbitrary, lag: fc.constantFrom(0, 0, 1000) }) },
  { weight: 2, arbitrary: fc.record({ cut: fc.integer({ min: -3, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ end: logArbitrary }) },
);
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

function take(rig: PipelineRig, step: Step): void {
  const offset = Math.floor(rig.nowMs / 1000) - T0;
  if ('wait' in step) rig.advance(step.wait);
  else if ('lag' in step) rig.head(step.log).lagBytes = step.lag;
  else if ('cut' in step) rig.summary.cutAt(T0 + offset + step.cut);
  else if ('end' in step) rig.end(step.end);
  else {
    const { text } = step;
    const lines =
      'junk' in text
        ? text.junk
        : commonLines(offset + text.at, text.count, `/${text.path}?q=${'y'.repeat(text.path)}`);
    for (let i = 0; i < lines.length; i += step.chunk) rig.write(step.log, lines.slice(i, i + step.chunk));
  }
}

/** Everything that a run tells to the outside. */
function outcome(steps: readonly Step[], crashes: ReadonlySet<number>, options: RigOptions): unknown {
  const rig = new PipelineRig(options);
  for (const [i, step] of steps.entries()) {
    if (crashes.has(i)) assert.deepEqual(rig.crash(), [true, true, true, true]);
    take(rig, step);
  }
  rig.finish();
  const logs = rig.pipeline.logs().map(({ path, lines, failures, format }) => ({
    path,
    lines,
    format,
    // After a crash chunks are cut elsewhere, and with them the lines that are sampled.
    failures: failures.map(({ reason, lines: count }) => `${reason} ${count}`),
  }));
  return {
    alerts: rig.alerts,
    reports: rig.reports,
    totals: rig.totals.snapshot(),
    limits: rig.pipeline.limits(),
    state: rig.engine.states(),
    formats: rig.formats,
    logs,
  };
}

void test('killed anywhere and restored, all alerts, reports, totals and limits are those of a run without a crash', (t) => {
  fc.assert(
    fc.property(
      fc.array(stepArbitrary, { minLength: 1, maxLength: 60 }),
      fc.array(fc.nat(60), { maxLength: 12 }),
      fc.record({
        windowSeconds: fc.constantFrom(1, 5, 30),
        threshold: fc.constantFrom(0.3, 2),
        logFormat: fc.constantFrom('common', 'auto'),
        latenessSeconds: fc.constantFrom(0, 2, 10),
      }),
      (steps, crashes, options) => {
        assert.deepEqual(outcome(steps, new Set(crashes), options), outcome(steps, new Set(), options));
      },
    ),
    { seed: takeSeed(t), numRuns: 150 },
  );
});

function busyRig(): PipelineRig {
  const rig = new PipelineRig({ threshold: 1, windowSeconds: 5, logFormat: 'common' });
  for (let i = 0; i < 8; i++) {
    rig.write('a.log', commonLines(i, 9, `/${i}`) + (i === 3 ? 'junk\n' : ''));
    rig.write('b.log', commonLines(i - 30) + commonLines(i + 500));
    rig.advance(1);
  }
  rig.summary.cutAt(T0 + 20);
  rig.write('a.log', commonLines(8, 2, '/é') + commonLines(7));
  return rig;
}

void test('a snapshot that was restored gives the same snapshot again', () => {
  const rig = busyRig();
  assert.equal(rig.alerts.length, 1);
  const saved = rig.save();
  assert.ok(!saved.includes('e+'), 'no number is beyond what is exact');
  rig.crash();
  assert.equal(rig.save(), saved);
});

/** Every place in a JSON value, as the keys that lead to it. */
function placesIn(value: unknown, keys: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [keys];
  return [keys, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...keys, key]))];
}

function replaceAt(
  value: unknown,
  [key, ...rest]: readonly string[],
  put: (old: unknown) => unknown,
): unknown {
  if (key === undefined) return put(value);
  if (Array.isArray(value))
    return value.map((each: unknown, i) => (String(i) === key ? replaceAt(each, rest, put) : each));
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.map(([name, each]) => [name, name === key ? replaceAt(each, rest, put) : each]),
  );
}

void test('a value of another type anywhere is refused by the part that it is in, which stays as it was', () => {
  const saved: unknown = JSON.parse(busyRig().save());
  const places = placesIn(saved).filter((keys) => keys.length > 0);
  assert.ok(places.length > 100, String(places.length));
  for (const keys of places) {
    const damaged = replaceAt(saved, keys, (old) =>
      typeof old === 'object' && old !== null ? -1 : { of: old },
    );
    const rig = new PipelineRig();
    const fresh: unknown = JSON.parse(rig.save());
    const results = rig.restore(damaged);
    const part = Number(keys[0]);
    assert.deepEqual(
      results,
      [0, 1, 2, 3].map((i) => i !== part),
      keys.join('.'),
    );
    const kept: unknown = JSON.parse(rig.save());
    // The pipeline tells the parts how far time has come; itself, and the others when it is refused, stay untouched.
    if (part === 3 || part === 0)
      assert.deepEqual(Reflect.get(Object(kept), part), Reflect.get(Object(fresh), part));
  }
});

void test('text that was damaged in random places never throws, whatever is left of it', (t) => {
  const random = createRandom(takeSeed(t));
  const saved = Buffer.from(busyRig().save());
  let parsed = 0;
  for (let run = 0; run < 1500; run++) {
    const text = Buffer.from(saved);
    const begin = random(text.length);
    if (random(2) === 0) text[begin] = 0x20 + random(95);
    else text.copy(text, begin, random(text.length));
    let value: unknown;
    try {
      value = JSON.parse(text.toString());
    } catch {
      continue;
    }
    parsed++;
    const rig = new PipelineRig();
    rig.restore(value);
    rig.write('a.log', commonLines(0, 3));
    rig.advance(10);
    rig.finish();
    rig.save();
  }
  assert.ok(parsed > 100, String(parsed));
});

void test('after a crash above the cap of paths nothing is lost, only fewer requests are (other)', () => {
  const run = (isKilled: boolean) => {
    const rig = new PipelineRig({ latenessSeconds: 0 });
    for (let i = 0; i < 120; i++) {
      const lines = Array.from({ length: 100 }, (_, n) => commonLines(Math.floor(i / 12), 1, `/p${i}/n${n}`));
      rig.write('a.log', lines.join(''));
      if (isKilled && i === 60) rig.crash();
    }
    rig.finish();
    return {
      totals: rig.totals.snapshot(),
      alerts: rig.alerts,
      other: rig.pipeline.limits().otherPathRecords,
    };
  };
  const whole = run(false);
  const killed = run(true);
  assert.equal(whole.other, 2000);
  assert.equal(whole.totals.requests, 12_000);
  assert.deepEqual(killed.totals, whole.totals);
  assert.deepEqual(killed.alerts, whole.alerts);
  assert.ok(killed.other <= whole.other);
});
