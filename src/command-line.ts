// The commands of fluffy and their options; what they do is given. Sole importer of commander.
import { Argument, Command, CommanderError, Option } from 'commander';
import {
  describeExitCodes,
  EXAMPLES,
  EXIT_CODES,
  QUERY_EXAMPLES,
  REPLAY_EXAMPLES,
  SUGGEST_EXAMPLES,
  TEST_EXAMPLE,
} from './commands/help.ts';
import type { QueryOptions } from './history/read-query.ts';
import { VERSION } from './version.ts';

export interface ConfigOption {
  readonly config?: string;
}

export interface CheckOptions extends ConfigOption {
  readonly logFormat?: string;
}

export interface StatusOptions extends ConfigOption {
  readonly json?: boolean;
}

export interface SilenceOptions extends ConfigOption {
  readonly for?: string;
  readonly reason?: string;
}

export interface NotifyOptions extends ConfigOption {
  readonly test?: boolean;
}

export interface ReplayOptions extends ConfigOption {
  readonly threshold?: string;
  readonly alertWindow?: string;
  readonly logFormat?: string;
  readonly lateness?: string;
  readonly top?: string;
  readonly from?: string;
  readonly to?: string;
  readonly reports?: boolean;
  readonly summary?: boolean;
  readonly store?: boolean;
  readonly json?: boolean;
  readonly rules?: string;
  readonly compare?: readonly string[];
  readonly failOnAlert?: string | true;
  readonly threads?: string;
}

export interface TestOptions {
  readonly json?: boolean;
}

export interface SuggestOptions extends ConfigOption {
  readonly alertsPerWeek?: string;
  readonly alertWindow?: string;
  readonly logFormat?: string;
  readonly lateness?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

export interface ExportOptions extends ConfigOption {
  readonly scrapeInterval?: string;
  readonly job?: string;
}

export interface QueryCommandOptions extends ConfigOption, QueryOptions {
  readonly format?: string;
  readonly sql?: string;
}

export interface ReportOptions extends ConfigOption, Pick<QueryOptions, 'last' | 'from' | 'to' | 'top'> {
  readonly format?: string;
}

/** What each command does with its arguments. */
export interface Actions {
  start(options: ConfigOption): Promise<void>;
  status(options: StatusOptions): Promise<void>;
  check(files: readonly string[], options: CheckOptions): Promise<void>;
  replay(files: readonly string[], options: ReplayOptions): Promise<void>;
  test(files: readonly string[], options: TestOptions): Promise<void>;
  suggest(files: readonly string[], options: SuggestOptions): Promise<void>;
  silence(rule: string | undefined, options: SilenceOptions): Promise<void>;
  unsilence(rule: string, options: ConfigOption): Promise<void>;
  reload(options: ConfigOption): Promise<void>;
  notify(channel: string, options: NotifyOptions): Promise<void>;
  export(what: string, options: ExportOptions): Promise<void>;
  query(options: QueryCommandOptions): Promise<void>;
  report(options: ReportOptions): Promise<void>;
  backup(file: string, options: ConfigOption): Promise<void>;
  health(options: ConfigOption): Promise<void>;
  stop(): void;
  version(): void;
}

/** Runs the command that `argv` names. False when it is none, which is then told; true also for help. */
export async function runCommand(argv: readonly string[], actions: Actions): Promise<boolean> {
  try {
    await createProgram(actions).parseAsync(argv);
    return true;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0;
    throw error;
  }
}

function createProgram(actions: Actions): Command {
  const program = new Command('fluffy')
    .description("Watches a web server's access log: alerts, reports, metrics.")
    .version(VERSION, '-V, --version')
    .addHelpText('after', EXAMPLES + EXIT_CODES)
    .exitOverride()
    .showHelpAfterError('(fluffy --help tells the commands and options)');
  const add = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .addHelpText('after', describeExitCodes(name))
      .exitOverride();

  add('start', 'watch, in the foreground, until SIGTERM or SIGINT')
    .addOption(configOption())
    .action((...given: Parameters<Actions['start']>) => actions.start(...given));
  add('status', 'ask the running monitor how things stand')
    .addOption(configOption())
    .option('--json', 'everything it knows, as JSON')
    .action((...given: Parameters<Actions['status']>) => actions.status(...given));
  add('check', 'validate the configuration and show how fluffy reads the logs')
    .argument(
      '[files...]',
      'any access logs to look at instead, also packed, - for standard input; no configuration is read for them but one that --config names',
    )
    .option('--log-format <format>', 'a format to try, instead of the configured one')
    .addOption(configOption())
    .action((...given: Parameters<Actions['check']>) => actions.check(...given));
  addLogCommands(add, actions);
  add('silence', 'tell nobody of the alerts of a rule for a while; without a rule, list the silences')
    .argument('[rule]', 'its name, as status shows it')
    .option('--for <duration>', 'such as 30m or 2h, at most 30d; 1h when it is left out')
    .option('--reason <text>', 'shown in status')
    .addOption(configOption())
    .action((rule: string | undefined, options: SilenceOptions, command: Command) => {
      const option = options.for === undefined ? '--reason' : '--for';
      if (rule === undefined && (options.for ?? options.reason) !== undefined)
        command.error(`error: ${option} needs the name of a rule, one at a time: fluffy status lists them`);
      return actions.silence(rule, options);
    });
  add('unsilence', 'end the silence of a rule')
    .argument('<rule>')
    .addOption(configOption())
    .action((...given: Parameters<Actions['unsilence']>) => actions.unsilence(...given));
  add('reload', 'have the running monitor read its configuration again, as SIGHUP does')
    .addOption(configOption())
    .action((...given: Parameters<Actions['reload']>) => actions.reload(...given));
  add('notify', 'send a marked test alert through a channel')
    .argument('<channel>', 'its name in the configuration')
    .requiredOption('--test', 'yes, a test')
    .addOption(configOption())
    .action((...given: Parameters<Actions['notify']>) => actions.notify(...given));
  add('export', 'print the rules of the configuration for another program')
    .addArgument(new Argument('<what>', 'alerting rules of Prometheus').choices(['prometheus-rules']))
    .option('--scrape-interval <duration>', 'how often Prometheus scrapes fluffy', '15s')
    .option('--job <name>', 'the scrape job of fluffy', 'fluffy')
    .addOption(configOption())
    .action((...given: Parameters<Actions['export']>) => actions.export(...given));
  add('health', 'exit 0 when the monitor is healthy, for a health check')
    .addOption(configOption())
    .action((...given: Parameters<Actions['health']>) => actions.health(...given));
  addHistoryCommands(add, actions);
  add('stop', 'tell how to stop the monitor').action(() => actions.stop());
  add('version', 'print the version').action(() => actions.version());
  return program;
}

/** What is about finished logs, or none at all. */
function addLogCommands(add: (name: string, description: string) => Command, actions: Actions): void {
  add('replay', 'run finished logs through alerts and reports: what would have happened?')
    .argument('[files...]', 'logs, also packed by gzip or zstd, and globs; - or nothing: standard input')
    .addOption(configOption())
    .option(
      '--from <time>',
      'pass over what was before: 2026-11-23, 2026-11-23T22:14+01:00, or 7d for 7 days ago',
    )
    .option('--to <time>', 'pass over what was at that time and after')
    .option('--threshold <rate>', 'instead of the configured one, as the next four')
    .option('--alert-window <duration>')
    .option('--log-format <format>')
    .option('--lateness <duration>')
    .option('--top <count>', 'how many paths a report names')
    .option('--rules <file>', 'the rules of this file instead of the configured ones, and what each finds')
    .option('--compare <files...>', 'two files of rules, old and new: what changes?')
    .option('--fail-on-alert [severity]', 'exit code 4 when an alert fires, of this severity or a higher one')
    .option('--reports', 'the reports of every report-time too')
    .option('--summary', 'only what each rule has found, with its alerts: no line for each alert, no report')
    .option('--threads <count>', 'at most so many read at once; otherwise one for each core')
    .option('--store', 'also put it into the history, each log once; not while a monitor runs')
    .option('--json', 'one event a line')
    .addHelpText('after', REPLAY_EXAMPLES)
    .action((...given: Parameters<Actions['replay']>) => actions.replay(...given));
  add('test', 'run tests of rules: does this traffic give those alerts?')
    .argument('<files...>', 'files of tests in YAML')
    .option('--json', 'one test a line')
    .addHelpText('after', TEST_EXAMPLE)
    .action((...given: Parameters<Actions['test']>) => actions.test(...given));
  add('suggest', 'learn from finished logs which thresholds fit, as rules for the configuration')
    .argument('[files...]', 'logs, also packed by gzip or zstd, and globs; - or nothing: standard input')
    .addOption(configOption())
    .option('--alerts-per-week <count>', 'about so many alerts of each rule at most', '1')
    .option('--from <time>', 'pass over what was before, as for replay')
    .option('--to <time>', 'pass over what was at that time and after')
    .option('--alert-window <duration>', 'instead of the configured one, as the next two')
    .option('--log-format <format>')
    .option('--lateness <duration>')
    .option('--json', 'the same as one JSON object')
    .addHelpText('after', SUGGEST_EXAMPLES)
    .action((...given: Parameters<Actions['suggest']>) => actions.suggest(...given));
}

/** What works on the history in the state database, beside a running monitor or without one. */
function addHistoryCommands(add: (name: string, description: string) => Command, actions: Actions): void {
  add('query', 'ask the history: how many requests, of what, when?')
    .option('--last <duration>', 'the time up to now, such as 6h or 14d; 1h when no time is given')
    .option('--from <time>', 'instead of --last: 2026-11-23, 2026-11-23T22:14+01:00, or 7d for 7 days ago')
    .option('--to <time>', 'up to then; now when it is left out')
    .option('--by <what>', 'one or two of path, status, class, method, source, client, minute, hour, day')
    .option('--where <conditions>', "such as 'status>=500 and path=/api/**'; also class, method, source")
    .option('--every <duration>', 'a row for each, such as 5m')
    .option('--metric <names>', 'of requests, rate, errors, bytes, p50, p95, p99')
    .option('--top <count>', 'how many rows', '20')
    .option('--format <format>', 'table, json or csv', 'table')
    .option(
      '--sql <select>',
      'instead: SQL over the views requests_10s, requests_1m, requests_1h, clients_1m, alerts',
    )
    .addOption(configOption())
    .addHelpText('after', QUERY_EXAMPLES)
    .action((...given: Parameters<Actions['query']>) => actions.query(...given));
  add('report', 'a report over any span of the history')
    .option('--last <duration>', 'the time up to now, such as 6h or 14d; 1h when no time is given')
    .option('--from <time>', 'instead of --last: 2026-11-23, 2026-11-23T22:14+01:00, or 7d for 7 days ago')
    .option('--to <time>', 'up to then; now when it is left out')
    .option('--top <count>', 'how many paths it names; report-top when it is left out')
    .option('--format <format>', 'text, markdown, html or json', 'text')
    .addOption(configOption())
    .action((...given: Parameters<Actions['report']>) => actions.report(...given));
  add('backup', 'copy the state database, history included, into a new file')
    .argument('<file>', 'must not exist yet')
    .addOption(configOption())
    .action((...given: Parameters<Actions['backup']>) => actions.backup(...given));
}

function configOption(): Option {
  return new Option('-c, --config <file>', 'the configuration file');
}
