CREATE TABLE "projects" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "artifacts" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "project_id" INTEGER NOT NULL REFERENCES "projects" ("id") ON DELETE CASCADE,
  "kind"       TEXT    NOT NULL,
  "name"       TEXT    NOT NULL,
  "path"       TEXT,
  "url"        TEXT,
  "more"       TEXT    CHECK ("more" IS NULL OR "more" GLOB '{*' OR ltrim("more", char(9, 10, 13, 32)) GLOB '{*'),
  UNIQUE ("project_id", "kind", "name")
) STRICT;

CREATE TABLE "projects_complement" (
  "document" INTEGER NOT NULL REFERENCES "projects" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "projects_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;
