// Messages to a stand-in of SNS: signed, one for each alert, and what each kind of failure leads to.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { beforeEach, test } from 'node:test';
import { DeliveryError } from '../../src/outputs/delivery-error.ts';
import { createSns } from '../../src/outputs/sns.ts';
import { FakeClock } from '../fake-clock.ts';
import { alertWith, contextWith, never, resolvedWith } from './alert.ts';
import { startSnsReceiver } from './sns-receiver.ts';
import type { SnsAnswer } from './sns-receiver.ts';

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

void test('a message for each alert, signed with the credentials of the environment', async () => {
  await using receiver = await startSnsReceiver();
  const sender = senderOf(receiver.url);
  assert.equal(sender.batchMax, 1);
  await sender.check();
  await sender.send([alertWith()], never());
  await sender.send([resolvedWith()], never());
  await sender.close?.();
  const [first, second] = receiver.requests;
  assert.ok(first !== undefined && second !== undefined);
  assert.match(
    first.headers.authorization ?? '',
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/sns\/aws4_request, .*Signature=[0-9a-f]{64}$/,
  );
  assert.equal(first.headers['x-amz-security-token'], SECRETS[1]);
  const { Action, TopicArn, Subject, Message, ...attributes } = first.parameters;
  assert.deepEqual(
    [Action, TopicArn, Subject],
    ['Publish', TOPIC, '[firing] traffic: 83 requests/s, above 10'],
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
  assert.equal(second.parameters['Subject'], '[resolved] traffic: 4.26 requests/s, no longer above 10');
});

void test('a FIFO topic gets a group and an id', async () => {
  await using receiver = await startSnsReceiver();
  await senderOf(receiver.url, { topicArn: `${TOPIC}.fifo` }).send([alertWith()], never());
  const [request] = receiver.requests;
  assert.equal(request?.parameters['MessageGroupId'], 'traffic');
  assert.equal(request?.parameters['MessageDeduplicationId'], 'traffic-1795471980:firing');
});

const REFUSALS: readonly (readonly [answer: SnsAnswer, said: string, isFinal: boolean])[] = [
  [{ status: 400, code: 'Throttling', message: 'Rate exceeded' }, 'answered 400 Throttling', false],
  [{ status: 429, code: 'Throttled', message: 'slow down' }, 'answered 429 Throttled', false],
  [{ status: 500, code: 'InternalFailure', message: 'oops' }, 'answered 500 InternalFailure', false],
  [
    { status: 400, code: 'InvalidParameter', message: 'Invalid parameter: TopicArn' },
    'answered 400 InvalidParameter: Invalid parameter: TopicArn',
    true,
  ],
  [
    { status: 404, code: 'NotFound', message: 'Topic does not exist' },
    'answered 404 NotFound: Topic does not exist',
    false,
  ],
  [
    { status: 403, code: 'AuthorizationError', message: 'User: arn:aws:iam::1:user/x is not authorized' },
    'answered 403 AuthorizationError: User: arn:aws:iam::1:user/x is not authorized',
    false,
  ],
  // What SNS says of a wrong signature has the headers that were signed.
  [
    { status: 403, code: 'SignatureDoesNotMatch', message: `x-amz-security-token:${SECRETS[1]}` },
    'answered 403 SignatureDoesNotMatch',
    false,
  ],
];

for (const [answer, said, isFinal] of REFUSALS) {
  void test(`${said}: ${isFinal ? 'final' : 'tried again'}`, async () => {
    await using receiver = await startSnsReceiver([answer]);
    const sender = senderOf(receiver.url);
    const host = receiver.url.slice('http://'.length);
    assert.deepEqual(await failureOf(sender.send([alertWith()], never())), {
      message: `${host} ${said}`,
      isFinal,
      retryAfterMs: null,
    });
    assert.equal(receiver.requests.length, 1);
    await sender.send([alertWith()], never());
    assert.equal(receiver.requests.length, 2);
  });
}

void test('Retry-After is heard', async () => {
  const throttled = { status: 429, code: 'Throttled', message: 'x', headers: { 'retry-after': '7' } };
  await using receiver = await startSnsReceiver([throttled]);
  const { retryAfterMs } = await failureOf(senderOf(receiver.url).send([alertWith()], never()));
  assert.equal(retryAfterMs, 7000);
});

void test('a connection that is cut, and a port that nobody listens on, are told by the code of the system', async () => {
  const receiver = await startSnsReceiver(['reset']);
  const host = receiver.url.slice('http://'.length);
  const sender = senderOf(receiver.url);
  assert.equal(
    (await failureOf(sender.send([alertWith()], never()))).message,
    `cannot reach ${host}: ECONNRESET`,
  );
  await receiver[Symbol.asyncDispose]();
  assert.deepEqual(await failureOf(sender.send([alertWith()], never())), {
    message: `cannot reach ${host}: ECONNREFUSED`,
    isFinal: false,
    retryAfterMs: null,
  });
});

void test('no answer: given up after 10 s, and at once when fluffy stops', async () => {
  await using receiver = await startSnsReceiver(['hang', 'hang']);
  const host = receiver.url.slice('http://'.length);
  const clock = new FakeClock();
  const sender = senderOf(receiver.url, { clock });
  const late = failureOf(sender.send([alertWith()], never()));
  await receiver.requested(1);
  clock.advance(10_000);
  assert.equal((await late).message, `${host} did not answer within 10 s`);

  const stopping = new AbortController();
  const stopped = failureOf(sender.send([alertWith()], stopping.signal));
  await receiver.requested(2);
  stopping.abort();
  assert.equal((await stopped).message, `${host} did not answer before the end`);
});

void test('without credentials it is said where they are looked for, and it is tried again', async () => {
  await using receiver = await startSnsReceiver();
  forgetCredentials();
  const host = receiver.url.slice('http://'.length);
  const sender = senderOf(receiver.url);
  assert.deepEqual(await failureOf(sender.send([alertWith()], never())), {
    message: `${host}: no AWS credentials were found in the environment, the shared files or a role`,
    isFinal: false,
    retryAfterMs: null,
  });
  assert.deepEqual(receiver.requests, []);
});

void test('a machine that does not tell its role holds nothing up', async () => {
  const silent = createServer((socket) => void socket.on('error', () => {}));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  forgetCredentials();
  process.env['AWS_EC2_METADATA_DISABLED'] = 'false';
  process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = `http://127.0.0.1:${port}`;
  const clock = new FakeClock();
  const asked = once(silent, 'connection');
  const failure = failureOf(senderOf('http://127.0.0.1:9', { clock }).send([alertWith()], never()));
  const [socket] = await asked;
  clock.advance(10_000);
  assert.equal((await failure).message, '127.0.0.1:9 did not answer within 10 s');
  socket.destroy();
  silent.close();
});
