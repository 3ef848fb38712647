CREATE TABLE "tasks" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "title"   TEXT    NOT NULL UNIQUE,
  "created" TEXT,
  "updated" TEXT    NOT NULL
) STRICT;

CREATE TABLE "steps" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "task_id" INTEGER NOT NULL REFERENCES "tasks" ("id") ON DELETE CASCADE,
  "what"    TEXT,
  "at"      TEXT    NOT NULL
) STRICT;

CREATE TABLE "tasks_complement" (
  "document" INTEGER NOT NULL REFERENCES "tasks" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
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

CREATE INDEX "steps_task_id_idx" ON "steps" ("task_id");

PRAGMA user_version = 1;
