CREATE TABLE "agents" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "name"    TEXT    NOT NULL UNIQUE,
  "seen_at" TEXT    NOT NULL
) STRICT;

CREATE TABLE "memories" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "agent_id" INTEGER NOT NULL REFERENCES "agents" ("id") ON DELETE CASCADE,
  "text"     TEXT,
  "at"       TEXT    NOT NULL,
  "ttl"      INTEGER,
  "expires"  TEXT
) STRICT;

CREATE TABLE "memories_complement" (
  "document" INTEGER NOT NULL REFERENCES "agents" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "memories_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "memories_agent_id_idx" ON "memories" ("agent_id");

PRAGMA user_version = 1;
