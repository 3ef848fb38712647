CREATE TABLE "questionnaires" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "items" (
  "id"               INTEGER PRIMARY KEY AUTOINCREMENT,
  "questionnaire_id" INTEGER NOT NULL REFERENCES "questionnaires" ("id") ON DELETE CASCADE,
  "parent_item_id"   INTEGER REFERENCES "items" ("id") ON DELETE CASCADE,
  "came_by"          TEXT    NOT NULL,
  "link"             TEXT    NOT NULL,
  CHECK (
    ("came_by" = 'each' AND "parent_item_id" IS NULL) OR ("came_by" IN ('item', 'answer.item') AND "parent_item_id" IS NOT NULL)
  ),
  CHECK (
    "parent_item_id" <> "id"
  )
) STRICT;

CREATE TABLE "questionnaires_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "questionnaires_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "items_parent_item_id_idx" ON "items" ("parent_item_id");

CREATE INDEX "items_questionnaire_id_idx" ON "items" ("questionnaire_id");

CREATE VIEW "questionnaires_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "questionnaires" AS r
  JOIN "questionnaires_note" AS n ON n."table" = 'questionnaires' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "questionnaires" AS r JOIN "items" AS t0 ON t0."questionnaire_id" = r."id"
  JOIN "questionnaires_note" AS n ON n."table" = 'items' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_questionnaires_insert" AFTER INSERT ON "questionnaires" BEGIN
  DELETE FROM "questionnaires_note" WHERE "table" = 'questionnaires' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_questionnaires_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "questionnaires"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "questionnaires_note" WHERE "table" = 'questionnaires' AND "row" = NEW."id";
  UPDATE "questionnaires_note" SET "row" = NEW."id" WHERE "table" = 'questionnaires' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('questionnaires') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_questionnaires_delete" AFTER DELETE ON "questionnaires" BEGIN
  DELETE FROM "questionnaires_note" WHERE "table" = 'questionnaires' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_items_insert" AFTER INSERT ON "items" BEGIN
  DELETE FROM "questionnaires_note" WHERE "table" = 'items' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_items_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "items"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "questionnaires_note" WHERE "table" = 'items' AND "row" = NEW."id";
  UPDATE "questionnaires_note" SET "row" = NEW."id" WHERE "table" = 'items' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('items') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_items_delete" AFTER DELETE ON "items" BEGIN
  DELETE FROM "questionnaires_note" WHERE "table" = 'items' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_items_move" AFTER UPDATE OF "parent_item_id", "questionnaire_id" ON "items"
WHEN (OLD."parent_item_id", OLD."questionnaire_id") IS NOT (NEW."parent_item_id", NEW."questionnaire_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('items');
  UPDATE "questionnaires_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('items'))
    WHERE "table" = 'items' AND "row" = NEW."id";
  INSERT INTO "questionnaires_note" ("table", "row", "rank")
    SELECT 'items', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('items'))
    WHERE NOT EXISTS (SELECT 1 FROM "questionnaires_note" WHERE "table" = 'items' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
