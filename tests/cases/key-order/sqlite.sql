CREATE TABLE "books" (
  "id"    INTEGER PRIMARY KEY AUTOINCREMENT,
  "isbn"  TEXT    NOT NULL UNIQUE,
  "title" TEXT,
  "year"  INTEGER,
  "more"  TEXT    CHECK ("more" IS NULL OR "more" GLOB '{*' OR ltrim("more", char(9, 10, 13, 32)) GLOB '{*')
) STRICT;

CREATE TABLE "library_complement" (
  "document" INTEGER NOT NULL REFERENCES "books" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
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
