// What the commands on history do: they bring the database, the configuration and the command together. A part of
// actions.ts, loaded with it; what a command needs is loaded when it is called.
import type { Writable } from 'node:stream';
import { systemClock } from './clock.ts';
import type { QueryCommandOptions, ReportOptions } from './command-line.ts';
import { EXIT } from './commands/exit-code.ts';
import type { ExitCode } from './commands/exit-code.ts';
import type { Config } from './config/schema.ts';

interface Streams {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
}

const SQL_SECONDS = 30;

export async function query(
  config: Config,
  options: QueryCommandOptions,
  around: Streams,
): Promise<ExitCode> {
  const [{ isFormat, renderSql, runQuery }, { createZone }, { openHistory }] = await Promise.all([
    import('./commands/query.ts'),
    import('./parse/zone.ts'),
    import('./store/history-reader.ts'),
  ]);
  const { format = 'table', sql } = options;
  if (!isFormat(format))
    return refuse(EXIT.usage, `--format must be table, json or csv, got "${format}"`, around);
  const opening = openHistory(config.statePath ?? '');
  if (!opening.ok) return refuse(EXIT.failed, explainOpening(config, opening.message), around);
  const { reader } = opening;
  try {
    if (sql !== undefined) {
      const { querySql } = await import('./store/sql-query.ts');
      return tell(renderSql(await querySql(config.statePath ?? '', sql, SQL_SECONDS), format), around);
    }
    const result = runQuery(options, {
      zone: createZone(config.timezone),
      nowSeconds: Math.floor(systemClock.now() / 1000),
      keptFrom: reader.keptFrom(),
      hasTrend: format === 'table' && around.stdout.isTTY === true,
      reader,
      format,
    });
    return tell(result, around);
  } catch (error) {
    return await refuseReading(config, error, around);
  } finally {
    reader.close();
  }
}

export async function report(config: Config, options: ReportOptions, around: Streams): Promise<ExitCode> {
  const [{ isReportFormat, runReport }, { createZone }, { openHistory }] = await Promise.all([
    import('./commands/report.ts'),
    import('./parse/zone.ts'),
    import('./store/history-reader.ts'),
  ]);
  const { format = 'text' } = options;
  if (!isReportFormat(format))
    return refuse(EXIT.usage, `--format must be text, markdown, html or json, got "${format}"`, around);
  const opening = openHistory(config.statePath ?? '');
  if (!opening.ok) return refuse(EXIT.failed, explainOpening(config, opening.message), around);
  const { reader } = opening;
  try {
    const { timezone, reportTop: top } = config;
    const nowSeconds = Math.floor(systemClock.now() / 1000);
    const context = { reader, format, zone: createZone(timezone), timezone, nowSeconds, top };
    return tell(runReport(options, context), around);
  } catch (error) {
    return await refuseReading(config, error, around);
  } finally {
    reader.close();
  }
}

export async function backup(config: Config, file: string, around: Streams): Promise<ExitCode> {
  const { backUp } = await import('./store/backup.ts');
  const result = await backUp(config.statePath ?? '', file);
  if (!result.ok) return refuse(EXIT.failed, explainOpening(config, result.message), around);
  const size = `${(result.bytes / 2 ** 20).toFixed(1)} MiB`;
  return tell(
    { exitCode: EXIT.ok, text: `${file}: ${size}, checked; to restore it, see docs/HISTORY.md` },
    around,
  );
}

/** Of an error of the database; any other one is thrown on. */
async function refuseReading({ statePath }: Config, error: unknown, around: Streams): Promise<ExitCode> {
  const { codeOf } = await import('./store/connection.ts');
  if (!(error instanceof Error) || codeOf(error) === null) throw error;
  return refuse(EXIT.failed, `cannot read ${statePath}: ${error.message}`, around);
}

function explainOpening({ statePath }: Config, message: string): string {
  return statePath === null ? 'there is no history: state-path is off' : message;
}

function tell(
  { exitCode, text }: { readonly exitCode: ExitCode; readonly text: string },
  around: Streams,
): ExitCode {
  const stream = exitCode === EXIT.ok ? around.stdout : around.stderr;
  stream.write(`${text}\n`);
  return exitCode;
}

function refuse(exitCode: ExitCode, message: string, around: Streams): ExitCode {
  return tell({ exitCode, text: `error: ${message}` }, around);
}
