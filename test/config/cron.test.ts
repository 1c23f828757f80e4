// What is said of a cron expression that is none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCronExpression } from '../../src/config/cron.ts';
import { isCronExpression } from '../../src/reports/cron-judge.ts';

const BEGINNING =
  'must be a valid cron expression such as "0 8 * * *", "*/5 * * * *" or "0 9-17 * * mon-fri": ';

function mistakesOf(raw: unknown): string {
  const reading = readCronExpression(raw, isCronExpression);
  if (reading.ok) return `${reading.value} is good`;
  return reading.message.replace(BEGINNING, '');
}

void test('the field that is wrong is named, with what it may be', () => {
  for (const [expression, said] of [
    ['60 * * * * *', 'its second "60" is not from 0 to 59'],
    ['99 * * * *', 'its minute "99" is not from 0 to 59'],
    ['0 24 * * *', 'its hour "24" is not from 0 to 23'],
    ['0 8 0 * *', 'its day of the month "0" is not from 1 to 31'],
    ['0 8 * 1,13 *', 'its month "1,13" is not from 1 to 12, or jan to dec'],
    ['0 8 * * mon-fry', 'its day of the week "mon-fry" is not from 0 to 7, or sun to sat'],
    ['*/0 8-25 * * *', 'its minute "*/0" is not from 0 to 59, its hour "8-25" is not from 0 to 23'],
    ['$(id) 8 * * *', 'its minute "$(id)" is not from 0 to 59'],
    ['0 8 31 2 *', 'there is no such time'],
    // These one of two libraries reads, and the other not.
    ['0 8 * * sunday', 'its day of the week "sunday" is not from 0 to 7, or sun to sat'],
    ['0 8 1 january *', 'its month "january" is not from 1 to 12, or jan to dec'],
    ['50-10 8 * * *', 'its minute "50-10" is not from 0 to 59'],
  ] as const)
    assert.equal(mistakesOf(expression), said);
});

void test('an expression of too few fields or too many is told which there are', () => {
  for (const raw of ['', '0 8 * *', '0 0 8 * * * 2026', 8, null])
    assert.match(
      mistakesOf(raw),
      /^must be a cron expression of 5 fields \(minute, hour, day of the month, month, day of the week\), or of 6 with the second first, such as "0 8 /,
    );
});

void test('the examples are good, with any space between the fields', () => {
  for (const expression of ['0 8 * * *', '*/5 * * * *', '0  9-17 * *\tmon-fri', ' 30 0 9-17 * * mon-fri'])
    assert.match(mistakesOf(expression), / is good$/);
});
