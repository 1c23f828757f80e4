// Messages to a stand-in of SNS: signed, one for each alert, and what each kind of failure leads to.
import assert from 'node:assert/strict';
import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { DeliveryError } from '../../src/outputs/delivery-error.ts';
import { createSns } from '../../src/outputs/sns.ts';
import { FakeClock } from '../fake-clock.ts';
import { findFreePort } from '../free-port.ts';
import { alertWith, contextWith, resolvedWith } from './alert.ts';
import { NEVER } from './events.ts';
import { parametersOf, refusing, resetting, startSns } from './sns-receiver.ts';
import { stalling, startReceiver } from './receiver.ts';
import type { Behaviour } from './receiver.ts';

const SECRETS = ['wJalrXUtnFEMI', 'IQoJb3JpZ2luX2Vj'];
const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:alerts';

// The SDK looks for credentials in the environment of the process, and then in files of the home folder.
beforeEach(() => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: SECRETS[0],
    AWS_SESSION_TOKEN: SECRETS[1],
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});

function forgetCredentials(): void {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
    delete process.env[name];
}

function senderOf(endpoint: string, { clock = new FakeClock(), topicArn = TOPIC } = {}) {
  const common = { name: 'ops', severityMin: 'info', isResolvedSent: true } as const;
  return createSns(
    { ...common, type: 'sns', topicArn, region: 'eu-central-1', endpoint },
    contextWith(clock),
  );
}

/** The failure, which must be one that the outbox understands and that has no secret in it. */
async function failureOf(
  work: Promise<unknown>,
): Promise<Pick<DeliveryError, 'message' | 'isFinal' | 'retryAfterMs'>> {
  const error: unknown = await work.then(
    () => assert.fail('it was sent'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DeliveryError);
  const said = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
  for (const secret of SECRETS) assert.ok(!said.includes(secret));
  const { message, isFinal, retryAfterMs } = error;
  return { message, isFinal, retryAfterMs };
}

void test('a message for each alert, signed with the credentials of the environment', async (context) => {
  const receiver = await startSns(context);
  const sender = senderOf(receiver.url);
  assert.equal(sender.batchMax, 1);
  await sender.check();
  await sender.send([alertWith()], NEVER);
  await sender.send([resolvedWith()], NEVER);
  await sender.close?.();
  const [first, second] = receiver.received;
  assert.ok(first !== undefined && second !== undefined);
  assert.match(
    first.headers.authorization ?? '',
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/sns\/aws4_request, .*Signature=[0-9a-f]{64}$/,
  );
  assert.equal(first.headers['x-amz-security-token'], SECRETS[1]);
  const { Action, TopicArn, Subject, Message, ...attributes } = parametersOf(first);
  assert.deepEqual(
    [Action, TopicArn, Subject],
    ['Publish', TOPIC, '[firing] traffic: 83 requests/s, above 10 requests/s'],
  );
  assert.match(Message ?? '', /^83 requests\/s over 2 minutes, threshold 10$/m);
  assert.deepEqual(attributes, {
    Version: '2010-03-31',
    'MessageAttributes.entry.1.Name': 'rule',
    'MessageAttributes.entry.1.Value.DataType': 'String',
    'MessageAttributes.entry.1.Value.StringValue': 'traffic',
    'MessageAttributes.entry.2.Name': 'state',
    'MessageAttributes.entry.2.Value.DataType': 'String',
    'MessageAttributes.entry.2.Value.StringValue': 'firing',
    'MessageAttributes.entry.3.Name': 'severity',
    'MessageAttributes.entry.3.Value.DataType': 'String',
    'MessageAttributes.entry.3.Value.StringValue': 'critical',
  });
  assert.equal(
    parametersOf(second)['Subject'],
    '[resolved] traffic: 4.26 requests/s, no longer above 10 requests/s',
  );
});

void test('a FIFO topic gets a group and an id', async (context) => {
  const receiver = await startSns(context);
  await senderOf(receiver.url, { topicArn: `${TOPIC}.fifo` }).send([alertWith()], NEVER);
  const [request] = receiver.received;
  assert.ok(request !== undefined);
  const { MessageGroupId, MessageDeduplicationId } = parametersOf(request);
  assert.deepEqual([MessageGroupId, MessageDeduplicationId], ['traffic', 'traffic-1795471980:firing']);
});

const REFUSALS: readonly (readonly [behaviour: Behaviour, said: string, isFinal: boolean])[] = [
  [refusing(400, 'Throttling', 'Rate exceeded'), 'answered 400 Throttling', false],
  [refusing(429, 'Throttled', 'slow down'), 'answered 429 Throttled', false],
  [refusing(500, 'InternalFailure', 'oops'), 'answered 500 InternalFailure', false],
  [refusing(400, 'InvalidParameter', 'TopicArn'), 'answered 400 InvalidParameter: TopicArn', true],
  [refusing(404, 'NotFound', 'No topic'), 'answered 404 NotFound: No topic', false],
  [refusing(403, 'AuthorizationError', 'User: x'), 'answered 403 AuthorizationError: User: x', false],
  // What SNS says of a wrong signature has the headers that were signed.
  [
    refusing(403, 'SignatureDoesNotMatch', `x-amz-security-token:${SECRETS[1]}`),
    'answered 403 SignatureDoesNotMatch',
    false,
  ],
];

for (const [behaviour, said, isFinal] of REFUSALS) {
  void test(`${said}: ${isFinal ? 'final' : 'tried again'}`, async (context) => {
    const receiver = await startSns(context, [behaviour]);
    const sender = senderOf(receiver.url);
    const { host } = receiver;
    assert.deepEqual(await failureOf(sender.send([alertWith()], NEVER)), {
      message: `${host} ${said}`,
      isFinal,
      retryAfterMs: null,
    });
    assert.equal(receiver.received.length, 1);
    await sender.send([alertWith()], NEVER);
    assert.equal(receiver.received.length, 2);
  });
}

void test('Retry-After is heard', async (context) => {
  const receiver = await startSns(context, [refusing(429, 'Throttled', 'x', { 'retry-after': '7' })]);
  const { retryAfterMs } = await failureOf(senderOf(receiver.url).send([alertWith()], NEVER));
  assert.equal(retryAfterMs, 7000);
});

void test('a connection that is cut, and a port that nobody listens on, are told by the code of the system', async (context) => {
  const { url, host } = await startSns(context, [resetting]);
  const cut = await failureOf(senderOf(url).send([alertWith()], NEVER));
  assert.equal(cut.message, `cannot reach ${host}: ECONNRESET`);
  const port = await findFreePort();
  assert.deepEqual(await failureOf(senderOf(`http://127.0.0.1:${port}`).send([alertWith()], NEVER)), {
    message: `cannot reach 127.0.0.1:${port}: ECONNREFUSED`,
    isFinal: false,
    retryAfterMs: null,
  });
});

void test('no answer: given up after 10 s, and at once when fluffy stops', async (context) => {
  const receiver = await startSns(context, [stalling, stalling]);
  const { host } = receiver;
  const clock = new FakeClock();
  const sender = senderOf(receiver.url, { clock });
  const late = failureOf(sender.send([alertWith()], NEVER));
  await receiver.arrived(1);
  clock.advance(10_000);
  assert.equal((await late).message, `${host} did not answer within 10 s`);

  const stopping = new AbortController();
  const stopped = failureOf(sender.send([alertWith()], stopping.signal));
  await receiver.arrived(2);
  stopping.abort();
  assert.equal((await stopped).message, `${host} did not answer before the end`);
});

void test('without credentials it is said where they are looked for, and it is tried again', async (context) => {
  const receiver = await startSns(context);
  forgetCredentials();
  const { host } = receiver;
  const sender = senderOf(receiver.url);
  assert.deepEqual(await failureOf(sender.send([alertWith()], NEVER)), {
    message: `${host}: no AWS credentials were found in the environment, the shared files or a role`,
    isFinal: false,
    retryAfterMs: null,
  });
  assert.deepEqual(receiver.received, []);
});

void test(
  'whoever gives out the credentials and does not answer holds nothing up',
  { timeout: 20_000 },
  async (context) => {
    const tokens = await startReceiver(context, stalling);
    using folder = mkdtempDisposableSync(join(tmpdir(), 'fluffy-sns-'));
    const tokenPath = join(folder.path, 'token');
    writeFileSync(tokenPath, 'token');
    forgetCredentials();
    Object.assign(process.env, {
      AWS_WEB_IDENTITY_TOKEN_FILE: tokenPath,
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/fluffy',
      AWS_ENDPOINT_URL_STS: tokens.url,
    });
    const clock = new FakeClock();
    const failure = failureOf(senderOf('http://127.0.0.1:9', { clock }).send([alertWith()], NEVER));
    await tokens.arrived(1);
    clock.advance(10_000);
    assert.equal((await failure).message, '127.0.0.1:9 did not answer within 10 s');
  },
);
