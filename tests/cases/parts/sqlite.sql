CREATE TABLE "missions" (
  "id" TEXT NOT NULL PRIMARY KEY
) STRICT;

CREATE TABLE "narrative" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "mission_id" TEXT    NOT NULL REFERENCES "missions" ("id") ON DELETE CASCADE,
  "text"       TEXT
) STRICT;

CREATE TABLE "missions_complement" (
  "document" TEXT NOT NULL,
  "table"    TEXT NOT NULL,
  "row"      TEXT NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "missions_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "narrative_mission_id_idx" ON "narrative" ("mission_id");

PRAGMA user_version = 1;
