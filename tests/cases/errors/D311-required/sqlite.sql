CREATE TABLE "books" (
  "id"    INTEGER PRIMARY KEY AUTOINCREMENT,
  "isbn"  TEXT    NOT NULL UNIQUE,
  "pages" INTEGER NOT NULL
) STRICT;

CREATE TABLE "chapters" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "books_id" INTEGER NOT NULL REFERENCES "books" ("id") ON DELETE CASCADE,
  "title"    TEXT    NOT NULL
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

CREATE INDEX "chapters_books_id_idx" ON "chapters" ("books_id");

CREATE VIEW "library_complement" AS
SELECT r."isbn" AS "document", n."table", n."row", n."shape", n."body"
  FROM "books" AS r
  JOIN "library_note" AS n ON n."table" = 'books' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."isbn" AS "document", n."table", n."row", n."shape", n."body"
  FROM "books" AS r JOIN "chapters" AS t0 ON t0."books_id" = r."id"
  JOIN "library_note" AS n ON n."table" = 'chapters' AND n."row" = t0."id"
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

CREATE TRIGGER "_docrel_chapters_insert" AFTER INSERT ON "chapters" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'chapters' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_chapters_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "chapters"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "library_note" WHERE "table" = 'chapters' AND "row" = NEW."id";
  UPDATE "library_note" SET "row" = NEW."id" WHERE "table" = 'chapters' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('chapters') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_chapters_delete" AFTER DELETE ON "chapters" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'chapters' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_chapters_move" AFTER UPDATE OF "books_id" ON "chapters"
WHEN (OLD."books_id") IS NOT (NEW."books_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('chapters');
  UPDATE "library_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('chapters'))
    WHERE "table" = 'chapters' AND "row" = NEW."id";
  INSERT INTO "library_note" ("table", "row", "rank")
    SELECT 'chapters', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('chapters'))
    WHERE NOT EXISTS (SELECT 1 FROM "library_note" WHERE "table" = 'chapters' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
