// Mails to a real SMTP server: TLS in each mode, logins, replies of each kind, and servers that say nothing.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { DeliveryError } from '../../src/outputs/delivery-error.ts';
import { createEmail } from '../../src/outputs/email.ts';
import type { EmailConfig } from '../../src/outputs/email.ts';
import { FakeClock } from '../fake-clock.ts';
import { findFreePort } from '../free-port.ts';
import { alertWith, contextWith, resolvedWith } from './alert.ts';
import { NEVER } from './events.ts';
import { CERTIFICATE, refusal, startSmtpReceiver } from './smtp-receiver.ts';

const PASSWORD = 'correct horse battery';
const environment = { SMTP_PASSWORD: PASSWORD };
const LOGIN = { user: 'ada', password: { from: 'environment', variable: 'SMTP_PASSWORD' } } as const;

/** Makes the receiver's certificate one that this process trusts, for the time of a test. */
async function trustingTheReceiver(work: () => Promise<void>): Promise<void> {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, CERTIFICATE]);
  try {
    await work();
  } finally {
    setDefaultCACertificates(before);
  }
}

function configOf(changes: Partial<EmailConfig> & { readonly port: number }): EmailConfig {
  return {
    name: 'ops',
    type: 'email',
    severityMin: 'info',
    isResolvedSent: true,
    host: '127.0.0.1',
    tls: 'never',
    user: null,
    password: null,
    sender: 'fluffy <alerts@example.org>',
    recipients: ['ada@example.org', 'Grace Hopper <grace@example.org>'],
    ...changes,
  };
}

function senderOf(changes: Partial<EmailConfig> & { readonly port: number }, clock = new FakeClock()) {
  return createEmail(configOf(changes), contextWith(clock, { environment }), { hostName: 'web-1' });
}

/** The failure, which must be one that the outbox understands and that does not tell the password. */
async function failureOf(work: Promise<unknown>): Promise<{ message: string; isFinal: boolean }> {
  const error: unknown = await work.then(
    () => assert.fail('it was sent'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DeliveryError);
  const said = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
  for (const secret of [PASSWORD, btoa(PASSWORD), btoa(`\0ada\0${PASSWORD}`)])
    assert.ok(!said.includes(secret));
  return { message: error.message, isFinal: error.isFinal };
}

void test('one mail for the alerts of a group, to all recipients', async () => {
  await using receiver = await startSmtpReceiver();
  const sender = senderOf({ port: receiver.port });
  await sender.send([alertWith(), resolvedWith()], NEVER);
  const [mail, ...others] = receiver.mails;
  assert.ok(mail !== undefined);
  assert.deepEqual(others, []);
  assert.equal(mail.sender, 'alerts@example.org');
  assert.deepEqual(mail.recipients, ['ada@example.org', 'grace@example.org']);
  assert.match(mail.source, /^From: fluffy <alerts@example\.org>\r$/m);
  assert.match(mail.source, /^To: ada@example\.org, Grace Hopper <grace@example\.org>\r$/m);
  assert.match(mail.source, /^Subject: \[1 firing, 1 resolved\] traffic\r$/m);
  assert.match(mail.source, /^Date: Mon, 23 Nov 2026 22:14:00 \+0000\r$/m);
  assert.match(mail.source, /^Auto-Submitted: auto-generated\r$/m);
  assert.match(mail.source, /^Content-Type: text\/plain; charset=utf-8\r$/m);
  assert.match(mail.source, /^Content-Type: text\/html; charset=utf-8\r$/m);
  assert.equal(mail.isEncrypted, false);
});

void test('a retry has the id of the mail that failed, and the resolve answers it', async () => {
  let isFailing = true;
  await using receiver = await startSmtpReceiver({
    onMailFrom: (_address, _session, done) => done(isFailing ? refusal(421, 'try later') : null),
  });
  const sender = senderOf({ port: receiver.port });
  assert.deepEqual(await failureOf(sender.send([alertWith()], NEVER)), {
    message: `127.0.0.1:${receiver.port} answered 421 try later`,
    isFinal: false,
  });
  isFailing = false;
  await sender.send([alertWith()], NEVER);
  await sender.send([alertWith()], NEVER);
  await sender.send([resolvedWith()], NEVER);
  const idsOf = (name: string): (string | undefined)[] =>
    receiver.mails.map(({ source }) => new RegExp(`^${name}: (<\\S+>)\\r$`, 'm').exec(source)?.[1]);
  const [first, again, over] = idsOf('Message-ID');
  assert.match(first ?? '', /^<fluffy-[0-9a-f]{32}@example\.org>$/);
  assert.equal(again, first);
  assert.notEqual(over, first);
  assert.deepEqual(idsOf('References'), [undefined, undefined, first]);
});

void test('a rule or a path cannot add a header, nor an alert end the mail', async () => {
  await using receiver = await startSmtpReceiver();
  const event = alertWith({
    rule: 'x\r\nBcc: thief@example.net\r\n\r\nhello',
    message: 'first\r\n.\r\nRCPT TO:<thief@example.net>',
  });
  await senderOf({ port: receiver.port }).send([event], NEVER);
  const [mail] = receiver.mails;
  assert.ok(mail !== undefined);
  assert.deepEqual(mail.recipients, ['ada@example.org', 'grace@example.org']);
  const head = mail.source.split('\r\n\r\n', 1)[0] ?? '';
  assert.doesNotMatch(head, /^Bcc/m);
  assert.match(head.replaceAll('\r\n ', ' '), /^Subject: \[firing\] x Bcc: thief@example\.net hello: 83/m);
});

for (const tls of ['always', 'starttls'] as const) {
  void test(`tls ${tls}: encrypted, and the login is the user's`, async () => {
    await using receiver = await startSmtpReceiver({
      secure: tls === 'always',
      onAuth: ({ username, password }, _session, done) =>
        done(null, password === PASSWORD ? { user: username } : {}),
    });
    await trustingTheReceiver(() =>
      senderOf({ port: receiver.port, tls, ...LOGIN }).send([alertWith()], NEVER),
    );
    assert.deepEqual(
      receiver.mails.map(({ isEncrypted, user }) => [isEncrypted, user]),
      [[true, 'ada']],
    );
  });

  void test(`tls ${tls}: a certificate that nobody vouches for gets no mail, now`, async () => {
    await using receiver = await startSmtpReceiver({ secure: tls === 'always' });
    const { message, isFinal } = await failureOf(
      senderOf({ port: receiver.port, tls }).send([alertWith()], NEVER),
    );
    assert.match(message, /^cannot reach 127\.0\.0\.1:\d+: .*self-signed certificate/);
    assert.equal(isFinal, false);
    assert.deepEqual(receiver.mails, []);
  });
}

void test('tls starttls: a server without it gets no mail', async () => {
  await using receiver = await startSmtpReceiver({ disabledCommands: ['AUTH', 'STARTTLS'] });
  const failure = await failureOf(
    senderOf({ port: receiver.port, tls: 'starttls' }).send([alertWith()], NEVER),
  );
  assert.match(failure.message, /STARTTLS|answered 5/);
  assert.equal(failure.isFinal, false);
  assert.deepEqual(receiver.mails, []);
});

void test('a refused login is tried again later: the password may be put right; nothing of it is told', async () => {
  for (const reply of [535, 454, 550]) {
    await using receiver = await startSmtpReceiver({
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        done(refusal(reply, `no: ${username} ${password} ${btoa(`\0${username}\0${password}`)}`)),
    });
    const sender = senderOf({ port: receiver.port, ...LOGIN });
    assert.deepEqual(await failureOf(sender.send([alertWith()], NEVER)), {
      message: `127.0.0.1:${receiver.port} refused the login of ada (${reply})`,
      isFinal: false,
    });
  }
});

void test('a server that takes no logins gets no mail from a user', async () => {
  await using receiver = await startSmtpReceiver();
  const sender = senderOf({ port: receiver.port, ...LOGIN });
  assert.equal((await failureOf(sender.send([alertWith()], NEVER))).isFinal, false);
  assert.deepEqual(receiver.mails, []);
});

void test('a server that wants a login where none is configured is tried again later', async () => {
  await using receiver = await startSmtpReceiver({
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => done(null, { user: 'x' }),
  });
  assert.deepEqual(await failureOf(senderOf({ port: receiver.port }).send([alertWith()], NEVER)), {
    message: `127.0.0.1:${receiver.port} asks for a login (530)`,
    isFinal: false,
  });
});

void test('a password that is not there is told by the name of its variable', async () => {
  const password = { from: 'environment', variable: 'NO_SUCH' } as const;
  const sender = senderOf({ port: 9, user: 'ada', password });
  const expected = {
    message: 'cannot read the secret NO_SUCH: no such environment variable',
    isFinal: false,
  };
  assert.deepEqual(await failureOf(sender.check()), expected);
  assert.deepEqual(await failureOf(sender.send([alertWith()], NEVER)), expected);
});

void test('a reply 4xx to the text is temporary, a reply 5xx final', async () => {
  for (const [code, isFinal] of [
    [452, false],
    [554, true],
  ] as const) {
    await using receiver = await startSmtpReceiver({
      onData: (stream, _session, done) => {
        stream.resume();
        stream.on('end', () => done(refusal(code, 'no\tthanks')));
      },
    });
    assert.deepEqual(await failureOf(senderOf({ port: receiver.port }).send([alertWith()], NEVER)), {
      message: `127.0.0.1:${receiver.port} answered ${code} no thanks`,
      isFinal,
    });
  }
});

void test('a recipient who is put off gets the mail later, and the others do not get it twice', async () => {
  let graylisted = ['grace@example.org'];
  await using receiver = await startSmtpReceiver({
    onRcptTo: ({ address }, _session, done) =>
      done(graylisted.includes(address) ? refusal(450, 'greylisted') : null),
  });
  const sender = senderOf({ port: receiver.port });
  assert.deepEqual(await failureOf(sender.send([alertWith()], NEVER)), {
    message: `127.0.0.1:${receiver.port} put off grace@example.org; the others have the mail`,
    isFinal: false,
  });
  graylisted = [];
  await sender.send([alertWith()], NEVER);
  await sender.send([resolvedWith()], NEVER);
  assert.deepEqual(
    receiver.mails.map(({ recipients }) => recipients),
    [['ada@example.org'], ['grace@example.org'], ['ada@example.org', 'grace@example.org']],
  );
});

void test('a recipient who is refused for good makes dead letters, and the others get the mail once', async () => {
  await using receiver = await startSmtpReceiver({
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith('grace') ? refusal(550, 'no such user') : null),
  });
  const sender = senderOf({ port: receiver.port });
  const alerts = [alertWith(), alertWith({ id: 'errors-1', rule: 'errors' })];
  const expected = {
    message: `127.0.0.1:${receiver.port} refused grace@example.org; the others have the mail`,
    isFinal: true,
  };
  assert.deepEqual(await failureOf(sender.send(alerts, NEVER)), expected);
  // The lane tries each by itself, as one of them may have been the reason.
  for (const alert of alerts) assert.deepEqual(await failureOf(sender.send([alert], NEVER)), expected);
  assert.deepEqual(
    receiver.mails.map(({ recipients }) => recipients),
    [['ada@example.org']],
  );
});

void test('a recipient who is put off first and refused then leaves the others with one mail', async () => {
  let reply = 450;
  await using receiver = await startSmtpReceiver({
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith('grace') ? refusal(reply, 'no') : null),
  });
  const sender = senderOf({ port: receiver.port });
  await failureOf(sender.send([alertWith()], NEVER));
  reply = 550;
  assert.deepEqual(await failureOf(sender.send([alertWith()], NEVER)), {
    message: `127.0.0.1:${receiver.port} refused grace@example.org; the others have the mail`,
    isFinal: true,
  });
  assert.equal(receiver.mails.length, 1);
});

void test(
  'a server that says nothing is given up at the deadline, and at once when fluffy stops',
  { timeout: 20_000 },
  async (context) => {
    const { port, connected } = await startSilentServer(context);
    const clock = new FakeClock();
    const options = { hostName: 'web-1', timeoutMs: 60_000 };
    const sender = createEmail(configOf({ port }), contextWith(clock), options);
    const late = failureOf(sender.send([alertWith()], NEVER));
    await connected();
    clock.advance(180_000);
    assert.equal((await late).message, `127.0.0.1:${port} did not take the mail within 180 s`);

    const stopping = new AbortController();
    const stopped = failureOf(sender.send([alertWith()], stopping.signal));
    await connected();
    stopping.abort();
    assert.deepEqual(await stopped, {
      message: `127.0.0.1:${port} did not answer before the end`,
      isFinal: false,
    });
  },
);

void test('an answer that does not come in time is told', { timeout: 20_000 }, async (context) => {
  const { port } = await startSilentServer(context);
  const sender = createEmail(configOf({ port }), contextWith(new FakeClock()), { timeoutMs: 20 });
  assert.deepEqual(await failureOf(sender.send([alertWith()], NEVER)), {
    message: `127.0.0.1:${port} did not answer within 0.02 s`,
    isFinal: false,
  });
});

/** Takes connections and never says a word. */
async function startSilentServer(context: TestContext) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, connected: () => once(server, 'connection') };
}

void test('a port that nobody listens on is told with the reason', async () => {
  const port = await findFreePort();
  const { message } = await failureOf(senderOf({ port }).send([alertWith()], NEVER));
  assert.equal(message, `cannot reach 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`);
});
