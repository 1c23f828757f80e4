// Gets from history what the view asks for. What was there before is kept until the new comes, so that nothing flickers.
import type { SeriesAnswer, SeriesFound } from '../src/http/series-answer.ts';
import { questionOf } from './question.ts';
import type { Question } from './question.ts';
import type { RangeState } from './span.ts';
import type { View } from './view.ts';

/** After a failure; twice as long after each further one, up to `RETRY_MAX_MS`. */
const RETRY_MS = 3000;
const RETRY_MAX_MS = 60_000;
const UNREACHED = 'fluffy can not be reached';

export class SeriesFeed {
  readonly #changed: () => void;
  #asked: Question | null = null;
  #found: { readonly subject: string; readonly answer: SeriesFound } | null = null;
  #problem: string | null = null;
  #triedMs = 0;
  #failures = 0;
  #abort: AbortController | null = null;

  /** `changed`: called when there is something else to show. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Call it whenever the view or the time is another; null for a live view. */
  look(view: View, toldSeconds: number): RangeState | null {
    const question = questionOf(view, toldSeconds);
    if (question === null) {
      this.#forget();
      return null;
    }
    if (this.#isDue(question)) void this.#ask(question);
    const isOld = this.#found !== null && this.#found.subject !== question.subject;
    // With a reason why it can't be had, what is shown must not be of something else.
    const found = isOld && this.#problem !== null ? null : (this.#found?.answer ?? null);
    return { found, isOld, problem: this.#problem };
  }

  #forget(): void {
    this.#abort?.abort();
    this.#abort = this.#asked = this.#found = this.#problem = null;
  }

  #isDue(question: Question): boolean {
    if (this.#asked?.subject !== question.subject) return true;
    if (this.#abort !== null || document.hidden) return false;
    if (this.#failures > 0) {
      const waitMs = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** (this.#failures - 1));
      return performance.now() - this.#triedMs >= waitMs;
    }
    return this.#asked.url !== question.url;
  }

  async #ask(question: Question): Promise<void> {
    if (this.#asked?.subject !== question.subject) {
      this.#abort?.abort();
      this.#problem = null;
      this.#failures = 0;
    }
    const abort = new AbortController();
    this.#abort = abort;
    this.#asked = question;
    this.#triedMs = performance.now();
    const answer = await load(question.url, abort.signal);
    // Somebody asked for something else meanwhile.
    if (this.#abort !== abort) return;
    this.#abort = null;
    this.#problem = answer.available ? null : answer.reason;
    this.#failures = answer.available ? 0 : this.#failures + 1;
    if (answer.available) this.#found = { subject: question.subject, answer };
    this.#changed();
  }
}

async function load(url: string, signal: AbortSignal): Promise<SeriesAnswer> {
  try {
    const response = await fetch(url, { signal });
    const answer: SeriesAnswer = await response.json();
    return answer;
  } catch {
    return { available: false, reason: UNREACHED };
  }
}
