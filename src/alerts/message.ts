// The templates of rules and webhooks: finds what is wrong with one when the configuration is read, and fills it in
// when an alert is told. Pure. Braces that hold no name are left as they are, so that a template may be JSON.
import { suggestion } from '../config/nearest.ts';

export const PLACEHOLDERS = [
  'rule',
  'value',
  'unit',
  'threshold',
  'window',
  'state',
  'severity',
  'time',
  'summary',
  'top-path',
  'top-client',
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

/** Also what other tools write, `{{ .value }}` and `${value}`, so that it is refused and not sent as it stands. */
const LOOKS_LIKE_ONE = /[{$]?\{\s*[.$]?(?<name>[a-z][\w-]*)\s*\}/gi;
const IS_ONE = new RegExp(String.raw`\{(${PLACEHOLDERS.join('|')})\}`, 'g');

/** A sentence about each thing in `text` that is no placeholder though it looks like one. `names`: those that there are. */
export function findTemplateProblems(text: string, names: readonly string[] = PLACEHOLDERS): string[] {
  const problems = new Set<string>();
  for (const { 0: whole, groups } of text.matchAll(LOOKS_LIKE_ONE)) {
    const name = groups?.['name'] ?? '';
    const known = names.find((placeholder) => placeholder === name);
    if (known === undefined) {
      const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name;
      const all = names.map((placeholder) => `{${placeholder}}`).join(' ');
      problems.add(`unknown placeholder {${shown}}${suggestion(name, names) || `; there are ${all}`}`);
    } else if (whole !== `{${known}}`) {
      problems.add(`a placeholder is written {${known}}, in one pair of braces`);
    }
  }
  return [...problems];
}

/** Each placeholder replaced by its value; what a value holds is not looked at again. */
export function fillTemplate(text: string, values: Readonly<Record<Placeholder, string>>): string {
  return text.replaceAll(IS_ONE, (whole, name: string) => {
    const placeholder = PLACEHOLDERS.find((known) => known === name);
    return placeholder === undefined ? whole : values[placeholder];
  });
}
