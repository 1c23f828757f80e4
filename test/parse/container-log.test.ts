// The logs of containers as Docker and Kubernetes keep them: what comes out is what the server wrote, whatever the cut into
// chunks, and a position that leaves out the pending bytes is the right place to go on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContainerLog, findContainerLine, NO_LINE } from '../../src/parse/container-log.ts';
import { LineFramer } from '../../src/parse/lines.ts';
import { createRandom, takeSeed } from '../seed.ts';

/** As dockerd 29 wrote it for the nginx image, for requests with odd agents. */
const NGINX = [
  String.raw`{"log":"2026/11/30 22:08:24 [notice] 1#1: using the \"epoll\" event method\n","stream":"stderr","time":"2026-11-30T22:08:24.603998951Z"}`,
  String.raw`{"log":"172.17.0.1 - - [30/Nov/2026:22:08:26 +0000] \"GET / HTTP/1.1\" 200 615 \"-\" \"quo\\x22te\\x5Cback \\xC3\\xA9\" \"-\"\n","stream":"stdout","time":"2026-11-30T22:08:26.623211171Z"}`,
  String.raw`{"log":"2026/11/30 22:08:26 [error] 9#9: *2 open() \"/usr/share/nginx/html/q\" failed (2: No such file or directory), client: 172.17.0.1, server: localhost, request: \"GET /q?x=%22y%22\u0026z=\u003c1\u003e HTTP/1.1\", host: \"127.0.0.1:18080\"\n","stream":"stderr","time":"2026-11-30T22:08:26.666871374Z"}`,
  String.raw`{"log":"172.17.0.1 - - [30/Nov/2026:22:08:26 +0000] \"GET /q?x=%22y%22\u0026z=\u003c1\u003e HTTP/1.1\" 404 153 \"-\" \"-\" \"-\"\n","stream":"stdout","time":"2026-11-30T22:08:26.666886653Z"}`,
];
const NGINX_WROTE = [
  String.raw`172.17.0.1 - - [30/Nov/2026:22:08:26 +0000] "GET / HTTP/1.1" 200 615 "-" "quo\x22te\x5Cback \xC3\xA9" "-"`,
  String.raw`172.17.0.1 - - [30/Nov/2026:22:08:26 +0000] "GET /q?x=%22y%22&z=<1> HTTP/1.1" 404 153 "-" "-" "-"`,
];
const TIME = '2026-11-30T22:08:26.623211171Z';

/** As Docker writes a line: Go's JSON, in which these three are escaped too. */
function docker(log: string, stream = 'stdout'): string {
  const escaped = JSON.stringify(log).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `{"log":${escaped},"stream":"${stream}","time":"${TIME}"}`;
}

/** What a log says, without what stands for lines that are none. */
function decode(encoded: string): string {
  const log = new ContainerLog();
  const out = log.decode(Buffer.from(encoded)).toString('latin1');
  const said = out + log.end().toString('latin1');
  return Buffer.from(said.replaceAll(`${NO_LINE.toString('latin1')}\n`, ''), 'latin1').toString();
}

/** Each line is ended. */
function text(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

void test('what the nginx image wrote comes out as it wrote it, without its error log', () => {
  assert.equal(decode(text(...NGINX)), text(...NGINX_WROTE));
});

void test('every escape of JSON stands for its character', () => {
  const log = String.raw`\"\\\/\b\f\r\t\u003c\u00E9\u20ac\ud83d\ude00\ud83dx\ude00` + String.raw`\n`;
  assert.equal(
    decode(`{"log":"${log}","stream":"stdout","time":"${TIME}"}\n`),
    '"\\/\b\f\r\t<é€😀\ufffdx\ufffd\n',
  );
});

void test('pieces of a line are put together, Docker’s and those of Kubernetes, of each stream by itself', () => {
  const long = 'x'.repeat(16_384);
  const error = docker('AH00558: a warning\n', 'stderr');
  assert.equal(
    decode(text(docker(long), error, docker(long), docker('/a\n'), docker('x\n'))),
    text('AH00558: a warning', `${long}${long}/a`, 'x'),
  );
  const cri = (tag: string, line: string, stream = 'stdout'): string => `${TIME} ${stream} ${tag} ${line}`;
  assert.equal(
    decode(text(cri('P', 'GET '), cri('P', '/a'), cri('F', 'bc'), cri('F', ''), cri('F', 'x'))),
    text('GET /abc', '', 'x'),
  );
  assert.equal(
    decode(text(cri('P', 'a'), cri('P', '1', 'stderr'), cri('F', 'b'), cri('F', '2', 'stderr'))),
    text('ab', '12'),
  );
});

void test('a line without its line end is one nevertheless, if it is shorter than Docker’s pieces', () => {
  const short = 'x'.repeat(16_383);
  assert.equal(
    decode(text(docker(''), docker('a'), docker(short), docker('b\n'))),
    text('', 'a', short, 'b'),
  );
});

void test('what has no end in the file is a line by itself, and does not touch another one', () => {
  assert.equal(decode(`${TIME} stdout F a\n${TIME} stderr P b\n${TIME} stdout F c`), 'a\nc\nb');
  const [x, y] = ['x'.repeat(16_384), 'y'.repeat(16_384)];
  assert.equal(decode(text(docker('a\n'), docker(x, 'stderr'), docker(y))), `a\n${y}\n${x}`);
});

void test('of pieces that are longer together than any line, the beginning is a line', () => {
  const piece = 'x'.repeat(16_384);
  const long = Array.from({ length: 140 }, () => docker(piece));
  const other = docker('other\n', 'stderr');
  const [before, whole, ...after] = decode(
    text(docker('a\n'), ...long, other, docker('end\n'), docker('b\n')),
  ).split('\n');
  assert.deepEqual([before, whole, after.length], ['a', 'other', 3]);
  assert.equal(after[0], 'x'.repeat(2 * 1024 * 1024));
  assert.deepEqual(after.slice(1), ['b', '']);
});

void test('an empty line is one, and an empty piece ends none', () => {
  assert.equal(decode(text(docker('a\n'), docker(''), docker('\n'), docker('b\n'))), text('a', '', '', 'b'));
  assert.equal(
    decode(
      text(
        `${TIME} stdout F a`,
        `${TIME} stdout P b`,
        `${TIME} stdout P `,
        `${TIME} stderr F c`,
        `${TIME} stdout F d`,
      ),
    ),
    text('a', 'c', 'bd'),
  );
});

void test('the last line may have no line end in the file', () => {
  assert.equal(decode(`${docker('a\n')}\n${docker('b\n')}`), text('a', 'b'));
  assert.equal(decode(`${TIME} stdout F a\n${TIME} stdout F b`), 'a\nb');
  assert.equal(decode(`${TIME} stdout P a\n${TIME} stdout P b`), 'ab');
});

void test('lines of an error log are passed over, in pieces too, and nothing else is', () => {
  const apache =
    '[Mon Nov 30 18:40:12.123456 2026] [core:error] [pid 7:tid 1] [client 192.0.2.7:1] AH00126: x';
  const nginx = '2026/11/30 18:40:12 [error] 12#12: *1 open() "/a" failed (2: No such file or directory)';
  const caddy = '{"level":"info","ts":1796064869.1,"logger":"http.log.access","status":200}';
  const lines = [apache, caddy, nginx];
  // With a terminal all is of one stream.
  for (const stream of ['stdout', 'stderr']) {
    assert.equal(decode(text(...lines.map((line) => docker(`${line}\n`, stream)))), text(caddy));
    assert.equal(decode(text(...lines.map((line) => `${TIME} ${stream} F ${line}`))), text(caddy));
    const pieces = lines.flatMap((line) => [`P ${line.slice(0, 9)}`, `F ${line.slice(9)}`]);
    assert.equal(decode(text(...pieces.map((piece) => `${TIME} ${stream} ${piece}`))), text(caddy));
  }
  assert.equal(decode(text(docker('a\n'), ...lines)), text('a', ...lines));
  assert.equal(decode(text(docker(`${nginx}\na\n`))), text(nginx, 'a'));
});

void test('lines have the numbers that they have in the file', () => {
  const numbers: string[] = [];
  let number = 0;
  const framer = new LineFramer(65_536, {
    line: (line, start, end) => numbers.push(`${++number} ${line.toString('utf8', start, end)}`),
    passedOver: () => number++,
    tooLong: () => {},
  });
  const error = '2026/11/30 18:40:12 [error] 12#12: *1 x\n';
  const all = [docker(error, 'stderr'), docker('a\n'), `${TIME} stdout P b`, docker(error, 'stderr')];
  framer.write(
    Buffer.from(text(...all, `${TIME} stdout F c`, docker('d\n'), 'e', docker(error), docker('f\n'))),
  );
  assert.deepEqual(numbers, ['2 a', '5 bc', '6 d', '7 e', '9 f']);
});

void test('what is no line of a runtime stays as it is, byte for byte', () => {
  for (const line of [
    '',
    '172.17.0.1 - - [30/Nov/2026:22:08:26 +0000] "GET / HTTP/1.1" 200 615',
    '{"log":"access","status":200}',
    '{"log":"","stream":"a","method":"GET"}',
    String.raw`{"log":"\x41\n","stream":"stdout"}`,
    String.raw`{"log":"\u00g1\n","stream":"stdout"}`,
    '{"log":"cut off',
    '{"log":"cut off\\',
    '{"log":"',
    '2026-11-30T22:08:26Z stdout X a',
    '2026-11-30T22:08:26Z stdin F a',
  ])
    assert.equal(decode(text(docker('a\n'), line, docker('b\n'))), text('a', line, 'b'));
});

void test('where the first line of a runtime begins, among the first lines there are', () => {
  const find = (chunk: string, start = 0): number => findContainerLine(Buffer.from(chunk), start);
  assert.equal(find(text(...NGINX)), 0);
  assert.equal(find(`${TIME} stdout F x\n`), 0);
  assert.equal(find(`a\n\n\u0000\u0000\n${docker('x\n')}\n`), 6);
  assert.equal(find(`a\n${TIME} stderr P x\n`, 2), 2);
  assert.equal(find(`${'a\n'.repeat(15)}${docker('x\n')}\n`), 30);
  assert.equal(find(`${'a\n'.repeat(16)}${docker('x\n')}\n`), -1);
  assert.equal(find('a {"log":"x\n{"level":"info"}\n'), -1);
  assert.equal(find(''), -1);
});

void test('what stands before the first line of a runtime is framed as it is, in any chunks', () => {
  const lines = ['', '\u0000\u0000', '/docker-entrypoint.sh: ready', 'a'];
  const bytes = Buffer.from(text(...lines.slice(0, 3), docker('a\n'), docker('b')));
  for (let size = 1; size <= bytes.length; size++) {
    const got: string[] = [];
    const framer = new LineFramer(65_536, {
      line: (line, start, end) => got.push(line.toString('utf8', start, end)),
      tooLong: () => got.push('too long'),
    });
    for (let from = 0; from < bytes.length; from += size)
      framer.write(Buffer.from(bytes.subarray(from, from + size)));
    framer.end();
    assert.deepEqual(got, [...lines, 'b'], `in chunks of ${size}`);
  }
});

void test('a line longer than any of a runtime goes on as it comes, and its memory is bounded', () => {
  const log = new ContainerLog();
  const chunk = Buffer.alloc(200_000, 'x');
  let length = log.decode(Buffer.from('{"log":"')).length;
  for (let i = 0; i < 20; i++) length += log.decode(chunk).length;
  assert.ok(length > 2_000_000);
  assert.equal(log.pendingBytes, 8 + 20 * 200_000);
  assert.equal(
    log
      .decode(Buffer.from(`\n${docker('a\n')}\n`))
      .toString()
      .slice(-3),
    '\na\n',
  );
  assert.equal(log.pendingBytes, 0);
});

void test('at random: what comes out is what went in, in chunks of any size, and from any place it goes on', (t) => {
  const random = createRandom(takeSeed(t));
  const characters = ['a', '"', '\\', '/', '<', '&', 'é', '€', '😀', '\t', '\u0001', '{', ' ', '\u2028'];
  const wrote = (): string[] =>
    Array.from({ length: random(12) }, () => characters[random(characters.length)] ?? '');
  for (let round = 0; round < 200; round++) {
    const parts = Array.from({ length: 1 + random(8) }, wrote);
    const lines = parts.map((part) => part.join(''));
    const pieces = parts.flatMap((part) => {
      const cut = random(3) === 0 ? random(12) : 0;
      if (cut === 0) return [docker(`${part.join('')}\n`)];
      return [`P ${part.slice(0, cut).join('')}`, `F ${part.slice(cut).join('')}`].map(
        (piece) => `${TIME} stdout ${piece}`,
      );
    });
    const bytes = Buffer.from(text(...pieces));
    const got: string[] = [];
    const framerFor = (into: string[]): LineFramer =>
      new LineFramer(65_536, {
        line: (line, start, end) => into.push(line.toString('utf8', start, end)),
        tooLong: () => into.push('too long'),
      });
    const framer = framerFor(got);
    for (let from = 0; from < bytes.length;) {
      const to = Math.min(bytes.length, from + 1 + random(60));
      framer.write(Buffer.from(bytes.subarray(from, to)));
      from = to;
      const after = [...got];
      const next = framerFor(after);
      next.write(bytes.subarray(to - framer.pendingBytes));
      next.end();
      assert.deepEqual(after, lines, `from byte ${to}`);
    }
    framer.end();
    assert.deepEqual(got, lines);
  }
});
