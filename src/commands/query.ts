// `fluffy query`: what was counted, from the history in the state database.
import { answerQuery } from '../history/answer.ts';
import type { AnswerSource } from '../history/answer.ts';
import { readQuery } from '../history/read-query.ts';
import type { QueryOptions, ReadContext } from '../history/read-query.ts';
import { FORMATS, renderAnswer, renderCsv, renderTable } from '../history/render-answer.ts';
import type { Format } from '../history/render-answer.ts';
import type { SqlAnswer } from '../store/sql-query.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { printable } from './printable.ts';

export interface QueryResult {
  readonly exitCode: ExitCode;
  readonly text: string;
}

export function isFormat(text: string): text is Format {
  return FORMATS.some((format) => format === text);
}

export interface QueryContext extends ReadContext {
  readonly reader: AnswerSource;
  readonly format: Format;
}

export function runQuery(options: QueryOptions, context: QueryContext): QueryResult {
  const reading = readQuery(options, context);
  if (!reading.ok) return { exitCode: EXIT.usage, text: `error: ${printable(reading.message)}` };
  const answer = answerQuery(reading, context.reader);
  return { exitCode: EXIT.ok, text: renderAnswer(answer, context.format) };
}

export function renderSql(answer: SqlAnswer, format: Format): QueryResult {
  if (!answer.ok) return { exitCode: EXIT.failed, text: `error: ${printable(answer.message)}` };
  const { columns, rows, isCut } = answer;
  const cut = isCut ? '\nthere are more rows: LIMIT says how many' : '';
  if (format === 'csv') return { exitCode: EXIT.ok, text: renderCsv(answer) };
  if (format === 'table')
    return {
      exitCode: EXIT.ok,
      text:
        renderTable({
          columns,
          rows: rows.map((row) => row.map((value) => (typeof value === 'string' ? printable(value) : value))),
        }) + cut,
    };
  const objects = rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])));
  return { exitCode: EXIT.ok, text: JSON.stringify(objects, null, 2) };
}
