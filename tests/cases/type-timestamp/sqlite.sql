CREATE TABLE "rows" (
  "row"   TEXT NOT NULL PRIMARY KEY,
  "value" TEXT CHECK ("value" GLOB '[0-9]*' AND "value" > '0001' AND ("value" IS strftime('%Y-%m-%dT%H:%M:%SZ', "value", '+0 days') OR substr("value", 1, 19) IS strftime('%Y-%m-%dT%H:%M:%S', substr("value", 1, 19), '+0 days') AND substr("value", 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND substr("value", 20) <> '.000000Z'))
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
