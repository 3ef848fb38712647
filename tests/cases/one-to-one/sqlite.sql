CREATE TABLE "people" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "addresses" (
  "id"        INTEGER PRIMARY KEY AUTOINCREMENT,
  "person_id" INTEGER NOT NULL UNIQUE REFERENCES "people" ("id") ON DELETE CASCADE,
  "street"    TEXT,
  "town"      TEXT    NOT NULL
) STRICT;

CREATE TABLE "people_complement" (
  "document" INTEGER NOT NULL REFERENCES "people" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "people_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;
