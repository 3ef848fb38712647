CREATE TABLE "rows" (
  "row"   TEXT NOT NULL PRIMARY KEY,
  "value" REAL CHECK ("value" < 9e999 AND "value" > -9e999)
) STRICT;

CREATE TABLE "values_complement" (
  "document" TEXT NOT NULL,
  "table"    TEXT NOT NULL,
  "row"      TEXT NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "values_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;
