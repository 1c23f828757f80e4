// Read-only SQL over the documented views, in a process of its own (sql-process.ts), which can be ended when it takes too
// long: SQLite works within one call, and nothing else could interrupt it.
import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export type SqlCell = string | number | null;

export type SqlAnswer =
  | {
      readonly ok: true;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly SqlCell[])[];
      /** There are more rows than are given. */
      readonly isCut: boolean;
    }
  | { readonly ok: false; /** One sentence. */ readonly message: string };

/** Beside this file, and in the bundle. */
const ENTRY = fileURLToPath(new URL(`./sql-process${extname(import.meta.url)}`, import.meta.url));

/** `timeoutSeconds`: how long it may take. Never rejects for what is wrong with `sql`. */
export async function querySql(path: string, sql: string, timeoutSeconds: number): Promise<SqlAnswer> {
  const child = spawn(process.execPath, [ENTRY], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: timeoutSeconds * 1000,
    killSignal: 'SIGKILL',
  });
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify({ path, sql }));
  const ended = new Promise<NodeJS.Signals | null>((done) => child.on('close', (_, signal) => done(signal)));
  const [reply, problem, signal] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (signal !== null)
    return {
      ok: false,
      message: `--sql took longer than ${timeoutSeconds} s: ask for less time, or less detail`,
    };
  if (reply === '') return { ok: false, message: `--sql could not be run: ${problem.trim()}` };
  return JSON.parse(reply);
}
