CREATE TABLE "people" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "addresses" (
  "id"        INTEGER PRIMARY KEY AUTOINCREMENT,
  "person_id" INTEGER NOT NULL UNIQUE REFERENCES "people" ("id") ON DELETE CASCADE,
  "street"    TEXT,
  "town"      TEXT    NOT NULL
) STRICT;

CREATE TABLE "people_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "people_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "people_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "people" AS r
  JOIN "people_note" AS n ON n."table" = 'people' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "people" AS r JOIN "addresses" AS t0 ON t0."person_id" = r."id"
  JOIN "people_note" AS n ON n."table" = 'addresses' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_people_insert" AFTER INSERT ON "people" BEGIN
  DELETE FROM "people_note" WHERE "table" = 'people' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_people_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "people"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "people_note" WHERE "table" = 'people' AND "row" = NEW."id";
  UPDATE "people_note" SET "row" = NEW."id" WHERE "table" = 'people' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('people') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_people_delete" AFTER DELETE ON "people" BEGIN
  DELETE FROM "people_note" WHERE "table" = 'people' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_addresses_insert" AFTER INSERT ON "addresses" BEGIN
  DELETE FROM "people_note" WHERE "table" = 'addresses' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_addresses_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "addresses"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "people_note" WHERE "table" = 'addresses' AND "row" = NEW."id";
  UPDATE "people_note" SET "row" = NEW."id" WHERE "table" = 'addresses' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('addresses') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_addresses_delete" AFTER DELETE ON "addresses" BEGIN
  DELETE FROM "people_note" WHERE "table" = 'addresses' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_addresses_move" AFTER UPDATE OF "person_id" ON "addresses"
WHEN (OLD."person_id") IS NOT (NEW."person_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('addresses');
  UPDATE "people_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('addresses'))
    WHERE "table" = 'addresses' AND "row" = NEW."id";
  INSERT INTO "people_note" ("table", "row", "rank")
    SELECT 'addresses', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('addresses'))
    WHERE NOT EXISTS (SELECT 1 FROM "people_note" WHERE "table" = 'addresses' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
