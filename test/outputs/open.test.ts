// The configuration decides which outputs there are; files get what is theirs.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';

import { createOutputs } from '../../src/outputs/open.ts';
import type { OutputsOptions } from '../../src/outputs/open.ts';
import { alertEvent, kindsOf, NEVER, reportEvent } from './events.ts';

const folder = mkdtempSync(join(tmpdir(), 'fluffy-outputs-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const OPTIONS: OutputsOptions = {
  stdout: new PassThrough(),
  output: 'text',
  reportStdout: false,
  alertPath: join(folder, 'alerts.log'),
  reportPath: join(folder, 'reports.log'),
  fileBytesMax: 65_536,
  fileCountMax: 2,
  timezone: 'UTC',
};

void test('alerts go to standard output and to their file, reports to theirs', () => {
  const outputs = createOutputs(OPTIONS).map((output) => [output.name, kindsOf(output)]);
  assert.deepEqual(outputs, [
    ['stdout', ['alert']],
    [join(folder, 'alerts.log'), ['alert']],
    [join(folder, 'reports.log'), ['report']],
  ]);
});

void test('a file that is off is no output', () => {
  const outputs = createOutputs({ ...OPTIONS, alertPath: null, reportPath: null, reportStdout: true });
  assert.deepEqual(
    outputs.map((output) => [output.name, kindsOf(output)]),
    [['stdout', ['alert', 'report']]],
  );
});

void test('the alert file has a line for each alert, the report file the pages with an empty line between', async () => {
  const [, alerts, reports] = createOutputs(OPTIONS);
  await alerts?.deliver([alertEvent(1_700_000_000)], NEVER);
  await alerts?.deliver([alertEvent(1_700_000_001)], NEVER);
  await reports?.deliver([reportEvent(1_700_000_000)], NEVER);
  await reports?.deliver([reportEvent(1_700_000_010)], NEVER);
  await alerts?.close();
  await reports?.close();
  assert.equal(
    readFileSync(join(folder, 'alerts.log'), 'utf8'),
    'Monitor on alert 80 requests/sec at time 2023-11-14 22:13:20.000000 +0000 UTC\n' +
      'Monitor on alert 80 requests/sec at time 2023-11-14 22:13:21.000000 +0000 UTC\n',
  );
  const pages = readFileSync(join(folder, 'reports.log'), 'utf8').split('---ERROR RATE: 33.33%----\n\n');
  assert.equal(pages.length, 3);
  assert.equal(pages[2], '');
  assert.match(pages[1] ?? '', /Report for DATE: 2023-11-14 22:13:30 UTC/);
});
