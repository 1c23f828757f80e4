// The defaults as numbers and paths, written out by hand: what the shipped config.yml must mean.
import type { Config } from '../../src/config/schema.ts';

export const DEFAULT_CONFIG: Config = {
  filename: ['logs/access.log'],
  startFrom: 'end',
  logFormat: 'auto',
  lineBytesMax: 65_536,
  templatePaths: true,
  pathPatterns: [],
  latenessSeconds: 2,
  alertPath: 'data/alerts.log',
  alertWindowSeconds: 120,
  threshold: 10,
  reportPath: 'data/reports.log',
  reportTime: { kind: 'interval', seconds: 10 },
  reportTop: 20,
  reportStdout: false,
  statePath: 'data/fluffy.db',
  timezone: 'UTC',
  logPath: null,
  logLevel: 'info',
  output: 'text',
  fileBytesMax: 10_485_760,
  fileCountMax: 5,
  http: { address: '127.0.0.1', port: 9180 },
};
