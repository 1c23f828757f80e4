import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remedyOfCode, remedyOfStatus } from '../../src/outputs/remedy.ts';

void test('who refuses, what is not there and what is at fault lead to different advice', () => {
  assert.equal(remedyOfStatus(401), 'it refuses who asks: check the token, the key or the password');
  assert.equal(
    remedyOfStatus(404),
    'nothing there takes alerts: check the path of the URL, and whether the webhook still exists',
  );
  assert.equal(
    remedyOfStatus(400),
    'it does not take what was sent: check the type of the channel, and its template if there is one',
  );
  assert.equal(remedyOfStatus(302), 'configure the URL that it redirects to');
  assert.equal(remedyOfStatus(503), 'the fault is on its side: look at its own log, or try again later');
  assert.equal(remedyOfStatus(418), null);
});

void test('a port where nobody listens: localhost within a container is a common mistake', () => {
  const common = 'nothing listens there: check the host and the port';
  assert.equal(remedyOfCode('ECONNREFUSED', 'alerts.example'), common);
  for (const host of ['localhost', '127.0.0.1', '[::1]'])
    assert.equal(
      remedyOfCode('ECONNREFUSED', host),
      `${common}; within a container, this host is the container itself`,
    );
  assert.match(remedyOfCode('ENOTFOUND', 'x') ?? '', /^the name is not known here/);
  assert.match(remedyOfCode('DEPTH_ZERO_SELF_SIGNED_CERT', 'x') ?? '', /NODE_EXTRA_CA_CERTS$/);
  assert.equal(remedyOfCode('ECONNRESET', 'x'), null);
});
