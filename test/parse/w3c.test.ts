// W3C extended logs beyond what IIS and CloudFront write: dates of directives, values in quotes, seconds with fractions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from '../../src/parse/detect.ts';
import { createRecord } from '../../src/parse/record.ts';
import type { LineParser } from '../../src/parse/record.ts';
import { BASE, read } from './reading.ts';
import type { Reading } from './reading.ts';

const TIMES_ONLY = '#Fields: time cs-method cs-uri sc-status';

function announced(fields: string, format = 'w3c'): LineParser {
  const parser = createParser(format);
  read(parser, `#Fields: ${fields}`);
  return parser;
}

/** The times of a log whose lines have no date, or why a line is no record; a directive has none. */
function timesOf(parser: LineParser, lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const reading = read(parser, line.startsWith('#') ? line : `${line} GET /a 200`);
    if (line.startsWith('#')) return [];
    return [typeof reading === 'string' ? reading : reading.time];
  });
}

void test('lines without a date have that of the directive, as in the example of the draft', () => {
  for (const format of ['auto', 'w3c', 'iis']) {
    const parser = createParser(format);
    const lines = ['#Version: 1.0', '#Date: 12-Jan-1996 00:00:00', '#Fields: time cs-method cs-uri'];
    for (const line of lines) assert.equal(read(parser, line), 'directive at 0');
    assert.deepEqual(read(parser, '00:34:23 GET /foo/bar.html'), {
      time: '1996-01-12T00:34:23Z',
      client: '',
      method: 'GET',
      path: '/foo/bar.html',
      status: 0,
      bytesSent: 0,
    });
  }
});

void test('the date is that of the latest directive, in every way of writing it', () => {
  const dates: readonly (readonly [directive: string, time: string])[] = [
    ['#Date: 2026-11-23 22:14:05', '2026-11-23T22:15:00Z'],
    ['#date:2026-11-24T22:14', '2026-11-24T22:15:00Z'],
    ['#Date: 2026-11-25', '2026-11-25T22:15:00Z'],
    ['#Date: 2-Dec-2026 22:14:05.123 ', '2026-12-02T22:15:00Z'],
    // What is no date leaves the one before.
    ['#Date: 2026-02-30 22:14:05', '2026-12-02T22:15:00Z'],
    ['#Date: soon', '2026-12-02T22:15:00Z'],
    ['#Date:', '2026-12-02T22:15:00Z'],
    ['#Date: 1-Foo-2026 22:14:05', '2026-12-02T22:15:00Z'],
    ['#Date: 1969-12-31 22:14:05', '2026-12-02T22:15:00Z'],
    ['#Remark: #Date: 2020-01-01 22:14:05', '2026-12-02T22:15:00Z'],
  ];
  const parser = createParser('w3c');
  read(parser, TIMES_ONLY);
  for (const [directive, time] of dates)
    assert.deepEqual(timesOf(parser, [directive, '22:15:00']), [time], directive);
});

void test('a time of day that jumps back by more than half a day is of the next day', () => {
  const parser = createParser('w3c');
  const lines = [TIMES_ONLY, '#Date: 2026-11-30 23:59:58', '23:59:59', '00:00:01', '09:00:00', '22:00:00'];
  assert.deepEqual(timesOf(parser, [...lines, '21:59:58', '10:00:01', '23:00:00', '03:00:00']), [
    '2026-11-30T23:59:59Z',
    '2026-12-01T00:00:01Z',
    '2026-12-01T09:00:00Z',
    '2026-12-01T22:00:00Z',
    // Out of order, and by less than half a day.
    '2026-12-01T21:59:58Z',
    '2026-12-01T10:00:01Z',
    '2026-12-01T23:00:00Z',
    '2026-12-02T03:00:00Z',
  ]);
});

void test('midnight may have passed since the directive, and is passed once when lines around it are out of order', () => {
  const parser = createParser('w3c');
  const lines = [TIMES_ONLY, '#Date: 2026-11-23 23:59:58', '00:00:00', '23:59:59', '00:00:01', '23:56:00'];
  assert.deepEqual(timesOf(parser, [...lines, '23:59:60', '00:00:02']), [
    '2026-11-24T00:00:00Z',
    '2026-11-23T23:59:59Z',
    '2026-11-24T00:00:01Z',
    '2026-11-23T23:56:00Z',
    '2026-11-24T00:00:00Z',
    '2026-11-24T00:00:02Z',
  ]);
  // A day without requests but at its ends: the evening is not that of the day before.
  assert.deepEqual(timesOf(parser, ['#Date: 2026-11-24 00:06:00', '23:00:00', '00:06:00', '23:54:00']), [
    '2026-11-24T23:00:00Z',
    '2026-11-25T00:06:00Z',
    '2026-11-25T23:54:00Z',
  ]);
});

void test('a line that is no record passes no midnight', () => {
  const parser = createParser('w3c');
  read(parser, TIMES_ONLY);
  read(parser, '#Date: 2026-11-23 22:00:00');
  assert.equal(read(parser, '03:00:00 GET /a 2x0'), 'bad-status at 16');
  assert.equal(read(parser, '03:00:00 GET /a 200 12'), 'format-mismatch at 20');
  assert.equal(read(parser, '25:00:00 GET /a 200'), 'bad-timestamp at 0');
  assert.deepEqual(timesOf(parser, ['22:00:01']), ['2026-11-23T22:00:01Z']);
});

void test('a parser goes on from what was saved, at any line', () => {
  const lines = ['#Date: 2026-11-23', '#Fields: time cs-method cs-uri sc-status', '12:00:00', '23:59:59'];
  const times = [
    '2026-11-23T12:00:00Z',
    '2026-11-23T23:59:59Z',
    '2026-11-24T00:00:01Z',
    '2026-11-25T10:00:00Z',
  ];
  for (const format of ['auto', 'w3c', 'iis']) {
    let parser = createParser(format);
    const told = [...lines, '00:00:01', '#Date: 2026-11-25 09:00:00', '10:00:00'].flatMap((line) => {
      const time = timesOf(parser, [line]);
      parser = createParser(format, parser.saved);
      return time;
    });
    assert.deepEqual(told, times, format);
  }
  for (const saved of ['w3c time cs-method cs-uri sc-status\tsoon', 'w3c time cs-method cs-uri sc-status'])
    assert.deepEqual(timesOf(createParser('w3c', saved), ['12:00:00']), ['missing-field at 19'], saved);
});

void test('a log that has dates in its lines keeps none of its directives', () => {
  for (const format of ['w3c', 'iis', 'cloudfront']) {
    const parser = createParser(format);
    read(parser, '#Date: 2026-11-23 22:14:05');
    read(parser, '#Fields: date time cs-method cs-uri-stem sc-status');
    read(parser, '#Fields: date time x-edge-location cs-method');
    assert.doesNotMatch(parser.saved, /\t/, format);
  }
});

void test('columns without a time, or without any date, are a misfit that says so', () => {
  const date = '#Date: 2026-11-23 22:14:05';
  const cases: readonly (readonly [directives: string[], line: string, column: number, field: string])[] = [
    [[TIMES_ONLY], '22:14:05 GET /a 200', 19, 'date'],
    [[date, '#Fields: cs-method cs-uri'], 'GET /a', 6, 'time'],
    [[date, '#Fields: date cs-method cs-uri'], '2026-11-23 GET /a', 17, 'time'],
  ];
  for (const format of ['auto', 'w3c', 'iis']) {
    for (const [directives, line, column, field] of cases) {
      const parser = createParser(format);
      for (const directive of directives) read(parser, directive);
      assert.deepEqual(parser.parse(Buffer.from(line), 0, line.length, createRecord()), {
        ok: false,
        reason: 'missing-field',
        column,
        field,
      });
    }
  }
});

const QUOTED = 'date time c-ip cs-method cs-uri-stem sc-status sc-bytes cs(User-Agent) x-country';

/** What stands for the agent, and for the column behind it. */
const QUOTES: readonly (readonly [written: string, agent: string | null])[] = [
  ['"Mozilla/5.0 (X11; Linux) Firefox" DE', 'Mozilla/5.0 (X11; Linux) Firefox'],
  ['"curl" DE', 'curl'],
  ['"say ""hi"" twice" "New Zealand"', 'say "hi" twice'],
  ['"""quoted""" DE', '"quoted"'],
  ['"""" DE', '"'],
  ['"" DE', ''],
  ['"-" ""', ''],
  ['- "New Zealand"', ''],
  ['"a"b c" DE', 'a"b c'],
  ['"curl DE" more', 'curl DE'],
  // Stray ones are characters, as they always were.
  ['"curl DE', '"curl'],
  ['curl" DE', 'curl"'],
  ['cu"rl "DE', 'cu"rl'],
  ['" DE', '"'],
  ['" "', '"'],
  ['"curl DE"', '"curl'],
  ['"curl" "DE', 'curl'],
  // A line that nobody can be sure of is refused.
  ['"curl 8 DE', null],
  ['"curl 8"" DE', null],
  ['"curl" 8" DE', null],
];

void test('a value in quotes is read whole; stray quotes are characters, or the line is refused', () => {
  const line = '2026-11-23 22:14:05 192.0.2.1 GET /a 200 12';
  for (const format of ['auto', 'w3c', 'iis']) {
    const parser = announced(QUOTED, format);
    for (const [written, agent] of QUOTES) {
      const reading = read(parser, `${line} ${written}`);
      const expected: Reading | null =
        agent === null ? null : { ...BASE, ...(agent === '' ? {} : { agent }) };
      assert.deepEqual(typeof reading === 'string' ? null : reading, expected, written);
      // The line behind it is read as ever.
      assert.deepEqual(read(parser, `${line} curl DE`), { ...BASE, agent: 'curl' }, written);
    }
  }
});

void test('every column may stand in quotes, and a quote anywhere in a line of IIS costs no more than that line', () => {
  const parser = announced(QUOTED);
  const columns = ['2026-11-23', '22:14:05', '192.0.2.1', 'GET', '/a', '200', '12', 'curl', 'DE'];
  const expected = { ...BASE, agent: 'curl' };
  assert.deepEqual(read(parser, columns.map((column) => `"${column}"`).join(' ')), expected);
  assert.equal(read(parser, columns.with(0, '""').join(' ')), 'bad-timestamp at 0');
  assert.equal(read(parser, columns.with(5, '"2x0"').with(7, '"curl 8"').join(' ')), 'bad-status at 37');
  const line = columns.join(' ');
  for (let place = 0; place <= line.length; place++) {
    for (const stray of ['"', '""', '" ', ' "']) {
      const reading = read(parser, line.slice(0, place) + stray + line.slice(place));
      if (typeof reading !== 'string') assert.equal(reading.time, BASE.time, `${stray} at ${place}`);
      assert.deepEqual(read(parser, line), expected, `after ${stray} at ${place}`);
    }
  }
});

void test('a line longer than every one before is read from its quotes too', () => {
  const agent = `a ${'b'.repeat(5000)} ""c""`;
  assert.deepEqual(read(announced(QUOTED), `2026-11-23 22:14:05 192.0.2.1 GET /a 200 12 "${agent}" DE`), {
    ...BASE,
    agent: agent.replaceAll('""', '"'),
  });
});

void test('the time taken is in seconds where it has a fraction, and in milliseconds where it has none', () => {
  const latencyOf = (parser: LineParser, taken: string, separator = ' '): unknown => {
    const line = ['2026-11-23', '22:14:05', 'GET', '/a', '200', taken].join(separator);
    const reading = read(parser, line);
    return typeof reading === 'string' ? reading : reading.latencyMs;
  };
  const fields = 'date time cs-method cs-uri-stem sc-status time-taken';
  for (const format of ['auto', 'w3c', 'iis']) {
    const parser = announced(fields, format);
    assert.equal(latencyOf(parser, '15'), 15);
    assert.equal(latencyOf(parser, '0.015'), 15);
    assert.equal(latencyOf(parser, '2.0'), 2000);
    assert.equal(latencyOf(parser, '"1.5"'), 1500);
    assert.equal(latencyOf(parser, '0'), 0);
    assert.equal(latencyOf(parser, '-'), undefined);
    assert.equal(latencyOf(parser, '1.5.5'), undefined);
  }
  // Those of CloudFront are always in seconds.
  const cloudfront = announced(`${fields} x-edge-location`, 'cloudfront');
  assert.equal(latencyOf(cloudfront, '0.103\tSEA19-C2', '\t'), 103);
  assert.equal(latencyOf(cloudfront, '2\tSEA19-C2', '\t'), 2000);
  assert.equal(latencyOf(cloudfront, '2\t"SEA19-C2', '\t'), 2000);
});
