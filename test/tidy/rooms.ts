// Which file of src/ is of which kind (docs/ARCHITECTURE.md): a contract, pure, or touching the world. What is on
// neither list is pure.

/** Between two rooms: types, and constants that belong to them. */
export const CONTRACTS: readonly string[] = [
  'src/alerts/rule.ts',
  'src/outputs/channel.ts',
  'src/outputs/output.ts',
  'src/parse/record.ts',
  'src/source/follow-context.ts',
  'src/source/follow-logger.ts',
  'src/source/source.ts',
  'src/store/store.ts',
];

/** These read or write something, know the time, or start something; so do those that are built of them. */
export const WORLDLY: readonly string[] = [
  'src/app.ts',
  'src/clock.ts',
  'src/commands/health.ts',
  'src/commands/monitor-client.ts',
  'src/commands/status.ts',
  'src/config/config-file.ts',
  'src/config/load.ts',
  'src/config/rules-file.ts',
  'src/history-run.ts',
  'src/http/server.ts',
  'src/logger.ts',
  'src/main.ts',
  'src/outputs/console.ts',
  'src/outputs/file.ts',
  'src/outputs/log-file.ts',
  'src/outputs/open.ts',
  'src/outputs/rotating-file.ts',
  'src/replay.ts',
  'src/reports/scheduler.ts',
  'src/source/chain-link.ts',
  'src/source/link-maker.ts',
  'src/source/decompression.ts',
  'src/source/directory-watch.ts',
  'src/source/first-time.ts',
  'src/source/follow.ts',
  'src/source/generation-chain.ts',
  'src/source/generation.ts',
  'src/source/history-order.ts',
  'src/source/history.ts',
  'src/source/inode-tail.ts',
  'src/source/line-start.ts',
  'src/source/name.ts',
  'src/source/path-follower.ts',
  'src/source/pattern.ts',
  'src/source/recovery.ts',
  'src/source/resumption.ts',
  'src/source/sample.ts',
  'src/source/siblings.ts',
  'src/store/sqlite.ts',
  'src/suggest.ts',
];

/** Packages and built-in modules that one file of src/ keeps to itself. */
export const SOLE_IMPORTERS: Readonly<Record<string, string>> = {
  '@godaddy/terminus': 'src/main.ts',
  commander: 'src/main.ts',
  croner: 'src/reports/boundaries.ts',
  'node-cron': 'src/reports/scheduler.ts',
  'node:sqlite': 'src/store/sqlite.ts',
  pino: 'src/logger.ts',
  'pino-pretty': 'src/logger.ts',
  'rotating-file-stream': 'src/outputs/rotating-file.ts',
  tail: 'src/source/inode-tail.ts',
  yaml: 'src/config/yaml-document.ts',
};
