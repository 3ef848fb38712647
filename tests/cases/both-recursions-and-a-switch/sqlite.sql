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

CREATE TABLE "pages_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
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

CREATE VIEW "pages_complement" AS
SELECT r."url" AS "document", n."table", n."row", n."shape", n."body"
  FROM "pages" AS r
  JOIN "pages_note" AS n ON n."table" = 'pages' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."url" AS "document", n."table", n."row", n."shape", n."body"
  FROM "pages" AS r JOIN "boxes" AS t0 ON t0."page_id" = r."id"
  JOIN "pages_note" AS n ON n."table" = 'boxes' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."url" AS "document", n."table", n."row", n."shape", n."body"
  FROM "pages" AS r JOIN "boxes" AS t0 ON t0."page_id" = r."id" JOIN "words" AS t1 ON t1."box_id" = t0."id"
  JOIN "pages_note" AS n ON n."table" = 'words' AND n."row" = t1."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."url" AS "document", n."table", n."row", n."shape", n."body"
  FROM "pages" AS r JOIN "images" AS t0 ON t0."page_id" = r."id"
  JOIN "pages_note" AS n ON n."table" = 'images' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_pages_insert" AFTER INSERT ON "pages" BEGIN
  DELETE FROM "pages_note" WHERE "table" = 'pages' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_pages_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "pages"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "pages_note" WHERE "table" = 'pages' AND "row" = NEW."id";
  UPDATE "pages_note" SET "row" = NEW."id" WHERE "table" = 'pages' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('pages') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_pages_delete" AFTER DELETE ON "pages" BEGIN
  DELETE FROM "pages_note" WHERE "table" = 'pages' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_boxes_insert" AFTER INSERT ON "boxes" BEGIN
  DELETE FROM "pages_note" WHERE "table" = 'boxes' AND "row" = NEW."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('images') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_boxes_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "boxes"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "pages_note" WHERE "table" = 'boxes' AND "row" = NEW."id";
  UPDATE "pages_note" SET "row" = NEW."id" WHERE "table" = 'boxes' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('boxes', 'images') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_boxes_delete" AFTER DELETE ON "boxes" BEGIN
  DELETE FROM "pages_note" WHERE "table" = 'boxes' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_words_insert" AFTER INSERT ON "words" BEGIN
  DELETE FROM "pages_note" WHERE "table" = 'words' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_words_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "words"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "pages_note" WHERE "table" = 'words' AND "row" = NEW."id";
  UPDATE "pages_note" SET "row" = NEW."id" WHERE "table" = 'words' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('words') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_words_delete" AFTER DELETE ON "words" BEGIN
  DELETE FROM "pages_note" WHERE "table" = 'words' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_words_move" AFTER UPDATE OF "box_id" ON "words"
WHEN (OLD."box_id") IS NOT (NEW."box_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('words');
  UPDATE "pages_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('words'))
    WHERE "table" = 'words' AND "row" = NEW."id";
  INSERT INTO "pages_note" ("table", "row", "rank")
    SELECT 'words', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('words'))
    WHERE NOT EXISTS (SELECT 1 FROM "pages_note" WHERE "table" = 'words' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_images_insert" AFTER INSERT ON "images" BEGIN
  DELETE FROM "pages_note" WHERE "table" = 'images' AND "row" = NEW."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('boxes') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_images_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "images"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "pages_note" WHERE "table" = 'images' AND "row" = NEW."id";
  UPDATE "pages_note" SET "row" = NEW."id" WHERE "table" = 'images' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('boxes', 'images') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_images_delete" AFTER DELETE ON "images" BEGIN
  DELETE FROM "pages_note" WHERE "table" = 'images' AND "row" = OLD."id";
END;

PRAGMA user_version = 1;
