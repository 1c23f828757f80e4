// The quick way for ordinary lines must not be another opinion: whatever it takes, the steps of the format read alike.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { compileFormat } from '../../src/parse/format.ts';
import { takeSeed } from '../seed.ts';
import { read } from './reading.ts';
import type { Reading } from './reading.ts';

/** Unless most fields of a line are ordinary, hardly any line is. */
function mostly(ordinary: string, unusual: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof({ weight: 6, arbitrary: fc.constant(ordinary) }, unusual);
}

const word = fc.constantFrom('-', 'a', '192.0.2.1', '', '- ', 'a b', 'x [', '::1', '"');
const request = fc.oneof(
  fc.constantFrom(
    'GET / HTTP/1.1',
    'GET /a?b HTTP/2',
    'GET  /a HTTP/1.1',
    'GET /a b HTTP/1.1',
    'A-B /',
    '-',
    '',
  ),
  fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'get', ''),
      fc.string({ unit: fc.constantFrom('/', 'a', '?', ' ', '"', '\\'), maxLength: 8 }),
      fc.constantFrom('HTTP/1.1', 'HTTP/1.', 'HTTP/3', 'HTTP/1.10', 'HTTP/x', ''),
    )
    .map((parts) => parts.join(' ')),
);
const time = fc.constantFrom(
  '23/Nov/2026:22:14:05 +0000',
  '31/Feb/2026:22:14:05 +0000',
  '23/Nov/2026',
  '23/Nov/2026:22:14:05 +0000)',
);
const size = fc.constantFrom('0', '12', '-', '', '-1', '123456789', '1234567890', '1234567890123456', '1 ');
const status = fc.constantFrom('200', '404', '20', '2000', 'abc', '');
const lineRest = fc.constantFrom(
  '',
  ' "-"',
  ' "a" "b"',
  ' "a" "\\"b"',
  ' "a" "\\" "7"',
  ' "a" "b" "c"',
  ' "a" "b" 7',
  ' "-" "-" 0.226 "0.1, 0.2"',
  ' "a" "b" 0.226 "-"',
  ' "a" "b" 0.226 "-" x',
  ' "a" "b" 0.226 "-',
  ' "a" "b"0.226 "-"',
  ' "a',
  ' "\\',
);
const line = fc
  .tuple(
    mostly('-a', word),
    mostly('-', word),
    mostly('-', word),
    mostly('23/Nov/2026:22:14:05 +0000', time),
    mostly('GET /a?b HTTP/1.1', request),
    mostly('200', status),
    mostly('12', size),
    lineRest,
  )
  .map(([client, ident, user, at, asked, code, sent, tail]) =>
    [`${client} ${ident} ${user} [${at.endsWith(')') ? at : `${at}]`} "${asked}" ${code} ${sent}`, tail].join(
      '',
    ),
  );

void test('an ordinary line is read in the quick way as the steps of its format read it', (t) => {
  const seed = takeSeed(t);
  // Behind a prefix no format has a quick way.
  const pairs = [
    '',
    ' "$http_referer" "$http_user_agent"',
    ' "$http_referer" "$http_user_agent" "$x"',
    ' "$http_referer" "$http_user_agent" $request_time "$upstream_response_time"',
    ' "$http_user_agent" "$http_x_forwarded_for" $x',
  ].flatMap((rest) =>
    [false, true].map((allowsExtraFields) => {
      const format = `$remote_addr $ident $remote_user [$time_local] "$request" $status $body_bytes_sent${rest}`;
      const name = `${rest} ${allowsExtraFields ? 'with extra fields' : ''}`;
      const quick = compileFormat({ name, format, allowsExtraFields });
      return { name, quick, inSteps: compileFormat({ name, format: `x${format}`, allowsExtraFields }) };
    }),
  );
  const shifted = (reading: Reading | string): Reading | string =>
    typeof reading === 'string'
      ? reading.replace(/\d+$/, (column) => `${Math.max(0, Number(column) - 1)}`)
      : reading;
  fc.assert(
    fc.property(line, (text) => {
      for (const { name, quick, inSteps } of pairs)
        assert.deepEqual(read(quick, text), shifted(read(inSteps, `x${text}`)), name);
    }),
    { numRuns: 10_000, seed },
  );
});
