// What the commands do, but for `start`, which needs the process itself: each loads what it needs when it is called, and
// gives an exit code.
import { resolve } from 'node:path';
import { systemClock } from './clock.ts';
import {
  loadConfig,
  loadNeeded,
  loadReading,
  loadRuleSets,
  print,
  watchInterrupt,
} from './command-config.ts';
import type { Outcome, Surroundings } from './command-config.ts';
import type {
  CheckOptions,
  ConfigOption,
  ExportOptions,
  NotifyOptions,
  QueryCommandOptions,
  ReplayOptions,
  ReportOptions,
  SilenceOptions,
  StatusOptions,
  TestOptions,
  SuggestOptions,
} from './command-line.ts';
import { EXIT } from './commands/exit-code.ts';
import type { ExitCode } from './commands/exit-code.ts';
import type { MonitorAddress } from './commands/monitor-client.ts';
import { overridesOf } from './commands/overrides.ts';
import type { Config } from './config/schema.ts';
import { countCores } from './cores.ts';
import type { ImportOpening } from './history-import.ts';
import * as historyActions from './history-actions.ts';

const MONITOR_KEYS = ['http.address', 'http.port', 'http.token-file'] as const;

export async function status(options: StatusOptions, around: Surroundings): Promise<ExitCode> {
  return withMonitor(options, around, async (monitor) => {
    const { showStatus } = await import('./commands/status.ts');
    return showStatus(monitor, { isJson: options.json ?? false, clock: systemClock });
  });
}

/** Says nothing of a configuration with mistakes: only the monitor itself decides. */
export async function health(options: ConfigOption, around: Surroundings): Promise<ExitCode> {
  const loaded = await loadNeeded({ keys: ['http.address', 'http.port'], isSilent: true }, options, around);
  if (!loaded.ok) return loaded.exitCode;
  const { checkHealth } = await import('./commands/health.ts');
  return print(await checkHealth(loaded.config.http, systemClock), around);
}

/** For what asks the running monitor, which may want its token. Its health is open to all. */
async function withMonitor(
  options: ConfigOption,
  around: Surroundings,
  act: (monitor: MonitorAddress) => Promise<Outcome>,
): Promise<ExitCode> {
  const loaded = await loadNeeded({ keys: MONITOR_KEYS }, options, around);
  if (!loaded.ok) return loaded.exitCode;
  const { address, port, tokenPath } = loaded.config.http;
  if (tokenPath === null) return print(await act({ address, port }), around);
  const { readTokenFile } = await import('./http/token-file.ts');
  const reading = readTokenFile(tokenPath);
  if (!reading.ok) return print({ exitCode: EXIT.failed, text: reading.problem }, around);
  return print(await act({ address, port, token: reading.token }), around);
}

export async function silence(
  rule: string | undefined,
  options: SilenceOptions,
  around: Surroundings,
): Promise<ExitCode> {
  return withMonitor(options, around, async (monitor) => {
    const { listSilences, silenceRule } = await import('./commands/silence.ts');
    if (rule === undefined) return listSilences(monitor, systemClock);
    return silenceRule(
      monitor,
      { rule, duration: options.for ?? '1h', reason: options.reason ?? '' },
      systemClock,
    );
  });
}

export async function unsilence(
  rule: string,
  options: ConfigOption,
  around: Surroundings,
): Promise<ExitCode> {
  return withMonitor(options, around, async (monitor) => {
    const { unsilenceRule } = await import('./commands/silence.ts');
    return unsilenceRule(monitor, rule, systemClock);
  });
}

export async function reload(options: ConfigOption, around: Surroundings): Promise<ExitCode> {
  return withMonitor(options, around, async (monitor) => {
    const { reloadMonitor } = await import('./commands/reload.ts');
    return reloadMonitor(monitor, systemClock);
  });
}

export async function check(
  files: readonly string[],
  options: CheckOptions,
  around: Surroundings,
): Promise<ExitCode> {
  const [
    { checkFiles, checkLogs },
    { findFileProblems },
    { sampleLogs },
    { sampleFiles },
    { readLogFormat },
    { findReplacement },
  ] = await Promise.all([
    import('./commands/check.ts'),
    import('./named-files.ts'),
    import('./source/sample.ts'),
    import('./source/packed-sample.ts'),
    import('./config/fields.ts'),
    import('./config/watch.ts'),
  ]);
  const format = readLogFormat(options.logFormat ?? 'auto');
  if (!format.ok) {
    around.stderr.write(`error: --log-format ${format.message}\n`);
    return EXIT.usage;
  }
  if (files.length > 0) {
    const overrides = overridesOf(options);
    const reading = await (options.config === undefined
      ? loadReading(overrides, around)
      : loadConfig(options, around, overrides));
    if (!reading.ok) return reading.exitCode;
    return print(checkFiles(await sampleFiles(files, around.stdin), reading.config), around);
  }
  const loaded = await loadConfig(options, around);
  const replacement =
    loaded.file === null ? null : findReplacement(resolve(around.cwd, loaded.file), loaded.file);
  if (!loaded.ok) {
    if (replacement !== null) around.stderr.write(`${replacement}\n`);
    return loaded.exitCode;
  }
  const { config } = loaded;
  const logFormat = options.logFormat === undefined ? config.logFormat : format.value;
  const problems = await findFileProblems(config, around.env);
  if (replacement !== null) problems.unshift(replacement);
  return print(checkLogs({ ...config, logFormat }, sampleLogs(config.filename), problems), around);
}

export async function replay(
  names: readonly string[],
  options: ReplayOptions,
  around: Surroundings,
): Promise<ExitCode> {
  const threads = Number(options.threads ?? countCores());
  if (!Number.isInteger(threads) || threads < 1) {
    around.stderr.write(`error: --threads must be a whole number from 1 on, got "${options.threads}"\n`);
    return EXIT.usage;
  }
  if (options.summary === true && options.reports === true) {
    around.stderr.write('error: --summary and --reports exclude each other\n');
    return EXIT.usage;
  }
  const loaded = await loadConfig(options, around, overridesOf(options));
  if (!loaded.ok) return loaded.exitCode;
  const rules = await loadRuleSets(options, loaded.config, around);
  if (!rules.ok) return rules.exitCode;
  const { replayLogs } = await import('./replay.ts');
  const opening = options.store === true ? await openStoreFor(loaded.config, around) : NOT_STORED;
  if (!opening.ok) {
    around.stderr.write(`error: ${opening.message}\n`);
    return EXIT.failed;
  }
  const isInterrupted = watchInterrupt(around);
  const exitCode = await replayLogs({
    config: loaded.config,
    store: opening.target,
    ruleSets: rules.ruleSets,
    failSeverity: rules.failSeverity,
    names: [...rules.names, ...names],
    from: options.from,
    to: options.to,
    hasReports: options.reports ?? false,
    isJson: options.json ?? false,
    isSummary: options.summary ?? false,
    isTopGiven: options.top !== undefined,
    threads,
    clock: systemClock,
    stdin: around.stdin,
    stdout: around.stdout,
    stderr: around.stderr,
    isInterrupted,
  }).finally(opening.close);
  return isInterrupted() ? EXIT.interrupted : exitCode;
}

export async function suggest(
  names: readonly string[],
  options: SuggestOptions,
  around: Surroundings,
): Promise<ExitCode> {
  const alertsPerWeek = Number(options.alertsPerWeek ?? '1');
  if (!(alertsPerWeek >= 0 && alertsPerWeek < Number.POSITIVE_INFINITY)) {
    around.stderr.write(
      `error: --alerts-per-week must be a number from 0 on, got "${options.alertsPerWeek}"\n`,
    );
    return EXIT.usage;
  }
  const loaded = await loadConfig(options, around, overridesOf(options));
  if (!loaded.ok) return loaded.exitCode;
  const { suggestRules } = await import('./suggest.ts');
  const isInterrupted = watchInterrupt(around);
  const { stdout } = around;
  const exitCode = await suggestRules({
    config: loaded.config,
    names,
    from: options.from,
    to: options.to,
    alertsPerWeek,
    isJson: options.json ?? false,
    columns: stdout.isTTY === true ? (stdout.columns ?? null) : null,
    clock: systemClock,
    stdin: around.stdin,
    stdout,
    stderr: around.stderr,
    isInterrupted,
  });
  return isInterrupted() ? EXIT.interrupted : exitCode;
}

export async function test(
  files: readonly string[],
  options: TestOptions,
  { cwd, stdout, stderr }: Surroundings,
): Promise<ExitCode> {
  const [{ testRules }, { loadRuleTests }] = await Promise.all([
    import('./commands/test-rules.ts'),
    import('./config/rule-tests-file.ts'),
  ]);
  return testRules(files, {
    load: (file) => loadRuleTests(file, cwd),
    isJson: options.json ?? false,
    print: (line) => stdout.write(`${line}\n`),
    complain: (line) => stderr.write(`${line}\n`),
  });
}

const NOT_STORED = { ok: true, target: null, close: (): void => {} } as const;

async function openStoreFor(config: Config, { stdin }: Surroundings): Promise<ImportOpening> {
  const { openImport } = await import('./history-import.ts');
  return openImport(config, systemClock, stdin);
}

export async function notify(channel: string, given: NotifyOptions, around: Surroundings): Promise<ExitCode> {
  const loaded = await loadNeeded({ keys: ['channels'] }, given, around);
  if (!loaded.ok) return loaded.exitCode;
  const [{ testChannel }, { createChannel }] = await Promise.all([
    import('./commands/notify.ts'),
    import('./outputs/channels.ts'),
  ]);
  const abort = new AbortController();
  around.onInterrupt(() => abort.abort());
  const context = { clock: systemClock, environment: around.env, firing: () => [] };
  const outcome = await testChannel(loaded.config.channels, channel, {
    create: (config) => createChannel(config, context),
    clock: systemClock,
    signal: abort.signal,
  });
  return print(outcome, around);
}

/** What is wrong goes where it is not taken for the file. */
export async function exportRules(options: ExportOptions, around: Surroundings): Promise<ExitCode> {
  const loaded = await loadConfig(options, around);
  if (!loaded.ok) return loaded.exitCode;
  const { exportPrometheusRules } = await import('./commands/export.ts');
  const { scrapeInterval = '15s', job = 'fluffy' } = options;
  const outcome = exportPrometheusRules(loaded.config, { scrapeInterval, job });
  if (outcome.exitCode === EXIT.ok) return print(outcome, around);
  around.stderr.write(`${outcome.text}\n`);
  return outcome.exitCode;
}

export async function query(options: QueryCommandOptions, around: Surroundings): Promise<ExitCode> {
  const loaded = await loadNeeded({ keys: ['state-path', 'timezone'] }, options, around);
  return loaded.ok ? historyActions.query(loaded.config, options, around) : loaded.exitCode;
}

export async function report(options: ReportOptions, around: Surroundings): Promise<ExitCode> {
  const overrides = overridesOf(options.top === undefined ? {} : { top: options.top });
  const keys = ['state-path', 'timezone', 'report-top'] as const;
  const loaded = await loadNeeded({ keys, overrides }, options, around);
  return loaded.ok ? historyActions.report(loaded.config, options, around) : loaded.exitCode;
}

export async function backup(file: string, options: ConfigOption, around: Surroundings): Promise<ExitCode> {
  const loaded = await loadNeeded({ keys: ['state-path'] }, options, around);
  return loaded.ok ? historyActions.backup(loaded.config, file, around) : loaded.exitCode;
}
