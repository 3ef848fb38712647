CREATE TABLE "tasks" (
  "id"       TEXT    NOT NULL PRIMARY KEY,
  "priority" INTEGER NOT NULL DEFAULT 3,
  "done"     INTEGER DEFAULT 0 CHECK ("done" IN (0, 1)),
  "note"     TEXT    DEFAULT 'none'
) STRICT;

CREATE TABLE "tasks_complement" (
  "document" TEXT NOT NULL,
  "table"    TEXT NOT NULL,
  "row"      TEXT NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "tasks_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;
