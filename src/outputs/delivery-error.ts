// Why a place in the network did not take what it was sent, as far as it matters to what comes next.

/** Its message is a sentence for a person, without any secret. */
export class DeliveryError extends Error {
  /** Sending the same again is of no use: what was sent is refused as such. */
  readonly isFinal: boolean;
  /** The place asks to be left alone for so long; null when it does not say. */
  readonly retryAfterMs: number | null;
  /** What a person can do about it, for whoever tries the place out; null: nothing is known. */
  readonly remedy: string | null;

  constructor(
    message: string,
    {
      isFinal = false,
      retryAfterMs = null,
      remedy = null,
      cause,
    }: { isFinal?: boolean; retryAfterMs?: number | null; remedy?: string | null; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.isFinal = isFinal;
    this.retryAfterMs = retryAfterMs;
    this.remedy = remedy;
  }
}
