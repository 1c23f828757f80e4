// Where finished logs are taken apart: at a line's beginning, with a warm-up as long as rules look back, and nowhere else.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createParser } from '../../src/parse/detect.ts';
import { planCuts } from '../../src/source/cuts.ts';
import type { Cut } from '../../src/source/cuts.ts';
import { findHistory } from '../../src/source/history.ts';
import { dateFiles } from '../../src/source/history-order.ts';
import { Readable } from 'node:stream';
import { temporaryFolder } from '../monitor-process.ts';

const START = Date.UTC(2026, 10, 23) / 1000;
const MIB = 1024 * 1024;

/** A line of `bytes` each second, half of which are `late` seconds late, as good as by chance. */
function write(path: string, seconds: number, { bytes = 200, from = START, late = 0 } = {}): string {
  const lines = Array.from({ length: seconds }, (_, i) => {
    const [date = '', time = ''] = new Date(
      (from + i - (Math.imul(i, 0x9e3779b1) >>> 31 === 1 ? late : 0)) * 1000,
    )
      .toISOString()
      .split(/[T.]/);
    const day = `${date.slice(8)}/Nov/2026:${time} +0000`;
    return `192.0.2.1 - - [${day}] "GET /a HTTP/1.1" 200 1 "-" "`.padEnd(bytes - 2, 'x') + '"\n';
  });
  writeFileSync(path, lines.join(''));
  return path;
}

async function plan(
  names: readonly string[],
  given: { reach?: number; pieces?: number } = {},
): Promise<Cut[]> {
  const files = await dateFiles(findHistory(names).files, Readable.from([]), () => createParser('auto'));
  return planCuts(files, {
    createParser: () => createParser('auto'),
    latenessSeconds: 2,
    reachSeconds: given.reach ?? 600,
    piecesMax: given.pieces ?? 3,
    pieceBytesMin: MIB,
  });
}

function secondsAt(path: string, byte: number): number {
  const line = readFileSync(path).toString('latin1', byte, byte + 200);
  const [, day, time] = /\[(\d\d)\/Nov\/2026:([\d:]{8}) /.exec(line) ?? [];
  return Date.parse(`2026-11-${day}T${time}Z`) / 1000;
}

void test('pieces begin at lines before multiples of 256 KiB, and their warm-up as long before as rules look back', async (t) => {
  const log = write(join(temporaryFolder(t), 'access.log'), 40_000);
  const cuts = await plan([log]);
  assert.equal(cuts.length, 2);
  for (const { at, warmUpBytes, files, parser } of cuts) {
    const byte = at.byte ?? Number.NaN;
    assert.equal(byte % 200, 0);
    // The line goes on behind the multiple.
    assert.ok(byte % (256 * 1024) > 256 * 1024 - 200, `${byte}`);
    const ahead = secondsAt(log, byte) - secondsAt(log, byte - warmUpBytes);
    // A look is 64 KiB, and so 328 lines.
    assert.ok(ahead >= 606 && ahead <= 606 + 330, `${ahead}`);
    assert.equal(files[0]?.file.fromByte, byte - warmUpBytes);
    assert.match(parser ?? '', /"chosen":"combined"/);
  }
});

void test('a line that is very late does not make a warm-up shorter, wherever it is looked at', async (t) => {
  const log = write(join(temporaryFolder(t), 'access.log'), 40_000, { late: 1000 });
  let count = 0;
  for (const pieces of [2, 3, 4]) {
    for (const { at, warmUpBytes } of await plan([log], { pieces, reach: 600 })) {
      const lines = warmUpBytes / 200;
      // The line at the cut may be late itself: then the warm-up is longer.
      assert.ok(lines >= 606 && lines <= 606 + 1000 + 346, `${lines} lines before ${at.byte}`);
      count++;
    }
  }
  assert.equal(count, 6);
});

void test('where there is no warm-up, or too long a one, a log is not cut', async (t) => {
  const folder = temporaryFolder(t);
  const log = write(join(folder, 'access.log'), 40_000);
  // A half of the log has 20,000 seconds: with a quarter of that as a warm-up it is cut once, and not twice.
  assert.equal((await plan([log], { reach: 4500 })).length, 1);
  assert.deepEqual(await plan([log], { reach: 5500 }), []);
  assert.deepEqual(await plan([log], { pieces: 1 }), []);
  assert.deepEqual(await plan([write(join(folder, 'small.log'), 9000)]), []);
  const wide = join(folder, 'wide.log');
  writeFileSync(wide, 'x'.repeat(4 * MIB));
  assert.deepEqual(await plan([wide]), []);
  const foreign = join(folder, 'foreign.log');
  writeFileSync(foreign, 'no access log\n'.repeat(400_000));
  assert.deepEqual(await plan([foreign]), []);
});

void test('packed logs are cut behind their last line, others at their end where the next one has just begun', async (t) => {
  const folder = temporaryFolder(t);
  const logs = [0, 1].map((i) => write(join(folder, `${i}.log`), 20_000, { from: START + 20_000 * i }));
  const [plain] = await plan(logs, { pieces: 2, reach: 4600 });
  assert.equal(plain?.at.path, logs[0]);
  assert.ok((plain?.at.byte ?? 0) > 3.5 * MIB, JSON.stringify(plain?.at));
  const packed = logs.map((log) => {
    // Of random bytes, or they would be packed to nothing.
    const text = readFileSync(log, 'latin1').replaceAll(/x+/g, (run) =>
      Buffer.from(crypto.getRandomValues(new Uint8Array(run.length >> 1))).toString('hex'),
    );
    writeFileSync(`${log}.gz`, gzipSync(text));
    return `${log}.gz`;
  });
  const cuts = await plan(packed, { pieces: 2 });
  assert.deepEqual(
    cuts.map(({ at, files }) => [at, files.length]),
    [[{ path: packed[0], byte: null }, 2]],
  );
});

void test('a file that goes meanwhile is not cut', async (t) => {
  const log = write(join(temporaryFolder(t), 'access.log'), 40_000);
  const files = await dateFiles(findHistory([log]).files, Readable.from([]), () => createParser('auto'));
  rmSync(log);
  const options = { latenessSeconds: 2, reachSeconds: 60, piecesMax: 3, pieceBytesMin: MIB };
  assert.deepEqual(planCuts(files, { ...options, createParser: () => createParser('auto') }), []);
});
