// The command line: its options, its help, and what is wrong with it. Pure.
import { Command, Option } from 'commander';
import type { RawOptions } from './option-values.ts';
import { readOptions, type Options } from './options.ts';

export type CommandLine =
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

type Flag = readonly [flag: string, description: string];

const GROUPS: Readonly<Record<string, readonly Flag[]>> = {
  'Where to:': [
    ['--file <path>', 'write a log; - is standard output'],
    ['--url <url>', 'send real requests, such as to http://127.0.0.1:8080'],
    ['--truth <path>', 'at the end, write as JSON what was truly produced'],
    ['--quiet', 'no progress and no summary'],
  ],
  'How much:': [
    ['--rate <number>', 'requests a second (default: 20)'],
    [
      '--burst <burst>',
      '200@30s+20s: 200 requests/s from second 30 for 20 s; 200@30s+20s/60s: every 60 s; repeatable',
    ],
    ['--duration <time>', '90, 90s, 2m, 1h or forever (default: 60s, with --lines: forever)'],
    ['--lines <number>', 'end after so many lines'],
    ['--fast', 'do not keep to the clock: event times advance as if at --rate'],
  ],
  'What:': [
    ['--seed <text>', 'the same seed gives the same traffic (default: 1)'],
    ['--paths <number>', 'invent so many paths (default: 50; with --url: / and /index.html)'],
    ['--path <path>', 'use this path, the most popular first; repeatable'],
    ['--zipf <number>', 'exponent of the popularity of paths, 0 is even (default: 1.1)'],
    ['--error-share <share>', 'share of status 4xx and 5xx, 0.05 or 5% (default: 0.05)'],
    ['--clients <number>', 'distinct clients, IPv4 and IPv6 (default: 200)'],
  ],
  'The log (with --file):': [
    [
      '--format <name>',
      'common, combined, main, vhost_combined, caddy-json, traefik-clf (default: combined)',
    ],
    ['--start <time>', 'event time of the start, such as 2026-11-23T22:14:00Z (default: now)'],
    ['--utc-offset <offset>', 'zone of the times in the log, such as +0200 (default: +0000)'],
    ['--late-share <share>', 'share of lines written later than their event time (default: 0)'],
    ['--late-max <time>', 'how late at most, in whole seconds (default: 2s)'],
    ['--partial-share <share>', 'share of lines written in two writes (default: 0)'],
    [
      '--broken-share <share>',
      'share of lines that are no request: binary, cut, empty, too long … (default: 0)',
    ],
    [
      '--odd-share <share>',
      'share of requests whose request line is not HTTP; their path is empty (default: 0)',
    ],
  ],
  'Rotation (with --file):': [
    [
      '--rotate <rotation>',
      'MODE@5s or MODE@1000lines; MODE: rename, copytruncate, delete, several with + between, random',
    ],
    ['--keep <number>', 'old files to keep (default: 5)'],
    ['--rotated-names <names>', 'numbered (access.log.1) or dated (default: numbered)'],
    ['--reopen-delay <time>', 'go on writing into the renamed or deleted file for so long (default: 0s)'],
    ['--truncate-delay <time>', 'pause between copying and truncating (default: 0s)'],
  ],
  'Requests (with --url):': [
    ['--methods <list>', 'methods to use, such as GET,HEAD,POST (default: GET,HEAD)'],
    ['--concurrency <number>', 'connections at most (default: 32)'],
    ['--timeout <time>', 'give a request up after (default: 10s)'],
  ],
};

const REPEATABLE = new Set(['burst', 'path']);

const EXAMPLES = `
Examples:
  node generator/main.ts --file logs/access.log
  node generator/main.ts --file logs/access.log --rate 5 --burst 200@30s+20s/120s --duration forever
  node generator/main.ts --file access.log --rotate rename@5s --reopen-delay 1s --truth truth.json
  node generator/main.ts --file access.log --fast --lines 2000000 --rate 1000 --start 2026-11-23T22:14:00Z
  node generator/main.ts --file - --format main --broken-share 1% --partial-share 1% | less
  node generator/main.ts --url http://127.0.0.1:8080 --rate 50 --error-share 10% --duration 2m

Exit codes: 0 done or stopped by a signal, 1 the output failed, 2 wrong options.
`;

/** `argv`: without the program and the script. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const command = createCommand();
  command.parse(joinNegative(argv), { from: 'user' });
  const raw = kebabCase(command.opts());
  if (raw['help'] === true) return { kind: 'help', text: command.helpInformation() + EXAMPLES };
  const problems = strayProblems(command);
  const result = readOptions(raw);
  if (result.ok && problems.length === 0) return { kind: 'run', options: result.options };
  return { kind: 'problems', problems: result.ok ? problems : [...problems, ...result.problems] };
}

/** An offset west of UTC begins like an option and would not be taken for the value it is. */
function joinNegative(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of argv) {
    if (joined.at(-1) === '--utc-offset' && /^-\d/.test(arg)) joined.splice(-1, 1, `--utc-offset=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

/** Leaves every check to us, because commander stops at the first problem and we report all of them. */
function createCommand(): Command {
  const command = new Command('generator')
    .description('Makes the traffic of a web server: a seeded access log, or real requests.')
    .usage('(--file <path> | --url <url>) [options]')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .configureHelp({ optionTerm: (option) => option.flags.replace('[', '<').replace(']', '>') })
    .configureOutput({ getOutHelpWidth: () => 110 });
  for (const [group, flags] of Object.entries(GROUPS)) {
    for (const [flag, description] of flags)
      command.addOption(createOption(flag, description).helpGroup(group));
  }
  return command.addOption(new Option('-h, --help', 'show this help').helpGroup('Other:'));
}

function createOption(flag: string, description: string): Option {
  // An optional value, so that a missing one is found together with all other problems.
  const option = new Option(flag.replace('<', '[').replace('>', ']'), description);
  if (!REPEATABLE.has(option.name())) return option;
  return option.argParser((value, previous: unknown) => [
    ...(Array.isArray(previous) ? previous : []),
    value,
  ]);
}

function kebabCase(options: Readonly<Record<string, unknown>>): RawOptions {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      value,
    ]),
  );
}

function strayProblems(command: Command): string[] {
  const unknown = command.args.filter((arg) => arg.startsWith('-') && arg !== '-');
  // What stands beside an unknown option is most likely its value.
  if (unknown.length === 0) return command.args.map((arg) => `unexpected argument ${JSON.stringify(arg)}`);
  const names = command.options.map((option) => option.long ?? '');
  return unknown.map((arg) => {
    const [name = ''] = arg.split('=');
    const nearest = names.toSorted((a, b) => editDistance(name, a) - editDistance(name, b))[0] ?? '';
    return `unknown option ${name}${editDistance(name, nearest) <= 3 ? `, did you mean ${nearest}?` : ''}`;
  });
}

/** How many characters must be added, removed or replaced to make one text the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let at = 1; at <= from.length; at++) {
    const next = [at];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (from[at - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
