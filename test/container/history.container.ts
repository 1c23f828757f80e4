// A backlog in the container as the compose file runs it, where nothing but data/ can be written and memory is short: all of
// it is in the history, and questions that SQLite needs a temporary file for are answered.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { createClfTime } from '../../generator/clf-time.ts';
import { createProject, findMissing, until } from './docker.ts';
import type { Project } from './docker.ts';

const missing = findMissing();
const skip = missing !== null && process.env['CI'] === undefined ? missing : false;
/** Some commits as large as they come. */
const SECONDS = 1200;
const LINES_A_SECOND = 1000;
const LINES = SECONDS * LINES_A_SECOND;
const PATHS = 8000;

function backlog(): string {
  const clfTime = createClfTime(0);
  const firstMs = Date.now() - SECONDS * 1000;
  return Array.from({ length: LINES }, (_, i) => {
    const time = clfTime(firstMs + Math.floor(i / LINES_A_SECOND) * 1000);
    return `192.0.2.${i % 200} - - [${time}] "GET /shop/page-${i % PATHS}x HTTP/1.1" 200 ${i % 5000} "-" "-"\n`;
  }).join('');
}

void describe('history of the container', { skip, concurrency: false }, () => {
  let project: Project;
  const fluffy = (...args: string[]): Promise<string> =>
    project.compose('exec', '-T', 'fluffy', 'fluffy', ...args);

  before(async () => {
    project = await createProject();
    await writeFile(join(project.folder, 'logs', 'access.log'), backlog());
    const services = { fluffy: { environment: { FLUFFY_START_FROM: 'beginning' } } };
    await writeFile(join(project.folder, 'docker-compose.override.yml'), stringify({ services }));
    await project.compose('run', '--rm', '-T', 'data-owner');
    await project.compose('up', '-d', '--no-build', '--no-deps', 'fluffy');
  });

  after(async () => project?.remove());

  void it('holds all of a backlog in every resolution', async () => {
    const sums = '(SELECT sum(requests) FROM requests_';
    const sql = `SELECT ${['10s', '1m', '1h'].map((level) => `${sums}${level}) AS of_${level}`).join(', ')}`;
    const expected = [{ of_10s: LINES, of_1m: LINES, of_1h: LINES }];
    await until('all is in the history', 60, async () => {
      const rows: unknown = JSON.parse(await fluffy('query', '--format', 'json', '--sql', sql));
      return JSON.stringify(rows) === JSON.stringify(expected);
    });
    const logs = await project.compose('logs', 'fluffy');
    assert.doesNotMatch(logs, /"level":"error"/);
  });

  void it('takes no more memory than the compose file gives', async () => {
    const state = ['{{.State.OOMKilled}}', '{{.RestartCount}}', '{{.HostConfig.Memory}}'].join(' ');
    const told = await project.docker('inspect', '--format', state, await project.container('fluffy'));
    assert.equal(told.trim(), `false 0 ${256 * 1024 * 1024}`);
  });

  void it('answers what has to be sorted', async () => {
    assert.match(await fluffy('query', '--from', '1h', '--by', 'path'), /^\/shop\/page-\d+x +150\b/m);
    const names = "SELECT path || ' of ' || bytes AS name FROM requests_10s ORDER BY name";
    const sql = `SELECT count(*) > 200000 AS are_many FROM (${names})`;
    const rows: unknown = JSON.parse(await fluffy('query', '--format', 'json', '--sql', sql));
    assert.deepEqual(rows, [{ are_many: 1 }]);
    const answer = await fetch(`${project.fluffyUrl}/api/series?from=20m`);
    const series: unknown = await answer.json();
    assert.equal(
      (series as { readonly available?: unknown }).available,
      true,
      JSON.stringify(series).slice(0, 300),
    );
  });
});
