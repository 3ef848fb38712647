CREATE TABLE "documents" (
  "id"    INTEGER PRIMARY KEY AUTOINCREMENT,
  "name"  TEXT    NOT NULL UNIQUE,
  "value" TEXT,
  "title" TEXT,
  CHECK (
    "value" IS NULL OR "title" IS NULL
  )
) STRICT;

CREATE TABLE "items" (
  "id"          INTEGER PRIMARY KEY AUTOINCREMENT,
  "document_id" INTEGER NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "x"           INTEGER
) STRICT;

CREATE TABLE "anything_complement" (
  "document" INTEGER NOT NULL REFERENCES "documents" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "anything_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "items_document_id_idx" ON "items" ("document_id");

PRAGMA user_version = 1;
