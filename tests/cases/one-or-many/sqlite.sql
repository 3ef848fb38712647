CREATE TABLE "books" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "isbn"   TEXT    NOT NULL UNIQUE,
  "author" TEXT
) STRICT;

CREATE TABLE "author_object" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "book_id" INTEGER NOT NULL UNIQUE REFERENCES "books" ("id") ON DELETE CASCADE,
  "name"    TEXT
) STRICT;

CREATE TABLE "authors" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "book_id" INTEGER NOT NULL REFERENCES "books" ("id") ON DELETE CASCADE,
  "name"    TEXT,
  "plain"   TEXT,
  CHECK (
    "name" IS NULL OR "plain" IS NULL
  )
) STRICT;

CREATE TABLE "library_complement" (
  "document" INTEGER NOT NULL REFERENCES "books" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "library_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "authors_book_id_idx" ON "authors" ("book_id");

PRAGMA user_version = 1;
