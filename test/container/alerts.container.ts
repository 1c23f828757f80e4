// Alerts out of the container and into another: a channel with its secret, silences over a restart, and rules that change
// while it runs, all with the image and the compose file as they are shipped.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { createProject, findMissing, until } from './docker.ts';
import type { Project } from './docker.ts';

const missing = findMissing();
const skip = missing !== null && process.env['CI'] === undefined ? missing : false;
const SECRET = 'a secret of the test';

/** Writes each body that comes in, with its signature, as a line of JSON. */
const RECEIVER = `require('node:http').createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => { body += chunk; }).on('end', () => {
    console.log(JSON.stringify({ body, signature: request.headers['x-fluffy-signature-256'] }));
    response.end();
  });
}).listen(8000)`;

const CHANNEL = `
channels:
  - name: ops
    type: webhook
    url: http://receiver:8000/alerts
    secret-file: /run/secrets/hook
`;
const RULE = `
alerts:
  - name: not-found
    metric: status-rate
    where: {status: 404}
    above: 1
    window: 5s
`;

interface Delivery {
  readonly body: string;
  readonly signature: string;
}

void describe('alerts of the container', { skip, concurrency: false }, () => {
  let project: Project;

  before(async () => {
    project = await createProject();
    await changeConfig('channels: off', CHANNEL);
    await writeFile(join(project.folder, 'hook'), SECRET, { mode: 0o644 });
    const receiver = { image: 'fluffy:latest', entrypoint: ['node', '-e', RECEIVER], command: [] };
    const volumes = ['./hook:/run/secrets/hook:ro'];
    const services = {
      receiver: { ...receiver, init: true, healthcheck: { disable: true } },
      fluffy: { volumes },
    };
    // A dollar sign begins a variable in a compose file.
    await writeFile(join(project.folder, 'more.yml'), stringify({ services }).replaceAll('$', '$$$$'));
    await compose('run', '--rm', '-T', 'data-owner');
    await compose('up', '-d', '--no-build', '--no-deps', 'fluffy', 'receiver');
    await until('fluffy answers', 30, async () => (await fetch(`${project.fluffyUrl}/status`)).ok);
  });

  after(async () => project?.remove());

  const compose = (...args: string[]): Promise<string> =>
    project.compose('-f', 'docker-compose.yml', '-f', 'more.yml', ...args);
  const fluffy = (...args: string[]): Promise<string> => compose('exec', '-T', 'fluffy', 'fluffy', ...args);

  /** In the same file: a mounted file is not looked for by its name again. */
  async function changeConfig(found: string, wanted: string): Promise<void> {
    const path = join(project.folder, 'config.yml');
    const text = await readFile(path, 'utf8');
    assert.ok(text.includes(found), found);
    await writeFile(path, text.replace(found, wanted));
  }

  async function deliveries(): Promise<Delivery[]> {
    const logs = await project.docker('logs', (await compose('ps', '-q', 'receiver')).trim());
    return logs
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line): Delivery => JSON.parse(line));
  }

  async function write(status: number, count: number): Promise<void> {
    const [, day, month, year, time] =
      /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date().toUTCString()) ?? [];
    const line = `192.0.2.7 - - [${day}/${month}/${year}:${time} +0000] "GET /a HTTP/1.1" ${status} 1 "-" "-"\n`;
    await appendFile(join(project.folder, 'logs', 'access.log'), line.repeat(count));
  }

  void it('sends a test alert through a channel, signed', async () => {
    assert.match(await fluffy('notify', '--test', 'ops'), /channel ops: the test alert was taken/);
    const [first] = await deliveries();
    assert.ok(first !== undefined);
    assert.equal(first.signature, `sha256=${createHmac('sha256', SECRET).update(first.body).digest('hex')}`);
  });

  void it('sends what it tells in docker logs, with its reasons', async () => {
    await write(200, 900);
    await until('an alert in the other container', 30, async () =>
      (await deliveries()).some(({ body }) => body.includes('"rule":"traffic"') && body.includes('"firing"')),
    );
    const sent = (await deliveries()).find(({ body }) => body.includes('"rule":"traffic"'));
    assert.match(sent?.body ?? '', /"dimension":"client","name":"192\.0\.2\.7","share":1/);
    assert.match(await compose('logs', 'fluffy'), /why: .*one client, 192\.0\.2\.7, sends 100 %/);
  });

  void it('takes over rules at SIGHUP, refuses bad ones, and keeps a silence over a restart', async () => {
    await changeConfig('alerts: off', RULE.replace('above: 1', 'above: -1'));
    await compose('kill', '-s', 'HUP', 'fluffy');
    await until('the refusal in the log', 10, async () =>
      (await compose('logs', 'fluffy')).includes('alerts[0].above: must be'),
    );
    await changeConfig('above: -1', 'above: 1');
    await compose('kill', '-s', 'HUP', 'fluffy');
    await until('the new rule in the status', 10, async () => /^not-found /m.test(await fluffy('status')));
    await fluffy('silence', 'not-found', '--for', '1h', '--reason', 'known');
    await compose('restart', 'fluffy');
    await until('the silence after the restart', 30, async () =>
      /^silenced {2}not-found until .*: known$/m.test(await fluffy('status')),
    );
    await write(404, 50);
    await until('the silenced alert', 20, async () =>
      /^not-found +FIRING since .*, muted/m.test(await fluffy('status')),
    );
    assert.ok(!(await deliveries()).some(({ body }) => body.includes('"rule":"not-found"')));
    assert.doesNotMatch(await compose('logs', 'fluffy'), new RegExp(SECRET));
  });
});
