// What the command line tells of itself, beyond the names of commands and options.

export const EXIT_CODES = `

Exit codes:
  0  done; status: healthy
  1  failed; status and health: not healthy; check: something is wrong;
     test: a test failed, or could not be read;
     replay and suggest: a log could not be read to its end, or not one line of it could
  2  wrong use of the command line
  3  status, silence, unsilence and reload: no monitor is running
  4  replay --fail-on-alert: an alert would have fired
  130  replay and suggest: interrupted; what was read so far is told`;

/** Of the logs that `replay` and `suggest` read. */
const LOG_EXIT_CODES = {
  1: 'a log could not be read to its end, or not one line of it could',
  130: 'interrupted; what was read so far is told',
};

/** Beyond 0, which is that all went well unless it is among them, and 2. */
const EXIT_CODES_BY_COMMAND: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  start: { 0: 'stopped', 1: 'it could not start' },
  status: { 0: 'healthy', 1: 'not healthy', 3: 'no monitor is running' },
  check: { 0: 'all is well', 1: 'something is wrong with the configuration or a log' },
  replay: { ...LOG_EXIT_CODES, 4: '--fail-on-alert: an alert would have fired' },
  suggest: LOG_EXIT_CODES,
  test: { 1: 'a test failed, or could not be read' },
  silence: { 1: 'there is no such rule, or it was refused', 3: 'no monitor is running' },
  unsilence: { 1: 'the rule is not silenced, or it was refused', 3: 'no monitor is running' },
  reload: { 1: 'the configuration is not valid: the old one stays', 3: 'no monitor is running' },
  notify: { 1: 'the channel did not take it' },
  export: { 1: 'the configuration is not valid' },
  health: { 0: 'healthy', 1: 'not healthy, or not running' },
  query: { 1: 'there is no history, or it could not be read' },
  report: { 1: 'there is no history, or it could not be read' },
  backup: { 1: 'there is no state database, or it could not be copied' },
};

/** For the help of a command; empty for one that always ends with 0. */
export function describeExitCodes(command: string): string {
  const own = EXIT_CODES_BY_COMMAND[command];
  if (own === undefined) return '';
  const all = { 0: 'done', 2: 'wrong use of the command line', ...own };
  const lines = Object.entries(all).map(([code, meaning]) => `  ${code}  ${meaning}`);
  return ['', 'Exit codes:', ...lines].join('\n');
}

export const EXAMPLES = `
Examples:
  fluffy start                                   watch as ./config.yml says, until SIGTERM
  FLUFFY_THRESHOLD=50 fluffy start               one key from the environment
  fluffy check --config /etc/fluffy/config.yml   is it valid, and does fluffy understand the log?
  fluffy check /var/log/nginx/*.log              does it understand these files?
  zcat access.log.1.gz | fluffy check -          or what comes by standard input?
  fluffy replay access.log*                      which alerts would have fired?
  fluffy test rules.test.yml                     do the rules do what their tests say?
  fluffy export prometheus-rules > fluffy.rules.yml
  fluffy status --json | jq .totals`;

export const REPLAY_EXAMPLES = `
Examples:
  fluffy replay access.log access.log.*.gz             alerts that would have fired, then one report
  fluffy replay --threshold 50 --from 7d access.log    with another threshold, the last seven days
  fluffy replay --json access.log | tail -1 | jq       the report as JSON
  fluffy replay --rules rules.yml access.log*          what each rule of a file would have found
  fluffy replay --summary --rules rules.yml access.log*   the same in short
  fluffy replay --compare old.yml new.yml access.log*  what changes if the new rules take the place of the old ones
  fluffy replay access.log --fail-on-alert critical    exit code 4 if an alert of that severity fires
  fluffy replay --reports access.log                   the periodic reports in their places too
  ssh web cat access.log.1.gz | fluffy replay          from standard input, packed or not`;

export const TEST_EXAMPLE = `
A file of tests:
  rules: rules.yml                # from here; or the keys of such a file themselves
  tests:
    - name: a burst of logins wakes somebody
      series:
        - { for: 10m, rate: 2, path: /login, client: 203.0.113.9, latency: 120ms }
        - { from: 5m, for: 1m, rate: 50, path: /login, status: 401 }
      until: 15m
      expect:
        - { rule: login-rush, state: firing, between: [5m, 5m10s], reason: /login }
        - { rule: login-rush, state: resolved, between: [6m, 7m] }`;
export const SUGGEST_EXAMPLES = `
Examples:
  fluffy suggest access.log access.log.*.gz            what is usual, and a threshold for each metric
  fluffy suggest --alerts-per-week 0.25 access.log*    one that alerts about once a month
  fluffy suggest --json access.log | jq -r .configuration > suggested.yml
  fluffy replay --config suggested.yml access.log      the alerts that it would have been`;
export const QUERY_EXAMPLES = `
Examples:
  fluffy query --last 6h --by path --where 'status>=500'      which paths fail
  fluffy query --last 1d --every 1h --metric requests,p95     hour by hour
  fluffy query --from 7d --by source,class --format csv       for a spreadsheet
  fluffy query --last 1h --by client                          who asks most, estimated
  fluffy query --sql 'SELECT * FROM alerts ORDER BY time DESC LIMIT 10'`;

export const HOW_TO_STOP =
  'fluffy has no pid file: the container is the process.\n' +
  '  in a container      docker stop NAME   (or docker compose stop fluffy)\n' +
  '  in a terminal       Ctrl-C\n' +
  'Either way what was read is processed, the running report is written, and fluffy exits with 0.';
