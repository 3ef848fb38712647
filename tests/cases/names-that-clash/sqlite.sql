CREATE TABLE "rows" (
  "id"            TEXT NOT NULL PRIMARY KEY,
  "title"         TEXT,
  "title_upper"   TEXT,
  "title_private" TEXT,
  "a_dot_b"       TEXT,
  "a_b"           TEXT
) STRICT;

CREATE TABLE "a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "one_id" TEXT    NOT NULL REFERENCES "rows" ("id") ON DELETE CASCADE,
  "x"      TEXT
) STRICT;

CREATE TABLE "cases_complement" (
  "document" TEXT NOT NULL,
  "table"    TEXT NOT NULL,
  "row"      TEXT NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "cases_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "a_very_long_name_that_still_fits_into_the_63_bytes_48a55ba2_idx" ON "a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres" ("one_id");

PRAGMA user_version = 1;
