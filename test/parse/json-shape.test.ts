import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KNOWN_KEYS } from '../../src/parse/json-keys.ts';
import { JsonLineReader } from '../../src/parse/json-line.ts';
import { JsonObjectReader } from '../../src/parse/json-object.ts';
import { countSame, ShapeRecorder } from '../../src/parse/json-shape.ts';
import type { Shape } from '../../src/parse/json-shape.ts';
import { createJsonTimeReader } from '../../src/parse/json-time.ts';
import { createRecord } from '../../src/parse/record.ts';
import { UTC } from '../../src/parse/zone.ts';
import { createRandom, takeSeed } from '../seed.ts';

const LINE = '--{"a":1,"b":"xy","c":22,"d":[0]}';

/** Of `LINE` from its brace on: `a` and `b` are constant, `c` is a hole, `d` is constant. */
function takeShape(): Shape {
  const recorder = new ShapeRecorder(Buffer.from(LINE), 2);
  recorder.addConstant(7, 8);
  recorder.addConstant(13, 17);
  recorder.addHole(22, 24, null);
  recorder.addConstant(29, 32);
  return recorder.finish(LINE.length);
}

function textOf({ steps, tail }: Shape): string {
  return [...steps.map(({ literal }) => literal), tail]
    .map(({ bytes }) => Buffer.from(bytes).toString())
    .join(' _ ');
}

function viewOf(text: string): DataView {
  const bytes = Uint8Array.from(Buffer.from(text));
  return new DataView(bytes.buffer);
}

void test('a shape has the bytes between its holes', () => {
  assert.equal(textOf(takeShape()), '{"a":1,"b":"xy","c": _ ,"d":[0]}');
});

void test('a constant that is none after all becomes a hole, and then the next one', () => {
  const shape = takeShape();
  shape.misfits(0, 5);
  assert.equal(textOf(shape), '{"a": _ ,"b":"xy","c": _ ,"d":[0]}');
  shape.misfits(1, 6);
  assert.equal(textOf(shape), '{"a": _ ,"b": _ ,"c": _ ,"d":[0]}');
});

void test('a difference that is in no value changes nothing; after too many the shape is not worthwhile', () => {
  const shape = takeShape();
  shape.misfits(0, 2);
  assert.equal(textOf(shape), textOf(takeShape()));
  let misfits = 1;
  for (; shape.isWorthwhile; misfits++) shape.misfits(0, 2);
  assert.equal(misfits, 16);
  // Two lines that fit make up for one that does not.
  shape.fits();
  assert.ok(shape.isWorthwhile);
});

void test('bytes are the same up to the first other one, whatever the length', () => {
  const text = '{"level":"info","ts":';
  for (let length = 1; length <= text.length; length++) {
    const recorder = new ShapeRecorder(Buffer.from(text), 0);
    const { tail } = recorder.finish(length);
    assert.equal(countSame(tail, viewOf(`..${text}`), 2), length);
    for (let other = 0; other < length; other++) {
      const changed = `..${text.slice(0, other)}#${text.slice(other + 1)}`;
      assert.equal(countSame(tail, viewOf(changed), 2), other, `${other} of ${length}`);
    }
  }
});

void test('an object where a number belongs is one in a line of a known shape as well', () => {
  const keys = { ...KNOWN_KEYS, status: [['st']], bytes: [['st', 'size']] };
  const reader = new JsonLineReader(keys, createJsonTimeReader(UTC));
  const record = createRecord();
  for (let size = 0; size < 300; size++) {
    const line = Buffer.from(`{"ts":1,"method":"GET","uri":"/","st":{"size":${size}}}`);
    assert.equal(reader.read(line, 0, line.length, record), null);
  }
});

void test('more names than are kept, within each other, do not mix up whose values they are', (t) => {
  const random = createRandom(takeSeed(t));
  const times = createJsonTimeReader(UTC);
  const reader = new JsonLineReader(KNOWN_KEYS, times);
  const reference = new JsonObjectReader(KNOWN_KEYS, times);
  const [record, wanted] = [createRecord(), createRecord()];
  for (let round = 0; round < 3000; round++) {
    const others = (): [string, number][] =>
      Array.from({ length: random(60) }, () => [`name-${random(400)}`, random(3)]);
    const headers = Object.fromEntries<unknown>([...others(), ['User-Agent', ['curl']], ...others()]);
    const request = Object.fromEntries<unknown>([
      ...others(),
      ['headers', headers],
      ['uri', '/a'],
      ['method', 'GET'],
    ]);
    const unknown = Object.fromEntries([['size', 9], ['status', 500], ...others()]);
    const members = [...others(), ['request', request], ['ts', 7], ['resp', unknown], ['size', random(100)]];
    const line = Buffer.from(JSON.stringify(Object.fromEntries([...members, ['status', 200]])));
    assert.deepEqual(reader.read(line, 0, line.length, record), { ok: true });
    assert.deepEqual(reference.read(line, 0, line.length, wanted), { ok: true });
    assert.equal(record.status, 200);
    assert.equal(record.bytesSent, wanted.bytesSent);
    assert.equal(record.bytes.toString('latin1', record.agentStart, record.agentEnd), 'curl');
    assert.equal(record.bytes.toString('latin1', record.pathStart, record.pathEnd), '/a');
  }
});
