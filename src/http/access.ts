// Who may ask over HTTP: with a token whoever has it, or has logged in with it; without one anybody, by the names that
// are expected. Decides; gate.ts answers.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { Attempts } from './attempts.ts';
import { Sessions } from './sessions.ts';

export interface AccessOptions {
  /** Null: none is needed. */
  readonly token: string | null;
  /** As `http.allowed-hosts`; those that need no mention are not among them. */
  readonly allowedHosts: readonly string[];
  readonly clock: Pick<Clock, 'now'>;
  /** Called before a token counts as wrong: it may be a new one, and `changeToken` follows. */
  readonly look?: () => void;
}

/** What a request brings along. */
export interface Credentials {
  /** Of `Authorization: Bearer …`; null without. */
  readonly token: string | null;
  /** Of the cookie; null without. */
  readonly session: string | null;
  /** Where the request comes from. */
  readonly address: string;
}

export type Refusal =
  | { readonly isAllowed: false; readonly reason: 'no-token' | 'wrong-token' }
  | {
      readonly isAllowed: false;
      readonly reason: 'too-many-tries';
      /** Whole, at least 1. */
      readonly waitSeconds: number;
    };

export type Verdict =
  | {
      readonly isAllowed: true;
      readonly by: 'nothing' | 'token' | 'session';
      /** Whether it is allowed still: sessions end, and tokens change. */
      readonly isStill: () => boolean;
    }
  | Refusal;

export type LogIn = { readonly isAllowed: true; readonly session: string } | Refusal;

export class Access {
  readonly allowedHosts: readonly string[];
  readonly #sessions: Sessions;
  readonly #attempts: Attempts;
  readonly #look: () => void;
  #digest: Buffer | null;

  constructor({ token, allowedHosts, clock, look = () => {} }: AccessOptions) {
    this.#look = look;
    this.allowedHosts = allowedHosts;
    this.#sessions = new Sessions(clock);
    this.#attempts = new Attempts(clock);
    this.#digest = token === null ? null : digestOf(token);
  }

  get isTokenNeeded(): boolean {
    return this.#digest !== null;
  }

  judge({ token, session, address }: Credentials): Verdict {
    if (this.#digest === null) return { isAllowed: true, by: 'nothing', isStill: () => true };
    // A session is no guess: whoever has one is not held up by the tries of others behind the same address.
    if (session !== null && this.#sessions.has(session))
      return { isAllowed: true, by: 'session', isStill: () => this.#sessions.has(session) };
    if (token === null) return { isAllowed: false, reason: 'no-token' };
    const refusal = this.#try(token, address);
    if (refusal !== null) return refusal;
    const found = this.#digest;
    return { isAllowed: true, by: 'token', isStill: () => this.#digest === found };
  }

  /** Begins a session for whoever has the token. */
  logIn(token: string, address: string): LogIn {
    return this.#try(token, address) ?? { isAllowed: true, session: this.#sessions.begin() };
  }

  logOut(session: string): void {
    this.#sessions.end(session);
  }

  /** From now on it is this one; all sessions end, unless it was the same. */
  changeToken(token: string): void {
    const digest = digestOf(token);
    if (this.#digest !== null && timingSafeEqual(digest, this.#digest)) return;
    this.#digest = digest;
    this.#sessions.endAll();
  }

  /** Null when it is the token. While an address must wait, nothing is compared: it would learn whether it has guessed. */
  #try(token: string, address: string): Refusal | null {
    if (this.#digest === null) return null;
    const waitMs = this.#attempts.waitMs(address);
    if (waitMs > 0)
      return { isAllowed: false, reason: 'too-many-tries', waitSeconds: Math.ceil(waitMs / 1000) };
    const digest = digestOf(token);
    if (timingSafeEqual(digest, this.#digest)) return null;
    this.#look();
    if (timingSafeEqual(digest, this.#digest)) return null;
    this.#attempts.addWrong(address);
    return { isAllowed: false, reason: 'wrong-token' };
  }
}

/** Of equal length whatever the token is. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
