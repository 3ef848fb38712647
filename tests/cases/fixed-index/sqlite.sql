CREATE TABLE "places" (
  "id"        INTEGER PRIMARY KEY AUTOINCREMENT,
  "name"      TEXT    NOT NULL UNIQUE,
  "longitude" REAL    CHECK ("longitude" < 9e999 AND "longitude" > -9e999),
  "latitude"  REAL    CHECK ("latitude" < 9e999 AND "latitude" > -9e999)
) STRICT;

CREATE TABLE "places_complement" (
  "document" INTEGER NOT NULL REFERENCES "places" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "places_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;
