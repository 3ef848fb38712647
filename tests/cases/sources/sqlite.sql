CREATE TABLE "agents" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
);

CREATE TABLE "notes" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "agent_id" INTEGER NOT NULL REFERENCES "agents" ("id") ON DELETE CASCADE,
  "kind"     TEXT    NOT NULL,
  "text"     TEXT,
  "body"     TEXT
);

CREATE TABLE "agents_complement" (
  "document" INTEGER NOT NULL REFERENCES "agents" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "agents_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "notes_agent_id_idx" ON "notes" ("agent_id");

PRAGMA user_version = 1;
