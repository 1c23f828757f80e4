// The schema of the state database, as the steps from each version to the next. A database keeps the number of
// steps it has gone in `user_version`. A step that was released is never changed.

export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE parts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE outbox (id INTEGER PRIMARY KEY, event TEXT NOT NULL, pending TEXT NOT NULL);`,
];
