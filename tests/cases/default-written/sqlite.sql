CREATE TABLE "manifests" (
  "name" TEXT    NOT NULL PRIMARY KEY,
  "api"  TEXT,
  "size" INTEGER NOT NULL
) STRICT;

CREATE TABLE "manifests_complement" (
  "document" TEXT NOT NULL,
  "table"    TEXT NOT NULL,
  "row"      TEXT NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "manifests_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;
