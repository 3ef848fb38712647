CREATE TABLE "tasks" (
  "id"     TEXT    NOT NULL PRIMARY KEY,
  "status" TEXT    CHECK ("status" IN ('todo', 'in_progress', 'done')),
  "level"  INTEGER CHECK ("level" IN (1, 2, 3, 9))
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
