import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createArchive } from '../../generator/archive.ts';
import { createRandom } from '../../generator/random.ts';
import { Rotation, type RotationSpec } from '../../generator/rotation.ts';
import { temporaryFolder } from './runs.ts';

function rotationOf(spec: RotationSpec | null, reopenDelayMs = 0): Rotation {
  return new Rotation({ spec, reopenDelayMs, random: createRandom('rotation test', 'rotation') });
}

void test('by time: each interval once, and a renamed file is opened anew at once', () => {
  const rotation = rotationOf({ modes: ['rename'], every: { unit: 'time', intervalMs: 5000 } });
  assert.equal(rotation.nextMs, 5000);
  assert.equal(rotation.take(4999), null);
  assert.equal(rotation.take(5000), 'rename');
  assert.equal(rotation.take(5000), 'reopen');
  assert.equal(rotation.take(5000), null);
  assert.equal(rotation.nextMs, 10_000);
});

void test('a reopen delay leaves time in which the renamed file is still written', () => {
  const rotation = rotationOf({ modes: ['delete'], every: { unit: 'time', intervalMs: 5000 } }, 1200);
  assert.equal(rotation.take(5000), 'delete');
  assert.equal(rotation.take(5000), null);
  assert.equal(rotation.nextMs, 6200);
  assert.equal(rotation.isReopenPending, true);
  assert.equal(rotation.take(6200), 'reopen');
  assert.equal(rotation.isReopenPending, false);
});

void test('by lines: the next rotation opens the file first if that is still to be done', () => {
  const rotation = rotationOf({ modes: ['rename'], every: { unit: 'lines', lines: 10 } }, 60_000);
  assert.equal(rotation.linesLeft, 10);
  rotation.countLines(10);
  assert.equal(rotation.take(700), 'rename');
  assert.equal(rotation.take(700), null);
  rotation.countLines(10);
  assert.deepEqual([rotation.take(900), rotation.take(900), rotation.take(900)], ['reopen', 'rename', null]);
});

void test('copytruncate opens nothing, and without a specification nothing ever happens', () => {
  const rotation = rotationOf({ modes: ['copytruncate'], every: { unit: 'time', intervalMs: 1000 } });
  assert.deepEqual([rotation.take(1000), rotation.take(1000)], ['copytruncate', null]);
  assert.equal(rotationOf(null).take(1e12), null);
  assert.equal(rotationOf(null).nextMs, Number.POSITIVE_INFINITY);
});

void test('numbered names shift, and only so many are kept', (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, 'access.log');
  const archive = createArchive(path, 'numbered', 2);
  for (const content of ['first', 'second', 'third']) {
    const name = archive.nextName(0);
    assert.equal(name, `${path}.1`);
    writeFileSync(name, content);
  }
  assert.deepEqual(readdirSync(folder).toSorted(), ['access.log.1', 'access.log.2']);
  assert.equal(readFileSync(`${path}.2`, 'utf8'), 'second');
});

void test('numbered names leave other files alone', (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, 'access.log');
  for (const name of ['access.log.1', 'access.log.old', 'access.log.9', 'access.logx.1']) {
    writeFileSync(join(folder, name), name);
  }
  mkdirSync(join(folder, 'access.log.d'));
  createArchive(path, 'numbered', 5).nextName(0);
  assert.deepEqual(readdirSync(folder).toSorted(), [
    'access.log.2',
    'access.log.9',
    'access.log.d',
    'access.log.old',
    'access.logx.1',
  ]);
});

void test('dated names tell the time, do not collide, and count those of earlier runs', (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, 'access.log');
  writeFileSync(`${path}-20250101-000000`, 'of an earlier run');
  const archive = createArchive(path, 'dated', 3);
  const timeMs = Date.UTC(2026, 10, 23, 22, 14, 5);
  const names = [timeMs, timeMs, timeMs + 1000].map((time) => {
    const name = archive.nextName(time) ?? '';
    writeFileSync(name, '');
    return name.slice(path.length);
  });
  assert.deepEqual(names, ['-20261123-221405', '-20261123-221405.001', '-20261123-221406']);
  assert.deepEqual(
    readdirSync(folder).toSorted(),
    names.map((name) => `access.log${name}`),
  );
});

void test('keeping none names none', (context) => {
  const path = join(temporaryFolder(context), 'access.log');
  assert.equal(createArchive(path, 'numbered', 0).nextName(0), null);
  assert.equal(createArchive(path, 'dated', 0).nextName(0), null);
});
