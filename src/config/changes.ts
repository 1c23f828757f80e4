// Which keys of a configuration differ from what the monitor was started with, of those that it takes over at a start only.
import type { Config } from './schema.ts';

/** What a user calls it, for what is taken over at a start only; null for what is taken over while the monitor runs. */
const NAMES: Readonly<Record<keyof Config, string | null>> = {
  filename: 'filename',
  startFrom: 'start-from',
  logFormat: 'log-format',
  jsonFields: 'json-fields',
  lineBytesMax: 'line-bytes-max',
  templatePaths: 'template-paths',
  pathPatterns: 'path-patterns',
  latenessSeconds: 'lateness',
  hasDefaultRules: null,
  objective: null,
  alerts: null,
  isExplained: null,
  hasLines: null,
  repeatSeconds: null,
  channels: 'channels',
  maintenance: null,
  alertPath: 'alert-path',
  alertWindowSeconds: null,
  threshold: null,
  reportPath: 'report-path',
  reportTime: 'report-time',
  reportTop: 'report-top',
  reportStdout: 'report-stdout',
  statePath: 'state-path',
  hasHistory: 'history',
  historySeconds: 'history-10s, history-1m, history-1h',
  historyBytesMax: 'history-max-size',
  timezone: 'timezone',
  realClientFrom: 'real-client-from',
  trustedProxies: 'trusted-proxies',
  anonymiseIp: 'anonymise-ip',
  logPath: 'log-path',
  logLevel: 'log-level',
  output: 'output',
  fileBytesMax: 'max-file-size',
  fileCountMax: 'max-files',
  http: 'http',
  isConfigWatched: 'watch-config',
};

/** Their names in a configuration file. */
export function findChanges(started: Config, loaded: Config): string[] {
  const before = new Map<string, unknown>(Object.entries(started));
  const changed = new Set(
    Object.entries(loaded)
      .filter(([key, value]) => JSON.stringify(before.get(key)) !== JSON.stringify(value))
      .map(([key]) => key),
  );
  return Object.entries(NAMES).flatMap(([key, name]) => (name !== null && changed.has(key) ? [name] : []));
}
