CREATE TABLE "projects" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
);

CREATE TABLE "artifacts" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "project_id" INTEGER NOT NULL REFERENCES "projects" ("id") ON DELETE CASCADE,
  "kind"       TEXT,
  "name"       TEXT,
  "path"       TEXT,
  "url"        TEXT,
  "more"       TEXT
);

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

CREATE INDEX "artifacts_project_id_idx" ON "artifacts" ("project_id");

PRAGMA user_version = 1;
