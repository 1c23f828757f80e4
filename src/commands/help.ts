// What the command line tells of itself, beyond the names of commands and options.

export const EXIT_CODES = `
Exit codes:
  0  done; status: healthy
  1  failed; status and health: not healthy; check: something is wrong;
     replay: a log could not be read to its end, or not one line could
  2  wrong use of the command line
  3  status: no monitor is running
  130  replay: interrupted; what was read so far is told`;

export const EXAMPLES = `
Examples:
  fluffy start                                   watch as ./config.yml says, until SIGTERM
  FLUFFY_THRESHOLD=50 fluffy start               one key from the environment
  fluffy check --config /etc/fluffy/config.yml   is it valid, and does fluffy understand the log?
  fluffy check /var/log/nginx/*.log              does it understand these files?
  fluffy replay access.log*                      which alerts would have fired?
  fluffy status --json | jq .totals`;

export const REPLAY_EXAMPLES = `
Examples:
  fluffy replay access.log access.log.*.gz             alerts that would have fired, then one report
  fluffy replay --threshold 50 --from 7d access.log    with another threshold, the last seven days
  fluffy replay --json access.log | tail -1 | jq       the report as JSON
  fluffy replay --reports access.log                   the periodic reports in their places too
  ssh web cat access.log.1.gz | fluffy replay          from standard input, packed or not`;

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
