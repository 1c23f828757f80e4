// The default of every key, written as it would stand in config.yml, so that a default passes through the same
// validation as a given value and the documentation can show it. Pure.

/** In the order of the documentation. The type of a default also decides how a variable's text is understood. */
export const DEFAULTS = {
  filename: 'logs/access.log',
  'start-from': 'end',
  'log-format': 'auto',
  'json-fields': 'off',
  timezone: 'UTC',
  'real-client-from': 'off',
  'trusted-proxies': 'none',
  'anonymise-ip': false,
  lateness: '2s',
  'line-bytes-max': '64KiB',
  'template-paths': true,
  'path-patterns': 'off',
  threshold: 10,
  'alert-window': '2m',
  'alert-path': 'data/alerts.log',
  'report-time': '10s',
  'report-path': 'data/reports.log',
  'report-top': 20,
  'report-stdout': false,
  'state-path': 'data/fluffy.db',
  output: 'text',
  'max-file-size': '10MiB',
  'max-files': 5,
  'http.address': '127.0.0.1',
  'http.port': 9180,
  'log-level': 'info',
  'log-path': 'off',
} as const;
