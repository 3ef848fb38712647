CREATE TABLE "books" (
  "row_id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "id"     TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "maps" (
  "row_id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "id"     TEXT    NOT NULL UNIQUE
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

CREATE VIEW "library_complement" AS
SELECT r."id" AS "document", n."table", n."row", n."shape", n."body"
  FROM "books" AS r
  JOIN "library_note" AS n ON n."table" = 'books' AND n."row" = r."row_id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."id" AS "document", n."table", n."row", n."shape", n."body"
  FROM "maps" AS r
  JOIN "library_note" AS n ON n."table" = 'maps' AND n."row" = r."row_id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_books_insert" AFTER INSERT ON "books" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'books' AND "row" = NEW."row_id";
END;

CREATE TRIGGER "_docrel_books_update" AFTER UPDATE OF "row_id", "rowid", "_rowid_", "oid" ON "books"
WHEN (OLD."row_id") IS NOT (NEW."row_id") BEGIN
  DELETE FROM "library_note" WHERE "table" = 'books' AND "row" = NEW."row_id";
  UPDATE "library_note" SET "row" = NEW."row_id" WHERE "table" = 'books' AND "row" = OLD."row_id";
  UPDATE sqlite_sequence SET seq = NEW."row_id" WHERE name IN ('books') AND seq < NEW."row_id";
END;

CREATE TRIGGER "_docrel_books_delete" AFTER DELETE ON "books" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'books' AND "row" = OLD."row_id";
END;

CREATE TRIGGER "_docrel_maps_insert" AFTER INSERT ON "maps" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'maps' AND "row" = NEW."row_id";
END;

CREATE TRIGGER "_docrel_maps_update" AFTER UPDATE OF "row_id", "rowid", "_rowid_", "oid" ON "maps"
WHEN (OLD."row_id") IS NOT (NEW."row_id") BEGIN
  DELETE FROM "library_note" WHERE "table" = 'maps' AND "row" = NEW."row_id";
  UPDATE "library_note" SET "row" = NEW."row_id" WHERE "table" = 'maps' AND "row" = OLD."row_id";
  UPDATE sqlite_sequence SET seq = NEW."row_id" WHERE name IN ('maps') AND seq < NEW."row_id";
END;

CREATE TRIGGER "_docrel_maps_delete" AFTER DELETE ON "maps" BEGIN
  DELETE FROM "library_note" WHERE "table" = 'maps' AND "row" = OLD."row_id";
END;

PRAGMA user_version = 1;
