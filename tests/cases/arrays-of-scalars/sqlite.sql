CREATE TABLE "books" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "isbn" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "tags" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "book_id" INTEGER NOT NULL REFERENCES "books" ("id") ON DELETE CASCADE,
  "tag"     TEXT
) STRICT;

CREATE TABLE "library_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "library_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "tags_book_id_idx" ON "tags" ("book_id");

CREATE VIEW "library_complement" AS
SELECT r."isbn" AS "document", n."table", n."row", n."shape", n."body"
  FROM "books" AS r
  JOIN "library_note" AS n ON n."table" = 'books' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."isbn" AS "document", n."table", n."row", n."shape", n."body"
  FROM "books" AS r JOIN "tags" AS t0 ON t0."book_id" = r."id"
  JOIN "library_note" AS n ON n."table" = 'tags' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_books_insert" AFTER INSERT ON "books" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'books' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_books_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "books"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "library_note" WHERE "table" = 'books' AND "row" = NEW."id";
  UPDATE "library_note" SET "row" = NEW."id" WHERE "table" = 'books' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('books') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_books_delete" AFTER DELETE ON "books" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'books' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_tags_insert" AFTER INSERT ON "tags" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'tags' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_tags_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "tags"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "library_note" WHERE "table" = 'tags' AND "row" = NEW."id";
  UPDATE "library_note" SET "row" = NEW."id" WHERE "table" = 'tags' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('tags') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_tags_delete" AFTER DELETE ON "tags" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'tags' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_tags_move" AFTER UPDATE OF "book_id" ON "tags"
WHEN (OLD."book_id") IS NOT (NEW."book_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('tags');
  UPDATE "library_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('tags'))
    WHERE "table" = 'tags' AND "row" = NEW."id";
  INSERT INTO "library_note" ("table", "row", "rank")
    SELECT 'tags', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('tags'))
    WHERE NOT EXISTS (SELECT 1 FROM "library_note" WHERE "table" = 'tags' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
