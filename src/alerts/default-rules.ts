// The rules that apply with `default-rules: on`, and with an objective. Pure.

/** No rule of the configuration may have one of these names; `maintenance` and silences may name them. */
export const DEFAULT_RULE_NAMES = [
  'server-errors-fast',
  'server-errors-slow',
  'client-errors',
  'slow-responses',
  'few-successes',
  'silence',
  'parse-failures',
  'burn-rate-fast',
  'burn-rate-slow',
] as const;
