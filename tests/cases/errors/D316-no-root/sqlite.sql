CREATE TABLE "books" (
  "row_id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "id"     TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "maps" (
  "row_id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "id"     TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "library_complement" (
  "root"     TEXT    NOT NULL,
  "document" INTEGER NOT NULL,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("root", "document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "library_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;
