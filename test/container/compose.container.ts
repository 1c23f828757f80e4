// The product as people meet it: the image and the compose file as they are shipped, nginx beside fluffy.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createProject, findMissing, until } from './docker.ts';
import type { Project } from './docker.ts';

const missing = findMissing();
// In CI nothing is left out silently: there the lack of Docker is a failure.
const skip = missing !== null && process.env['CI'] === undefined ? missing : false;
const ALERT =
  /^Monitor on alert \d+ requests\/sec at time \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} \+0000 UTC$/m;
const BURST_REQUESTS = 700;

void describe('docker compose up', { skip, concurrency: false }, () => {
  let project: Project;

  before(async () => {
    project = await createProject();
    await project.compose('up', '-d', '--no-build');
  });

  after(async () => project?.remove());

  void it('becomes healthy beside nginx', async () => {
    const id = await project.container('fluffy');
    await until('healthy', 60, async () => {
      return (await project.docker('inspect', id, '-f', '{{.State.Health.Status}}')).trim() === 'healthy';
    });
  });

  void it('counts every request that nginx answered', async () => {
    for (let i = 0; i < 5; i++) assert.equal((await fetch(`${project.webUrl}/`)).status, 200);
    for (let i = 0; i < 2; i++)
      assert.equal((await fetch(`${project.webUrl}/no/such/page?n=${i}`)).status, 404);
    await until('seven requests counted', 20, async () => {
      const status = await getStatus(project);
      return status.totals.requests === 7 && status.totals.errors === 2;
    });
    const status = await getStatus(project);
    assert.deepEqual(status.statuses, { 200: 5, 404: 2 });
    assert.equal(status.sources[0]?.format, 'main');
    assert.equal(status.sources[0]?.problem, null);
  });

  void it('tells of a burst in docker logs and in the volume', async () => {
    for (let sent = 0; sent < BURST_REQUESTS; sent += 50) {
      await Promise.all(Array.from({ length: 50 }, async () => (await fetch(`${project.webUrl}/`)).text()));
    }
    const id = await project.container('fluffy');
    await until('alert in docker logs', 30, async () => ALERT.test(await project.docker('logs', id)));
    await until('alert in the volume', 10, async () => ALERT.test(await readData(project, 'alerts.log')));
    const [shown] = ALERT.exec(await project.docker('logs', id)) ?? [];
    const [kept] = ALERT.exec(await readData(project, 'alerts.log')) ?? [];
    assert.equal(shown, kept);
  });

  void it('writes reports into the volume', async () => {
    await until('a report that names the page', 30, async () => {
      const reports = await readData(project, 'reports.log');
      return /^\/no\/such\/page {19}2$/m.test(reports) && reports.includes('Report for DATE: ');
    });
  });

  void it('runs without root, capabilities or a writable root file system', async () => {
    const id = await project.container('fluffy');
    const { HostConfig: host } = JSON.parse(await project.docker('inspect', id, '-f', '{{json .}}'));
    assert.equal(host.ReadonlyRootfs, true);
    assert.deepEqual(host.CapDrop, ['ALL']);
    assert.deepEqual(host.SecurityOpt, ['no-new-privileges:true']);
    const probe = `
      const fs = require('node:fs');
      const refusals = ['/app/x', '/etc/x', '/fluffy/logs/x'].filter((path) => {
        try { fs.writeFileSync(path, ''); return false; } catch { return true; }
      });
      console.log(process.getuid(), refusals.length);`;
    assert.equal((await project.docker('exec', id, 'node', '-e', probe)).trim(), '1000 3');
  });

  void it('answers the commands inside the container', async () => {
    const id = await project.container('fluffy');
    assert.match(await project.docker('exec', id, 'fluffy', 'status'), /^fluffy \S+, up .*: healthy$/m);
    assert.match(
      await project.docker('exec', id, 'fluffy', 'check'),
      /format main, \d+ of the last \d+ lines fit/,
    );
    const sql = 'SELECT count(*) > 0 AS counted FROM requests_10s';
    const counted = await project.docker('exec', id, 'fluffy', 'query', '--sql', sql, '--format', 'csv');
    assert.match(counted, /^counted\r?\n1\r?\n$/);
  });

  void it('serves its page, packed and with nothing from elsewhere', async () => {
    const page = await fetch(`${project.fluffyUrl}/`, { headers: { 'Accept-Encoding': 'br, gzip' } });
    assert.equal(page.headers.get('content-encoding'), 'br');
    assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; /);
    const [, script = ''] = /<script type="module" src="([^"]+)"/.exec(await page.text()) ?? [];
    assert.match(script, /^\/page-[0-9a-f]{12}\.js$/);
    assert.equal((await fetch(`${project.fluffyUrl}${script}`)).status, 200);
  });

  void it('ends within two seconds, with exit code 0 and a partial report, also while a page is open', async () => {
    const id = await project.container('fluffy');
    const stream = await fetch(`${project.fluffyUrl}/api/live`);
    assert.equal(stream.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    await fetch(`${project.webUrl}/last`);
    const startMs = performance.now();
    await project.docker('stop', id);
    const seconds = (performance.now() - startMs) / 1000;
    assert.ok(seconds < 2, `docker stop took ${seconds.toFixed(2)} s`);
    assert.equal((await project.docker('inspect', id, '-f', '{{.State.ExitCode}}')).trim(), '0');
    const reports = await readData(project, 'reports.log');
    const last = reports.slice(reports.lastIndexOf('Report for DATE'));
    assert.match(last, /\(partial\)/);
    assert.match(last, /^\/last {27}1$/m);
  });
});

interface StatusAnswer {
  readonly totals: { readonly requests: number; readonly errors: number };
  readonly statuses: Readonly<Record<string, number>>;
  readonly sources: readonly { readonly format: string; readonly problem: unknown }[];
}

async function getStatus(project: Project): Promise<StatusAnswer> {
  const response = await fetch(`${project.fluffyUrl}/status`);
  const answer: unknown = await response.json();
  return answer as StatusAnswer;
}

async function readData(project: Project, name: string): Promise<string> {
  return readFile(join(project.folder, 'data', name), 'utf8');
}
