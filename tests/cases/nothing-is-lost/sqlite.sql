CREATE TABLE "things" (
  "id"    TEXT    NOT NULL PRIMARY KEY,
  "i"     INTEGER,
  "r"     REAL    CHECK ("r" < 9e999 AND "r" > -9e999),
  "t"     TEXT,
  "inner" TEXT
) STRICT;

CREATE TABLE "items" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "thing_id" TEXT    NOT NULL REFERENCES "things" ("id") ON DELETE CASCADE,
  "x"        TEXT
) STRICT;

CREATE TABLE "anything_complement" (
  "document" TEXT NOT NULL,
  "table"    TEXT NOT NULL,
  "row"      TEXT NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "anything_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "items_thing_id_idx" ON "items" ("thing_id");

PRAGMA user_version = 1;
