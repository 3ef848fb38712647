CREATE TABLE "features" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "browsers" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "feature_id" INTEGER NOT NULL REFERENCES "features" ("id") ON DELETE CASCADE,
  "browser"    TEXT    NOT NULL,
  UNIQUE ("feature_id", "browser")
) STRICT;

CREATE TABLE "versions" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "browser_id" INTEGER NOT NULL REFERENCES "browsers" ("id") ON DELETE CASCADE,
  "version"    TEXT    NOT NULL,
  UNIQUE ("browser_id", "version")
) STRICT;

CREATE TABLE "flags" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "version_id" INTEGER NOT NULL REFERENCES "versions" ("id") ON DELETE CASCADE,
  "flag"       TEXT    NOT NULL,
  "enabled"    INTEGER CHECK ("enabled" IN (0, 1)),
  UNIQUE ("version_id", "flag")
) STRICT;

CREATE TABLE "support_complement" (
  "document" INTEGER NOT NULL REFERENCES "features" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "support_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;
