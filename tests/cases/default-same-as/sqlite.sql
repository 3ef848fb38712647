CREATE TABLE "logs" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "name"    TEXT    NOT NULL UNIQUE,
  "started" TEXT
) STRICT;

CREATE TABLE "lines" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "log_id" INTEGER NOT NULL REFERENCES "logs" ("id") ON DELETE CASCADE,
  "text"   TEXT,
  "at"     TEXT    NOT NULL
) STRICT;

CREATE TABLE "marks" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "log_id" INTEGER NOT NULL REFERENCES "logs" ("id") ON DELETE CASCADE,
  "mark"   TEXT,
  "at"     TEXT
) STRICT;

CREATE TABLE "logs_complement" (
  "document" INTEGER NOT NULL REFERENCES "logs" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "logs_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "lines_log_id_idx" ON "lines" ("log_id");

CREATE INDEX "marks_log_id_idx" ON "marks" ("log_id");

PRAGMA user_version = 1;
