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

CREATE TABLE "anything_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
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

CREATE VIEW "anything_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "documents" AS r
  JOIN "anything_note" AS n ON n."table" = 'documents' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "documents" AS r JOIN "items" AS t0 ON t0."document_id" = r."id"
  JOIN "anything_note" AS n ON n."table" = 'items' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_documents_insert" AFTER INSERT ON "documents" BEGIN
  DELETE FROM "anything_note" WHERE "table" = 'documents' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_documents_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "documents"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "anything_note" WHERE "table" = 'documents' AND "row" = NEW."id";
  UPDATE "anything_note" SET "row" = NEW."id" WHERE "table" = 'documents' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('documents') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_documents_delete" AFTER DELETE ON "documents" BEGIN
  DELETE FROM "anything_note" WHERE "table" = 'documents' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_items_insert" AFTER INSERT ON "items" BEGIN
  DELETE FROM "anything_note" WHERE "table" = 'items' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_items_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "items"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "anything_note" WHERE "table" = 'items' AND "row" = NEW."id";
  UPDATE "anything_note" SET "row" = NEW."id" WHERE "table" = 'items' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('items') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_items_delete" AFTER DELETE ON "items" BEGIN
  DELETE FROM "anything_note" WHERE "table" = 'items' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_items_move" AFTER UPDATE OF "document_id" ON "items"
WHEN (OLD."document_id") IS NOT (NEW."document_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('items');
  UPDATE "anything_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('items'))
    WHERE "table" = 'items' AND "row" = NEW."id";
  INSERT INTO "anything_note" ("table", "row", "rank")
    SELECT 'items', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('items'))
    WHERE NOT EXISTS (SELECT 1 FROM "anything_note" WHERE "table" = 'items' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
