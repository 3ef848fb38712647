CREATE TABLE "disks" (
  "id"    INTEGER PRIMARY KEY AUTOINCREMENT,
  "label" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "files" (
  "id"             INTEGER PRIMARY KEY AUTOINCREMENT,
  "disk_id"        INTEGER NOT NULL REFERENCES "disks" ("id") ON DELETE CASCADE,
  "parent_file_id" INTEGER REFERENCES "files" ("id") ON DELETE CASCADE,
  "name"           TEXT    NOT NULL,
  "size"           INTEGER,
  UNIQUE ("parent_file_id", "name"),
  CHECK (
    "parent_file_id" <> "id"
  )
) STRICT;

CREATE TABLE "disks_complement" (
  "document" INTEGER NOT NULL REFERENCES "disks" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "disks_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "files_disk_id_idx" ON "files" ("disk_id");

PRAGMA user_version = 1;
