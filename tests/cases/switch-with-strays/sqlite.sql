CREATE TABLE "bundles" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "people" (
  "id"        INTEGER PRIMARY KEY AUTOINCREMENT,
  "bundle_id" INTEGER NOT NULL REFERENCES "bundles" ("id") ON DELETE CASCADE,
  "name"      TEXT    NOT NULL
) STRICT;

CREATE TABLE "towns" (
  "id"        INTEGER PRIMARY KEY AUTOINCREMENT,
  "bundle_id" INTEGER NOT NULL REFERENCES "bundles" ("id") ON DELETE CASCADE,
  "name"      TEXT
) STRICT;

CREATE TABLE "bundles_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "bundles_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "people_bundle_id_idx" ON "people" ("bundle_id");

CREATE INDEX "towns_bundle_id_idx" ON "towns" ("bundle_id");

CREATE VIEW "bundles_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "bundles" AS r
  JOIN "bundles_note" AS n ON n."table" = 'bundles' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "bundles" AS r JOIN "people" AS t0 ON t0."bundle_id" = r."id"
  JOIN "bundles_note" AS n ON n."table" = 'people' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "bundles" AS r JOIN "towns" AS t0 ON t0."bundle_id" = r."id"
  JOIN "bundles_note" AS n ON n."table" = 'towns' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_bundles_insert" AFTER INSERT ON "bundles" BEGIN
  DELETE FROM "bundles_note" WHERE "table" = 'bundles' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_bundles_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "bundles"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "bundles_note" WHERE "table" = 'bundles' AND "row" = NEW."id";
  UPDATE "bundles_note" SET "row" = NEW."id" WHERE "table" = 'bundles' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('bundles') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_bundles_delete" AFTER DELETE ON "bundles" BEGIN
  DELETE FROM "bundles_note" WHERE "table" = 'bundles' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_people_insert" AFTER INSERT ON "people" BEGIN
  DELETE FROM "bundles_note" WHERE "table" = 'people' AND "row" = NEW."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('towns') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_people_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "people"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "bundles_note" WHERE "table" = 'people' AND "row" = NEW."id";
  UPDATE "bundles_note" SET "row" = NEW."id" WHERE "table" = 'people' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('people', 'towns') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_people_delete" AFTER DELETE ON "people" BEGIN
  DELETE FROM "bundles_note" WHERE "table" = 'people' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_people_move" AFTER UPDATE OF "bundle_id" ON "people"
WHEN (OLD."bundle_id") IS NOT (NEW."bundle_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('people', 'towns');
  UPDATE "bundles_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('people', 'towns'))
    WHERE "table" = 'people' AND "row" = NEW."id";
  INSERT INTO "bundles_note" ("table", "row", "rank")
    SELECT 'people', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('people', 'towns'))
    WHERE NOT EXISTS (SELECT 1 FROM "bundles_note" WHERE "table" = 'people' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_towns_insert" AFTER INSERT ON "towns" BEGIN
  DELETE FROM "bundles_note" WHERE "table" = 'towns' AND "row" = NEW."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('people') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_towns_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "towns"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "bundles_note" WHERE "table" = 'towns' AND "row" = NEW."id";
  UPDATE "bundles_note" SET "row" = NEW."id" WHERE "table" = 'towns' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('people', 'towns') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_towns_delete" AFTER DELETE ON "towns" BEGIN
  DELETE FROM "bundles_note" WHERE "table" = 'towns' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_towns_move" AFTER UPDATE OF "bundle_id" ON "towns"
WHEN (OLD."bundle_id") IS NOT (NEW."bundle_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('people', 'towns');
  UPDATE "bundles_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('people', 'towns'))
    WHERE "table" = 'towns' AND "row" = NEW."id";
  INSERT INTO "bundles_note" ("table", "row", "rank")
    SELECT 'towns', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('people', 'towns'))
    WHERE NOT EXISTS (SELECT 1 FROM "bundles_note" WHERE "table" = 'towns' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
