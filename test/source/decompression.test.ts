// Compressed logs as they occur: several members or frames, padding, cut off, damaged, and whatever the pieces are.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { compressionOf, decompress } from '../../src/source/decompression.ts';
import type { Compression } from '../../src/source/decompression.ts';

const HELLO = Buffer.from('hello\n'.repeat(30_000));
const WORLD = Buffer.from('world, and further words\n'.repeat(30_000));
const BOTH = Buffer.concat([HELLO, WORLD]);

const ENCODERS = [
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const;

interface Decoded {
  readonly text: Buffer;
  readonly code: unknown;
}

async function decode(bytes: Buffer, compression: Compression, pieceBytes = 65_536): Promise<Decoded> {
  const pieces = async function* (): AsyncGenerator<Buffer> {
    for (let i = 0; i < bytes.length; i += pieceBytes) yield bytes.subarray(i, i + pieceBytes);
  };
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of decompress(pieces(), compression)) chunks.push(chunk);
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error);
    return { text: Buffer.concat(chunks), code: error.code };
  }
  return { text: Buffer.concat(chunks), code: null };
}

for (const [compression, encode] of ENCODERS) {
  void describe(compression, () => {
    void test('is told by the first bytes', () => {
      assert.equal(compressionOf(encode(HELLO)), compression);
    });

    for (const pieceBytes of [1, 7, 100, 65_536]) {
      void test(`several members or frames are one text, in pieces of ${pieceBytes}`, async () => {
        const { text, code } = await decode(
          Buffer.concat([encode(HELLO), encode(WORLD)]),
          compression,
          pieceBytes,
        );
        assert.equal(code, null);
        assert.ok(text.equals(BOTH));
      });
    }

    void test('an empty text has no bytes', async () => {
      assert.deepEqual(await decode(encode(''), compression), { text: Buffer.alloc(0), code: null });
    });

    void test('what is cut off gives what came before, and an error', async () => {
      const second = encode(WORLD);
      for (const kept of [second.length - 1, 5]) {
        const bytes = Buffer.concat([encode(HELLO), second.subarray(0, kept)]);
        const { text, code } = await decode(bytes, compression);
        assert.equal(code, 'Z_BUF_ERROR');
        assert.ok(text.length >= HELLO.length);
        assert.ok(text.equals(BOTH.subarray(0, text.length)));
      }
    });

    void test('what becomes very much more is given out little by little', async () => {
      const bytes = encode(Buffer.alloc(60_000_000));
      const pieces = async function* (): AsyncGenerator<Buffer> {
        yield bytes;
      };
      // What waits is given out within one turn of the event loop.
      let inThisTurn = 0;
      let isCounting = true;
      const nextTurn = (): void => {
        inThisTurn = 0;
        if (isCounting) setImmediate(nextTurn);
      };
      nextTurn();
      let total = 0;
      let most = 0;
      for await (const chunk of decompress(pieces(), compression)) {
        total += chunk.length;
        inThisTurn += chunk.length;
        most = Math.max(most, inThisTurn);
      }
      isCounting = false;
      assert.equal(total, 60_000_000);
      assert.ok(most < 20_000_000, `${most} bytes were waiting`);
    });
  });
}

void test('zeros behind a gzip member are passed over', async () => {
  const bytes = Buffer.concat([gzipSync(HELLO), Buffer.alloc(1000)]);
  for (const pieceBytes of [100, 65_536]) {
    const { text, code } = await decode(bytes, 'gzip', pieceBytes);
    assert.equal(code, null);
    assert.ok(text.equals(HELLO));
  }
});

void test('what is wrong at the end of a gzip file only costs nothing of what is before', async () => {
  const whole = gzipSync(HELLO);
  const wrongSum = Buffer.from(whole);
  wrongSum[whole.length - 8] = (wrongSum.at(-8) ?? 0) ^ 0xff;
  for (const bytes of [Buffer.concat([whole, Buffer.from('garbage')]), wrongSum]) {
    for (const pieceBytes of [1, 7, 100, 300, 65_536]) {
      const { text, code } = await decode(bytes, 'gzip', pieceBytes);
      assert.equal(code, 'Z_DATA_ERROR');
      assert.ok(text.equals(HELLO), `pieces of ${pieceBytes} bytes`);
    }
  }
});

void test('pieces that end with an error of their own end so, with what came before', async () => {
  const whole = gzipSync(HELLO);
  const pieces = async function* (): AsyncGenerator<Buffer> {
    yield whole.subarray(0, 100);
    throw new Error('the disk is gone');
  };
  const chunks: Buffer[] = [];
  await assert.rejects(async () => {
    for await (const chunk of decompress(pieces(), 'gzip')) chunks.push(chunk);
  }, /^Error: the disk is gone$/);
  const text = Buffer.concat(chunks);
  assert.ok(text.length > 0 && text.equals(HELLO.subarray(0, text.length)));
});

void test('damage is an error, with what came in the pieces before', async () => {
  const damaged = Buffer.concat([gzipSync(HELLO), gzipSync(WORLD)]);
  damaged[damaged.length - 6] = (damaged.at(-6) ?? 0) ^ 0xff;
  const { text, code } = await decode(damaged, 'gzip', 100);
  assert.equal(code, 'Z_DATA_ERROR');
  assert.ok(text.length >= HELLO.length);
  const frames = Buffer.concat([zstdCompressSync(HELLO), Buffer.from('no frame')]);
  const zstd = await decode(frames, 'zstd');
  assert.match(String(zstd.code), /^ZSTD_/);
  assert.ok(zstd.text.equals(HELLO));
});

void test('text, and what is too short to tell, is no compression; a frame for others may stand first', () => {
  for (const text of ['', '\u001f', '203.0.113.1 - -', '{"ts":1}'])
    assert.equal(compressionOf(Buffer.from(text)), null);
  assert.equal(compressionOf(Buffer.from([0x5a, 0x2a, 0x4d, 0x18])), 'zstd');
});
