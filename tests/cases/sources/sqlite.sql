CREATE TABLE "agents" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "notes" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "agent_id" INTEGER NOT NULL REFERENCES "agents" ("id") ON DELETE CASCADE,
  "kind"     TEXT    NOT NULL,
  "text"     TEXT,
  "body"     TEXT    CHECK ("body" IS NULL OR "body" GLOB '[[{"]*' OR "body" IN ('null', 'true', 'false') OR "body" GLOB '[-0-9]*' AND "body" NOT GLOB '*[^-+.0-9Ee]*' OR ltrim("body", char(9, 10, 13, 32)) GLOB '[[{]*')
) STRICT;

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
