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

CREATE INDEX "authors_book_id_idx" ON "authors" ("book_id");

CREATE VIEW "library_complement" AS
SELECT r."isbn" AS "document", n."table", n."row", n."shape", n."body"
  FROM "books" AS r
  JOIN "library_note" AS n ON n."table" = 'books' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."isbn" AS "document", n."table", n."row", n."shape", n."body"
  FROM "books" AS r JOIN "author_object" AS t0 ON t0."book_id" = r."id"
  JOIN "library_note" AS n ON n."table" = 'author_object' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."isbn" AS "document", n."table", n."row", n."shape", n."body"
  FROM "books" AS r JOIN "authors" AS t0 ON t0."book_id" = r."id"
  JOIN "library_note" AS n ON n."table" = 'authors' AND n."row" = t0."id"
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

CREATE TRIGGER "_docrel_author_object_insert" AFTER INSERT ON "author_object" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'author_object' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_author_object_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "author_object"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "library_note" WHERE "table" = 'author_object' AND "row" = NEW."id";
  UPDATE "library_note" SET "row" = NEW."id" WHERE "table" = 'author_object' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('author_object') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_author_object_delete" AFTER DELETE ON "author_object" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'author_object' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_author_object_move" AFTER UPDATE OF "book_id" ON "author_object"
WHEN (OLD."book_id") IS NOT (NEW."book_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('author_object');
  UPDATE "library_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('author_object'))
    WHERE "table" = 'author_object' AND "row" = NEW."id";
  INSERT INTO "library_note" ("table", "row", "rank")
    SELECT 'author_object', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('author_object'))
    WHERE NOT EXISTS (SELECT 1 FROM "library_note" WHERE "table" = 'author_object' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_authors_insert" AFTER INSERT ON "authors" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'authors' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_authors_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "authors"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "library_note" WHERE "table" = 'authors' AND "row" = NEW."id";
  UPDATE "library_note" SET "row" = NEW."id" WHERE "table" = 'authors' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('authors') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_authors_delete" AFTER DELETE ON "authors" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'authors' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_authors_move" AFTER UPDATE OF "book_id" ON "authors"
WHEN (OLD."book_id") IS NOT (NEW."book_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('authors');
  UPDATE "library_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('authors'))
    WHERE "table" = 'authors' AND "row" = NEW."id";
  INSERT INTO "library_note" ("table", "row", "rank")
    SELECT 'authors', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('authors'))
    WHERE NOT EXISTS (SELECT 1 FROM "library_note" WHERE "table" = 'authors' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
