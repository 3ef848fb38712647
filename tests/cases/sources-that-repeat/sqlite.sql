CREATE TABLE "boms" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "serial" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "components" (
  "id"                  INTEGER PRIMARY KEY AUTOINCREMENT,
  "bom_id"              INTEGER NOT NULL REFERENCES "boms" ("id") ON DELETE CASCADE,
  "parent_component_id" INTEGER REFERENCES "components" ("id") ON DELETE CASCADE,
  "is_main"             INTEGER CHECK ("is_main" IN (0, 1)),
  "name"                TEXT    NOT NULL,
  "version"             TEXT,
  CHECK (
    ("is_main" IS 1 AND "parent_component_id" IS NULL) OR ("is_main" IS 0 AND "parent_component_id" IS NULL) OR "parent_component_id" IS NOT NULL
  ),
  CHECK (
    "parent_component_id" <> "id"
  )
) STRICT;

CREATE TABLE "hashes" (
  "id"           INTEGER PRIMARY KEY AUTOINCREMENT,
  "component_id" INTEGER NOT NULL REFERENCES "components" ("id") ON DELETE CASCADE,
  "alg"          TEXT,
  "content"      TEXT
) STRICT;

CREATE TABLE "boms_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "boms_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "components_bom_id_idx" ON "components" ("bom_id");

CREATE INDEX "components_parent_component_id_idx" ON "components" ("parent_component_id");

CREATE INDEX "hashes_component_id_idx" ON "hashes" ("component_id");

CREATE VIEW "boms_complement" AS
SELECT r."serial" AS "document", n."table", n."row", n."shape", n."body"
  FROM "boms" AS r
  JOIN "boms_note" AS n ON n."table" = 'boms' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."serial" AS "document", n."table", n."row", n."shape", n."body"
  FROM "boms" AS r JOIN "components" AS t0 ON t0."bom_id" = r."id"
  JOIN "boms_note" AS n ON n."table" = 'components' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."serial" AS "document", n."table", n."row", n."shape", n."body"
  FROM "boms" AS r JOIN "components" AS t0 ON t0."bom_id" = r."id" JOIN "hashes" AS t1 ON t1."component_id" = t0."id"
  JOIN "boms_note" AS n ON n."table" = 'hashes' AND n."row" = t1."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_boms_insert" AFTER INSERT ON "boms" BEGIN
  DELETE FROM "boms_note" WHERE "table" = 'boms' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_boms_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "boms"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "boms_note" WHERE "table" = 'boms' AND "row" = NEW."id";
  UPDATE "boms_note" SET "row" = NEW."id" WHERE "table" = 'boms' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('boms') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_boms_delete" AFTER DELETE ON "boms" BEGIN
  DELETE FROM "boms_note" WHERE "table" = 'boms' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_components_insert" AFTER INSERT ON "components" BEGIN
  DELETE FROM "boms_note" WHERE "table" = 'components' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_components_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "components"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "boms_note" WHERE "table" = 'components' AND "row" = NEW."id";
  UPDATE "boms_note" SET "row" = NEW."id" WHERE "table" = 'components' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('components') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_components_delete" AFTER DELETE ON "components" BEGIN
  DELETE FROM "boms_note" WHERE "table" = 'components' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_components_move" AFTER UPDATE OF "parent_component_id", "bom_id" ON "components"
WHEN (OLD."parent_component_id", OLD."bom_id") IS NOT (NEW."parent_component_id", NEW."bom_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('components');
  UPDATE "boms_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('components'))
    WHERE "table" = 'components' AND "row" = NEW."id";
  INSERT INTO "boms_note" ("table", "row", "rank")
    SELECT 'components', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('components'))
    WHERE NOT EXISTS (SELECT 1 FROM "boms_note" WHERE "table" = 'components' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_hashes_insert" AFTER INSERT ON "hashes" BEGIN
  DELETE FROM "boms_note" WHERE "table" = 'hashes' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_hashes_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "hashes"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "boms_note" WHERE "table" = 'hashes' AND "row" = NEW."id";
  UPDATE "boms_note" SET "row" = NEW."id" WHERE "table" = 'hashes' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('hashes') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_hashes_delete" AFTER DELETE ON "hashes" BEGIN
  DELETE FROM "boms_note" WHERE "table" = 'hashes' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_hashes_move" AFTER UPDATE OF "component_id" ON "hashes"
WHEN (OLD."component_id") IS NOT (NEW."component_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('hashes');
  UPDATE "boms_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('hashes'))
    WHERE "table" = 'hashes' AND "row" = NEW."id";
  INSERT INTO "boms_note" ("table", "row", "rank")
    SELECT 'hashes', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('hashes'))
    WHERE NOT EXISTS (SELECT 1 FROM "boms_note" WHERE "table" = 'hashes' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
