// Read-only SQL over the documented views, in a process of its own, which can be ended when it takes too long: SQLite works
// within one call, and nothing else could interrupt it.
import { spawn } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { connectReader } from './history-reader.ts';

type SqlCell = string | number | null;

export type SqlAnswer =
  | {
      readonly ok: true;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly SqlCell[])[];
      /** There are more rows than are given. */
      readonly isCut: boolean;
    }
  | { readonly ok: false; /** One sentence. */ readonly message: string };

const ROWS_MAX = 100_000;
/** SQLite's codes of what a statement is about to do. */
const ALLOWED_ACTIONS = new Set([20, 21, 31, 33]);
/** White space, comments, and what ends a statement. */
const IS_NOTHING = /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*$/;
const AUTHORIZED = 0;
const DENIED = 1;

/** `timeoutSeconds`: how long it may take. Never rejects for what is wrong with `sql`. */
export async function querySql(path: string, sql: string, timeoutSeconds: number): Promise<SqlAnswer> {
  const program = `const { answerStandardInput } = await import(${JSON.stringify(import.meta.url)}); answerStandardInput();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
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

/**
 * What the process of its own does.
 * @public
 */
export function answerStandardInput(): void {
  const { path, sql } = JSON.parse(readFileSync(0, 'utf8'));
  const bytes = Buffer.from(JSON.stringify(answer(path, sql)));
  for (let done = 0; done < bytes.length;) done += writeSync(1, bytes, done);
}

function answer(path: string, sql: string): SqlAnswer {
  try {
    const database = connectReader(path);
    database.setAuthorizer((action) => (ALLOWED_ACTIONS.has(action) ? AUTHORIZED : DENIED));
    const statement = database.prepare(sql);
    // SQLite takes the first one, and would say nothing of what comes behind.
    if (!IS_NOTHING.test(sql.slice(sql.indexOf(statement.sourceSQL) + statement.sourceSQL.length)))
      return { ok: false, message: '--sql takes one statement' };
    const columns = statement.columns().map(({ name }) => name);
    const rows: SqlCell[][] = [];
    for (const row of statement.iterate()) {
      if (rows.length === ROWS_MAX) return { ok: true, columns, rows, isCut: true };
      rows.push(columns.map((name) => toCell(row[name])));
    }
    return { ok: true, columns, rows, isCut: false };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      message: `--sql: ${message === 'not authorized' ? 'only reading is allowed' : message}`,
    };
  }
}

function toCell(value: unknown): SqlCell {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : null;
}
