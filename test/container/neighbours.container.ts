// The recipes of the README for other web servers, word by word, each beside fluffy as it is shipped.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import { createProject, findMissing, until } from './docker.ts';
import type { Project } from './docker.ts';

const missing = findMissing();
const skip = missing !== null && process.env['CI'] === undefined ? missing : false;
const README = readFileSync(resolve(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
const MISSES = 3;

/** The first code block below the heading of a recipe. */
function recipe(name: string): string {
  const start = README.indexOf(`<summary>${name}</summary>`);
  assert.notEqual(start, -1, name);
  return /```\w*\n(?<code>[^]*?)```/.exec(README.slice(start))?.groups?.['code'] ?? '';
}

interface Service {
  readonly [key: string]: unknown;
  readonly volumes?: readonly string[];
}

void describe('the recipes of the README', { skip, concurrency: false }, () => {
  void it('Apache httpd', async () => {
    const { services } = parse(recipe('Apache httpd')) as { services: { httpd: Service } };
    await checkNeighbour(services.httpd, 'combined');
  });

  void it('Caddy', async () => {
    const site = recipe('Caddy').replace('example.org', ':80').replace('{\n', '{\n  respond /missing 404\n');
    const volumes = ['./logs:/var/log/caddy', './Caddyfile:/etc/caddy/Caddyfile:ro'];
    await checkNeighbour({ image: 'caddy:2', volumes }, 'json', { Caddyfile: site });
  });

  void it('A container that logs to its standard output', async () => {
    const project = await createProject();
    try {
      const port = new URL(project.webUrl).port;
      // Small enough for Docker to rotate it while it is read, and while fluffy is away.
      const logOptions = { 'max-size': '20k', 'max-file': '20', compress: 'true' };
      const logging = { driver: 'json-file', options: logOptions };
      const web = { image: 'nginx:stable', ports: [`127.0.0.1:${port}:80`], logging };
      await writeFile(join(project.folder, 'web.yml'), stringify({ services: { web } }));
      await project.compose('-f', 'web.yml', 'up', '-d', 'web');
      const id = (await project.compose('-f', 'web.yml', 'ps', '-q', 'web')).trim();
      const log = (await project.docker('inspect', '--format', '{{.LogPath}}', id)).trim();
      const override = recipe('A container that logs to its standard output');
      const files = ['-f', 'docker-compose.yml', '-f', 'container-log.yml'];
      await writeFile(
        join(project.folder, 'container-log.yml'),
        override.replace('${WEB_LOG_FOLDER}', dirname(log)),
      );
      await project.compose(...files, 'up', '-d', '--no-build', '--no-deps', 'fluffy');
      await until('the web server answers', 30, async () => (await fetch(project.webUrl)).status > 0);
      await until('fluffy reads the log', 30, async () => (await status(project)).sources[0]?.inode !== null);
      const miss = async (): Promise<void> => {
        for (let i = 0; i < 200; i++) assert.equal((await fetch(`${project.webUrl}/page${i}`)).status, 404);
      };
      await miss();
      await until('the requests are counted', 30, async () => (await misses(project)) === 200);
      await project.compose(...files, 'kill', 'fluffy');
      await miss();
      await project.compose(...files, 'up', '-d', '--no-build', '--no-deps', 'fluffy');
      await until('the others are counted', 30, async () => (await misses(project)) === 400);
      const { sources, totals } = await status(project);
      assert.equal(totals.parseFailures, 0);
      assert.deepEqual(
        sources.map(({ format, problem, possibleLoss }) => [format, problem, possibleLoss]),
        [['main', null, 0]],
      );
      const said = await project.docker('logs', await project.container('fluffy'));
      assert.ok(said.split('following the log').length > 3, said);
      assert.ok(said.split('unpacking a rotated log').length > 2, said);
    } finally {
      await project.remove();
    }
  });
});

/** Runs `server` with fluffy beside it, and expects each request in fluffy's counts. */
async function checkNeighbour(
  server: Service,
  format: string,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  const project = await createProject();
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(project.folder, name), text);
    const port = new URL(project.webUrl).port;
    const neighbour = { services: { neighbour: { ...server, ports: [`127.0.0.1:${port}:80`] } } };
    await writeFile(join(project.folder, 'neighbour.yml'), stringify(neighbour));
    const composeFiles = ['-f', 'docker-compose.yml', '-f', 'neighbour.yml'];
    await project.compose(...composeFiles, 'run', '--rm', '-T', 'data-owner');
    await project.compose(...composeFiles, 'up', '-d', '--no-build', '--no-deps', 'fluffy', 'neighbour');
    await until('the web server answers', 30, async () => (await fetch(project.webUrl)).status > 0);
    // A log that is there at the start is read from its end: what came before fluffy is not counted.
    await until('fluffy reads the log', 30, async () => (await status(project)).sources[0]?.inode !== null);
    for (let i = 0; i < MISSES; i++) assert.equal((await fetch(`${project.webUrl}/missing`)).status, 404);
    await until('the requests are counted', 30, async () => (await misses(project)) === MISSES);
    const [source] = (await status(project)).sources;
    assert.equal(source?.format, format);
    assert.equal(source?.problem, null);
  } finally {
    await project.remove();
  }
}

interface Status {
  readonly totals: { readonly parseFailures: number };
  readonly statuses: Readonly<Record<string, number>>;
  readonly sources: readonly {
    readonly inode: number | null;
    readonly format: string;
    readonly problem: unknown;
    readonly possibleLoss: number;
  }[];
}

async function misses(project: Project): Promise<number> {
  return (await status(project)).statuses['404'] ?? 0;
}

async function status(project: Project): Promise<Status> {
  const answer: unknown = await (await fetch(`${project.fluffyUrl}/status`)).json();
  return answer as Status;
}
