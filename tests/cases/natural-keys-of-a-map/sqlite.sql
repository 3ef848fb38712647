CREATE TABLE "countries" (
  "code" TEXT NOT NULL PRIMARY KEY,
  "name" TEXT
) STRICT;

CREATE TABLE "towns" (
  "country_code" TEXT    NOT NULL REFERENCES "countries" ("code") ON DELETE CASCADE,
  "name"         TEXT    NOT NULL,
  "people"       INTEGER,
  PRIMARY KEY ("country_code", "name")
) STRICT;

CREATE TABLE "streets" (
  "town_country_code" TEXT    NOT NULL,
  "town_name"         TEXT    NOT NULL,
  "place"             INTEGER NOT NULL,
  "street"            TEXT,
  PRIMARY KEY ("town_country_code", "town_name", "place"),
  FOREIGN KEY ("town_country_code", "town_name") REFERENCES "towns" ("country_code", "name") ON DELETE CASCADE
) STRICT;

CREATE TABLE "geography_complement" (
  "document" TEXT NOT NULL,
  "table"    TEXT NOT NULL,
  "row"      TEXT NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "geography_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;
