// Access as the configuration says it, over a token file that may change while fluffy runs: it is looked at every few
// seconds, so that the old token ends, and at a token that is not the known one, so that the new one is good at once.
import type { Cancel, Clock } from '../clock.ts';
import { Access } from './access.ts';
import { readTokenFile } from './token-file.ts';

const LOOK_MS = 5000;

export interface OpenAccessOptions {
  /** Null: none is needed. */
  readonly tokenPath: string | null;
  readonly allowedHosts: readonly string[];
  readonly clock: Clock;
  /** Told when the file becomes bad, and with null when it is good again. */
  readonly problemChanged: (problem: string | null) => void;
}

export interface OpenAccess {
  readonly access: Access;
  /** Looks at the file now; what is wrong with it, while the token of before stays good, or null. */
  readonly look: () => string | null;
  readonly close: Cancel;
}

/** Throws with a sentence for a person when the file holds no token to begin with. */
export function openAccess(options: OpenAccessOptions): OpenAccess {
  const { tokenPath, allowedHosts, clock, problemChanged } = options;
  if (tokenPath === null) {
    const access = new Access({ token: null, allowedHosts, clock });
    return { access, look: () => null, close: () => {} };
  }
  const first = readTokenFile(tokenPath);
  if (!first.ok) throw new Error(first.problem);
  let known: string | null = null;
  const look = (): string | null => {
    const reading = readTokenFile(tokenPath);
    if (reading.ok) access.changeToken(reading.token);
    const problem = reading.ok ? null : reading.problem;
    if (problem !== known) problemChanged(problem);
    known = problem;
    return problem;
  };
  const access = new Access({ token: first.token, allowedHosts, clock, look });
  return { access, look, close: clock.every(LOOK_MS, look) };
}
