CREATE TABLE "pages" (
  "id"  INTEGER PRIMARY KEY AUTOINCREMENT,
  "url" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "boxes" (
  "id"            INTEGER PRIMARY KEY AUTOINCREMENT,
  "page_id"       INTEGER NOT NULL REFERENCES "pages" ("id") ON DELETE CASCADE,
  "parent_box_id" INTEGER REFERENCES "boxes" ("id") ON DELETE CASCADE,
  "place"         INTEGER NOT NULL,
  "colour"        TEXT    CHECK ("colour" IN ('red', 'blue')),
  "more"          TEXT    CHECK ("more" IS NULL OR "more" GLOB '{*' OR ltrim("more", char(9, 10, 13, 32)) GLOB '{*'),
  CHECK (
    "parent_box_id" <> "id"
  )
) STRICT;

CREATE TABLE "words" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "box_id"   INTEGER NOT NULL REFERENCES "boxes" ("id") ON DELETE CASCADE,
  "language" TEXT    NOT NULL,
  "word"     TEXT,
  UNIQUE ("box_id", "language")
) STRICT;

CREATE TABLE "images" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "page_id" INTEGER NOT NULL REFERENCES "pages" ("id") ON DELETE CASCADE,
  "place"   INTEGER NOT NULL,
  "src"     TEXT    NOT NULL
) STRICT;

CREATE TABLE "pages_complement" (
  "document" INTEGER NOT NULL REFERENCES "pages" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "pages_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "boxes_page_id_idx" ON "boxes" ("page_id");

CREATE INDEX "boxes_parent_box_id_idx" ON "boxes" ("parent_box_id");

CREATE INDEX "images_page_id_idx" ON "images" ("page_id");

PRAGMA user_version = 1;
