CREATE TABLE "stations" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE,
  "town" TEXT    DEFAULT 'nowhere' CHECK ("town" <> 'München'),
  "more" TEXT    CHECK ("more" IS NULL OR "more" GLOB '{*' OR ltrim("more", char(9, 10, 13, 32)) GLOB '{*')
) STRICT;

CREATE TABLE "days" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "station_id" INTEGER NOT NULL REFERENCES "stations" ("id") ON DELETE CASCADE,
  "day"        TEXT    NOT NULL,
  UNIQUE ("station_id", "day")
) STRICT;

CREATE TABLE "readings" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "day_id" INTEGER NOT NULL REFERENCES "days" ("id") ON DELETE CASCADE,
  "nth"    INTEGER NOT NULL,
  "value"  REAL    CHECK ("value" < 9e999 AND "value" > -9e999),
  "unit"   TEXT    DEFAULT 'C'
) STRICT;

CREATE TABLE "readings_complement" (
  "document" INTEGER NOT NULL REFERENCES "stations" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "readings_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "idx_readings_value" ON "readings" ("value");

CREATE INDEX "readings_day_id_idx" ON "readings" ("day_id");

PRAGMA user_version = 1;
