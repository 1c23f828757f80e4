// Options of the command line that go before a key of the configuration, and before its variable.

/** A value from the command line, for the variable that it goes before. */
export interface Override {
  readonly text: string;
  readonly option: string;
}

/** Options that go before a key of the configuration. */
interface OverridingOptions {
  readonly threshold?: string;
  readonly alertWindow?: string;
  readonly logFormat?: string;
  readonly lateness?: string;
  readonly top?: string;
}

/** By variable; only those that were given. */
export function overridesOf(options: OverridingOptions): Map<string, Override> {
  const overrides = new Map<string, Override>();
  for (const { text, variable, option } of [
    { text: options.threshold, variable: 'FLUFFY_THRESHOLD', option: '--threshold' },
    { text: options.alertWindow, variable: 'FLUFFY_ALERT_WINDOW', option: '--alert-window' },
    { text: options.logFormat, variable: 'FLUFFY_LOG_FORMAT', option: '--log-format' },
    { text: options.lateness, variable: 'FLUFFY_LATENESS', option: '--lateness' },
    { text: options.top, variable: 'FLUFFY_REPORT_TOP', option: '--top' },
  ]) {
    if (text !== undefined) overrides.set(variable, { text, option });
  }
  return overrides;
}
