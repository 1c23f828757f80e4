// Secrets come from files and the environment, anew at each use, and what is missing is said without the secret.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { DeliveryError } from '../../src/outputs/delivery-error.ts';
import { createSecretReader, findSecretProblems } from '../../src/outputs/secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'fluffy-secrets-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function failureOf(reading: Promise<string>): Promise<string> {
  try {
    return assert.fail(`read: ${await reading}`);
  } catch (error) {
    assert.ok(error instanceof DeliveryError);
    assert.equal(error.cause, undefined);
    assert.equal(error.isFinal, false);
    return error.message;
  }
}

void test('a file is read without the newline at its end, and anew each time', async () => {
  const { read } = createSecretReader({});
  const path = write('token', ' s3cret \n');
  assert.equal(await read({ from: 'file', path }), ' s3cret ');
  write('token', 'other\n\n');
  assert.equal(await read({ from: 'file', path }), 'other\n');
  write('token', 'dos\r\n');
  assert.equal(await read({ from: 'file', path }), 'dos');
});

void test('a variable of the environment is read as it is', async () => {
  const environment: Record<string, string> = { TOKEN: 'a' };
  const { read } = createSecretReader(environment);
  assert.equal(await read({ from: 'environment', variable: 'TOKEN' }), 'a');
  environment['TOKEN'] = 'b';
  assert.equal(await read({ from: 'environment', variable: 'TOKEN' }), 'b');
});

void test('a URL is text or a secret', async () => {
  const { readUrl } = createSecretReader({ HOOK: 'http://b/' });
  assert.equal(await readUrl({ from: 'text', url: 'http://a/' }), 'http://a/');
  assert.equal(await readUrl({ from: 'environment', variable: 'HOOK' }), 'http://b/');
});

void test('a file that is missing, a folder, empty or too large is said to be so', async () => {
  const { read } = createSecretReader({});
  const say = (path: string) => failureOf(read({ from: 'file', path }));
  assert.equal(
    await say('/nowhere/token'),
    'cannot read the secret /nowhere/token: no such file or directory',
  );
  assert.equal(await say(folder), `cannot read the secret ${folder}: it is a directory`);
  const empty = write('empty', '\n');
  assert.equal(await say(empty), `cannot read the secret ${empty}: the file is empty`);
  const large = write('larger', 'x'.repeat(100_000));
  assert.equal(await say(large), `cannot read the secret ${large}: the file has more than 64 KiB`);
});

void test('a pipe that nobody writes to, or a device, is refused at once', { timeout: 10_000 }, async () => {
  const { read } = createSecretReader({});
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const path of [pipe, '/dev/zero'])
    assert.equal(
      await failureOf(read({ from: 'file', path })),
      `cannot read the secret ${path}: it is not a regular file`,
    );
});

void test('a file of 64 KiB is the largest', async () => {
  const { read } = createSecretReader({});
  const path = write('large', 'x'.repeat(65_536));
  assert.equal((await read({ from: 'file', path })).length, 65_536);
  write('large', 'x'.repeat(65_537));
  assert.match(await failureOf(read({ from: 'file', path })), /more than 64 KiB$/);
});

void test('a variable that is missing or empty is said to be so', async () => {
  const { read } = createSecretReader({ EMPTY: '' });
  const say = (variable: string) => failureOf(read({ from: 'environment', variable }));
  assert.equal(await say('TOKEN'), 'cannot read the secret TOKEN: no such environment variable');
  assert.equal(await say('EMPTY'), 'cannot read the secret EMPTY: the environment variable is empty');
});

void test('of all channels, the secrets that cannot be read are named', async () => {
  const common = { severityMin: 'info', isResolvedSent: true } as const;
  const missing = join(folder, 'missing');
  const problems = await findSecretProblems(
    [
      {
        ...common,
        name: 'hook',
        type: 'webhook',
        template: null,
        url: { from: 'text', url: 'https://alerts.example/' },
        secret: { from: 'environment', variable: 'UNSET' },
        headers: [
          { name: 'X-Kind', value: 'fluffy' },
          { name: 'X-Api-Key', value: { from: 'file', path: missing } },
        ],
      },
      {
        ...common,
        name: 'chat',
        type: 'slack',
        url: { from: 'file', path: write('url', 'https://x.example') },
      },
      { ...common, name: 'cloud', type: 'sns', topicArn: 'arn', region: 'eu', endpoint: null },
      { ...common, name: 'am', type: 'alertmanager', url: { from: 'file', path: missing }, labels: {} },
      {
        ...common,
        name: 'pager',
        type: 'pagerduty',
        url: 'https://pager.example/',
        routingKey: { from: 'environment', variable: 'EMPTY' },
      },
      {
        ...common,
        name: 'mail',
        type: 'email',
        host: 'mail.example',
        port: 25,
        tls: 'never',
        user: null,
        password: null,
        sender: 'a@mail.example',
        recipients: ['b@mail.example'],
      },
    ],
    createSecretReader({ EMPTY: '' }),
  );
  assert.deepEqual(problems, [
    'channel hook cannot read the secret UNSET: no such environment variable',
    `channel hook cannot read the secret ${missing}: no such file or directory`,
    `channel am cannot read the secret ${missing}: no such file or directory`,
    'channel pager cannot read the secret EMPTY: the environment variable is empty',
  ]);
});
