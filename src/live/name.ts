// Names from the log as the page gets them: a client decides how long a path or a user agent is, and there may be thousands.
import type { Explanation } from '../alerts/rule.ts';

const LENGTH_MAX = 256;

export function shorten(name: string): string {
  return name.length <= LENGTH_MAX ? name : `${name.slice(0, LENGTH_MAX)}…`;
}

export function shortenReasons(explanation: Explanation): Explanation {
  const reasons = explanation.reasons.map((reason) => ({ ...reason, name: shorten(reason.name) }));
  return { ...explanation, reasons };
}
