// From the options of `fluffy replay` about rules to the sets of rules that are tried out, or to what is wrong with them.
import { SEVERITIES } from '../alerts/rule.ts';
import type { Severity } from '../alerts/rule.ts';
import { formatProblem } from '../config/problem.ts';
import type { LoadedRules, Rules } from '../config/rules-file.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';

export interface RuleOptions {
  /** A file. */
  readonly rules?: string;
  /** Two files, the old and the new one; the logs, if their names follow. */
  readonly compare?: readonly string[];
  /** True: of any severity. */
  readonly failOnAlert?: string | true;
  readonly threshold?: string;
  readonly alertWindow?: string;
}

/** A file of rules, as the user named it. */
interface RuleSet {
  readonly name: string;
  readonly rules: Rules;
}

/** None: the configured rules; one: instead of these; two: what changes if the second takes the place of the first. */
export type RuleSets = readonly [] | readonly [RuleSet] | readonly [RuleSet, RuleSet];

export type RuleSetsReading =
  | {
      readonly ok: true;
      readonly ruleSets: RuleSets;
      /** Null: alerts don't matter for the exit code. */
      readonly failSeverity: Severity | null;
      /** Names of logs that stood behind the two files of `compare`. */
      readonly names: readonly string[];
    }
  | { readonly ok: false; readonly exitCode: ExitCode; readonly problems: readonly string[] };

/** `load` reads a file of rules. What the command line says of threshold and window goes before what a file says. */
export function readRuleSets(options: RuleOptions, load: (path: string) => LoadedRules): RuleSetsReading {
  const { rules, compare, failOnAlert } = options;
  if (rules !== undefined && compare !== undefined)
    return wrongUse('--rules and --compare exclude each other');
  const severity = SEVERITIES.find((each) => each === failOnAlert);
  if (typeof failOnAlert === 'string' && severity === undefined)
    return wrongUse(
      `--fail-on-alert must be info, warning or critical, got "${failOnAlert}"; for any of them, put it behind the names of the logs`,
    );
  const failSeverity = failOnAlert === true ? 'info' : (severity ?? null);
  const [before, after, ...names] = compare ?? [];
  if (compare !== undefined && after === undefined)
    return wrongUse('--compare needs two files of rules, the old and the new one');
  const paths = [rules, before, after].filter((path) => path !== undefined);
  const sets = paths.map((path) => ({ path, loaded: load(path) }));
  const problems = sets.flatMap(({ loaded }) => (loaded.ok ? [] : loaded.problems.map(formatProblem)));
  if (problems.length > 0) return { ok: false, exitCode: EXIT.failed, problems };
  const [first, second] = sets.flatMap(({ path, loaded }) =>
    loaded.ok ? [{ name: path, rules: withoutGiven(loaded.rules, options) }] : [],
  );
  const ruleSets: RuleSets = first === undefined ? [] : second === undefined ? [first] : [first, second];
  return { ok: true, ruleSets, failSeverity, names };
}

/** What was given on the command line is in the configuration, and applies as if the file did not say. */
function withoutGiven(rules: Rules, { threshold, alertWindow }: RuleOptions): Rules {
  return {
    ...rules,
    threshold: threshold === undefined ? rules.threshold : null,
    alertWindowSeconds: alertWindow === undefined ? rules.alertWindowSeconds : null,
  };
}

function wrongUse(message: string): RuleSetsReading {
  return { ok: false, exitCode: EXIT.usage, problems: [`error: ${message}`] };
}
