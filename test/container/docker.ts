// Docker for the container tests: a compose project of its own, in a folder of its own, taken down at the end.
import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '../free-port.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '..', '..');

/** Why these tests can't run here, or null. */
export function findMissing(): string | null {
  try {
    execFileSync('docker', ['version', '--format', '{{.Server.Version}}'], {
      stdio: 'pipe',
      timeout: 20_000,
    });
    execFileSync('docker', ['compose', 'version'], { stdio: 'pipe', timeout: 20_000 });
    return null;
  } catch {
    return 'no Docker engine with compose answers here';
  }
}

export interface Project {
  /** Holds docker-compose.yml, config.yml, logs/ and data/. */
  readonly folder: string;
  readonly webUrl: string;
  readonly fluffyUrl: string;
  /** Runs docker with these arguments; resolves to what it printed, rejects when it fails. */
  docker(...args: string[]): Promise<string>;
  compose(...args: string[]): Promise<string>;
  /** Name of the running container of a service. */
  container(service: string): Promise<string>;
  remove(): Promise<void>;
}

/** Builds the images from the checkout, and a project from its compose file beside empty logs/ and data/. */
export async function createProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'fluffy-container-'));
  for (const file of ['docker-compose.yml', 'config.yml']) await cp(join(ROOT, file), join(folder, file));
  for (const name of ['logs', 'data']) await mkdir(join(folder, name));
  const [webPort, fluffyPort] = [await findFreePort(), await findFreePort()];
  const project = `fluffy-test-${process.pid}`;
  const env = { ...process.env, WEB_PORT: String(webPort), STATUS_PORT: String(fluffyPort) };
  const docker = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await run('docker', args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
    return stdout + stderr;
  };
  const compose = (...args: string[]): Promise<string> => docker('compose', '-p', project, ...args);
  await run('docker', ['compose', '-p', project, '--profile', 'demo', 'build'], {
    cwd: ROOT,
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  return {
    folder,
    webUrl: `http://127.0.0.1:${webPort}`,
    fluffyUrl: `http://127.0.0.1:${fluffyPort}`,
    docker,
    compose,
    container: async (service) => (await compose('ps', '-q', service)).trim(),
    remove: async () => {
      await compose('--profile', 'demo', 'down', '--volumes', '--timeout', '2', '--remove-orphans');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Asks `question` again until it answers true; rejects with `what` when it never does. */
export async function until(what: string, seconds: number, question: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + seconds * 1000;
  while (Date.now() < endMs) {
    if (await question().catch(() => false)) return;
    await new Promise((resume) => setTimeout(resume, 250));
  }
  throw new Error(`not within ${seconds} s: ${what}`);
}
