CREATE TABLE "bundles" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "people" (
  "id"        INTEGER PRIMARY KEY AUTOINCREMENT,
  "bundle_id" INTEGER NOT NULL REFERENCES "bundles" ("id") ON DELETE CASCADE,
  "name"      TEXT    NOT NULL
) STRICT;

CREATE TABLE "towns" (
  "id"        INTEGER PRIMARY KEY AUTOINCREMENT,
  "bundle_id" INTEGER NOT NULL REFERENCES "bundles" ("id") ON DELETE CASCADE,
  "name"      TEXT    NOT NULL,
  "kind"      TEXT    NOT NULL CHECK ("kind" IN ('town', 'city'))
) STRICT;

CREATE TABLE "bundles_complement" (
  "document" INTEGER NOT NULL REFERENCES "bundles" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "bundles_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "people_bundle_id_idx" ON "people" ("bundle_id");

CREATE INDEX "towns_bundle_id_idx" ON "towns" ("bundle_id");

PRAGMA user_version = 1;
