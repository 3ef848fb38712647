CREATE TABLE "jobs" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "name"   TEXT    NOT NULL UNIQUE,
  "args"   TEXT    NOT NULL CHECK ("args" IS NULL OR "args" GLOB '[[{"]*' OR "args" IN ('null', 'true', 'false') OR "args" GLOB '[-0-9]*' AND "args" NOT GLOB '*[^-+.0-9Ee]*' OR ltrim("args", char(9, 10, 13, 32)) GLOB '[[{]*'),
  "result" TEXT    CHECK ("result" IS NULL OR "result" GLOB '[[{"]*' OR "result" IN ('null', 'true', 'false') OR "result" GLOB '[-0-9]*' AND "result" NOT GLOB '*[^-+.0-9Ee]*' OR ltrim("result", char(9, 10, 13, 32)) GLOB '[[{]*')
) STRICT;

CREATE TABLE "jobs_complement" (
  "document" INTEGER NOT NULL REFERENCES "jobs" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "jobs_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;
