CREATE TABLE "lockfiles" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "project" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "packages" (
  "id"          INTEGER PRIMARY KEY AUTOINCREMENT,
  "lockfile_id" INTEGER NOT NULL REFERENCES "lockfiles" ("id") ON DELETE CASCADE,
  "name"        TEXT    NOT NULL,
  "version"     TEXT    NOT NULL,
  "dev"         INTEGER CHECK ("dev" IN (0, 1)),
  UNIQUE ("lockfile_id", "name")
) STRICT;

CREATE TABLE "locks_complement" (
  "document" INTEGER NOT NULL REFERENCES "lockfiles" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "locks_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;
