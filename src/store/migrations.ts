// The schema of the state database, as the steps from each version to the next. A database keeps the number of
// steps it has gone in `user_version`. A step that was released is never changed.

/** The first version that has history. */
export const HISTORY_VERSION = 2;

export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE parts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE outbox (id INTEGER PRIMARY KEY, event TEXT NOT NULL, pending TEXT NOT NULL);`,
  `CREATE TABLE history_sources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
   CREATE TABLE history_paths (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
   CREATE TABLE history_series (
     id INTEGER PRIMARY KEY, source INTEGER NOT NULL, path INTEGER NOT NULL, method TEXT NOT NULL,
     status INTEGER NOT NULL, last_time INTEGER NOT NULL, UNIQUE (path, source, method, status));
   CREATE TABLE history_10s (
     time INTEGER NOT NULL, series INTEGER NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL, latencies BLOB,
     PRIMARY KEY (time, series)) WITHOUT ROWID;
   CREATE TABLE history_1m (
     time INTEGER NOT NULL, series INTEGER NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL, latencies BLOB,
     PRIMARY KEY (time, series)) WITHOUT ROWID;
   CREATE TABLE history_1h (
     time INTEGER NOT NULL, series INTEGER NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL, latencies BLOB,
     PRIMARY KEY (time, series)) WITHOUT ROWID;
   CREATE TABLE history_clients (
     time INTEGER NOT NULL, client TEXT NOT NULL, requests REAL NOT NULL, errors REAL NOT NULL,
     PRIMARY KEY (time, client)) WITHOUT ROWID;
   CREATE TABLE history_alerts (
     time INTEGER NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, rule TEXT NOT NULL, metric TEXT NOT NULL,
     severity TEXT NOT NULL, value REAL, unit TEXT NOT NULL, threshold REAL NOT NULL, since INTEGER NOT NULL, peak REAL,
     summary TEXT NOT NULL, PRIMARY KEY (time, id, state)) WITHOUT ROWID;
   CREATE TABLE history_imports (
     hash TEXT PRIMARY KEY, bytes INTEGER NOT NULL, name TEXT NOT NULL, imported INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE history_progress (
     id INTEGER PRIMARY KEY CHECK (id = 0), rolled_time INTEGER NOT NULL, rolled_series INTEGER NOT NULL,
     clients_before INTEGER NOT NULL, live_from INTEGER);
   INSERT INTO history_progress VALUES (0, -9007199254740991, 0, -9007199254740991, NULL);
   CREATE TABLE history_kept (level TEXT PRIMARY KEY, from_time INTEGER NOT NULL) WITHOUT ROWID;

   CREATE VIEW history_rows_10s AS SELECT time, series, requests, bytes, latencies FROM history_10s;
   CREATE VIEW history_rows_1m AS
     SELECT time, series, requests, bytes, latencies FROM history_1m
     UNION ALL
     SELECT time - (time % 60 + 60) % 60, series, requests, bytes, latencies FROM history_10s
     WHERE (time, series) > (SELECT rolled_time, rolled_series FROM history_progress);
   CREATE VIEW history_rows_1h AS
     SELECT time, series, requests, bytes, latencies FROM history_1h
     UNION ALL
     SELECT time - (time % 3600 + 3600) % 3600, series, requests, bytes, latencies FROM history_10s
     WHERE (time, series) > (SELECT rolled_time, rolled_series FROM history_progress);
   CREATE VIEW requests_10s AS
     SELECT h.time AS time, o.name AS source, p.name AS path, s.method AS method, s.status AS status,
       h.requests AS requests, h.bytes AS bytes, h.latencies AS latencies
     FROM history_rows_10s h JOIN history_series s ON s.id = h.series
     JOIN history_paths p ON p.id = s.path JOIN history_sources o ON o.id = s.source;
   CREATE VIEW requests_1m AS
     SELECT h.time AS time, o.name AS source, p.name AS path, s.method AS method, s.status AS status,
       h.requests AS requests, h.bytes AS bytes, h.latencies AS latencies
     FROM history_rows_1m h JOIN history_series s ON s.id = h.series
     JOIN history_paths p ON p.id = s.path JOIN history_sources o ON o.id = s.source;
   CREATE VIEW requests_1h AS
     SELECT h.time AS time, o.name AS source, p.name AS path, s.method AS method, s.status AS status,
       h.requests AS requests, h.bytes AS bytes, h.latencies AS latencies
     FROM history_rows_1h h JOIN history_series s ON s.id = h.series
     JOIN history_paths p ON p.id = s.path JOIN history_sources o ON o.id = s.source;
   CREATE VIEW clients_1m AS SELECT time, client, requests, errors FROM history_clients;
   CREATE VIEW alerts AS
     SELECT time, id, state, rule, metric, severity, value, unit, threshold, since, peak, summary FROM history_alerts;`,
  // A JSON list of text, or null; the index is for those that have become too old.
  `ALTER TABLE history_alerts ADD COLUMN lines TEXT;
   CREATE INDEX history_alert_lines ON history_alerts (time) WHERE lines IS NOT NULL;
   DROP VIEW alerts;
   CREATE VIEW alerts AS
     SELECT time, id, state, rule, metric, severity, value, unit, threshold, since, peak, summary, lines
     FROM history_alerts;`,
  // Of an alert that fires why, as a JSON object without lines, or null; one index for both that become too old.
  `ALTER TABLE history_alerts ADD COLUMN explanation TEXT;
   DROP INDEX history_alert_lines;
   CREATE INDEX history_alert_details ON history_alerts (time) WHERE lines IS NOT NULL OR explanation IS NOT NULL;
   DROP VIEW alerts;
   CREATE VIEW alerts AS
     SELECT time, id, state, rule, metric, severity, value, unit, threshold, since, peak, summary, lines, explanation
     FROM history_alerts;`,
];
