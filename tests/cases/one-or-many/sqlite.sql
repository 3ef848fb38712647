CREATE TABLE "books" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "isbn"   TEXT    NOT NULL UNIQUE,
  "author" TEXT
);

CREATE TABLE "author_object" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "book_id" INTEGER NOT NULL REFERENCES "books" ("id") ON DELETE CASCADE,
  "name"    TEXT
);

CREATE TABLE "authors" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "book_id" INTEGER NOT NULL REFERENCES "books" ("id") ON DELETE CASCADE,
  "name"    TEXT,
  "plain"   TEXT
);

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

CREATE INDEX "author_object_book_id_idx" ON "author_object" ("book_id");

CREATE INDEX "authors_book_id_idx" ON "authors" ("book_id");

PRAGMA user_version = 1;
