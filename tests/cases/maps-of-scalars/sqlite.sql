CREATE TABLE "hosts" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "host" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "variables" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "host_id" INTEGER NOT NULL REFERENCES "hosts" ("id") ON DELETE CASCADE,
  "name"    TEXT    NOT NULL,
  "value"   TEXT,
  UNIQUE ("host_id", "name")
) STRICT;

CREATE TABLE "settings_complement" (
  "document" INTEGER NOT NULL REFERENCES "hosts" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "settings_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;
