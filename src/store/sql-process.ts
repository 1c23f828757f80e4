// What runs in the process that answers one SQL statement: reads the path of the database and the statement from standard
// input, and writes the answer, both as JSON. Started by sql-query.ts.
import { readFileSync, writeSync } from 'node:fs';
import { messageOf } from '../message-of.ts';
import type { Connection } from './connection.ts';
import { connectReader } from './history-reader.ts';
import type { SqlAnswer, SqlCell } from './sql-query.ts';

const ROWS_MAX = 100_000;
/** SQLite's codes of what a statement is about to do. */
const ALLOWED_ACTIONS = new Set([20, 21, 31, 33]);
/** White space, comments, and what ends a statement. */
const IS_NOTHING = /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*$/;
/** Those that docs/HISTORY.md documents. */
const VIEWS = ['requests_10s', 'requests_1m', 'requests_1h', 'clients_1m', 'alerts'];
const AUTHORIZED = 0;
const DENIED = 1;

const question: { readonly path: string; readonly sql: string } = JSON.parse(readFileSync(0, 'utf8'));
const bytes = Buffer.from(JSON.stringify(answer(question.path, question.sql)));
for (let done = 0; done < bytes.length;) done += writeSync(1, bytes, done);

function answer(path: string, sql: string): SqlAnswer {
  let database: Connection | null = null;
  try {
    database = connectReader(path);
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
    const message = messageOf(error);
    if (message === 'not authorized') return { ok: false, message: '--sql: only reading is allowed' };
    return {
      ok: false,
      message: `--sql: ${message}${database === null ? '' : namesFor(message, sql, database)}`,
    };
  }
}

/** Behind what SQLite says of a name that is none: those that there are. */
function namesFor(message: string, sql: string, database: Connection): string {
  if (message.startsWith('no such table')) return `; there are ${VIEWS.join(', ')}`;
  const view = VIEWS.find((name) => sql.includes(name));
  if (!message.startsWith('no such column') || view === undefined) return '';
  const columns = database.prepare(`SELECT * FROM ${view} LIMIT 0`).columns();
  return `; ${view} has ${columns.map(({ name }) => name).join(', ')}`;
}

function toCell(value: unknown): SqlCell {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : null;
}
