CREATE TABLE "features" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE,
  "url"  TEXT
) STRICT;

CREATE TABLE "parts" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "feature_id" INTEGER NOT NULL REFERENCES "features" ("id") ON DELETE CASCADE,
  "part"       TEXT    NOT NULL CHECK ("part" NOT IN ('_meta', '_name')),
  "status"     TEXT    NOT NULL,
  UNIQUE ("feature_id", "part")
) STRICT;

CREATE TABLE "compat_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "compat_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "compat_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "features" AS r
  JOIN "compat_note" AS n ON n."table" = 'features' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "features" AS r JOIN "parts" AS t0 ON t0."feature_id" = r."id"
  JOIN "compat_note" AS n ON n."table" = 'parts' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_features_insert" AFTER INSERT ON "features" BEGIN
  DELETE FROM "compat_note" WHERE "table" = 'features' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_features_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "features"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "compat_note" WHERE "table" = 'features' AND "row" = NEW."id";
  UPDATE "compat_note" SET "row" = NEW."id" WHERE "table" = 'features' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('features') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_features_delete" AFTER DELETE ON "features" BEGIN
  DELETE FROM "compat_note" WHERE "table" = 'features' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_parts_insert" AFTER INSERT ON "parts" BEGIN
  DELETE FROM "compat_note" WHERE "table" = 'parts' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_parts_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "parts"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "compat_note" WHERE "table" = 'parts' AND "row" = NEW."id";
  UPDATE "compat_note" SET "row" = NEW."id" WHERE "table" = 'parts' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('parts') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_parts_delete" AFTER DELETE ON "parts" BEGIN
  DELETE FROM "compat_note" WHERE "table" = 'parts' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_parts_move" AFTER UPDATE OF "feature_id" ON "parts"
WHEN (OLD."feature_id") IS NOT (NEW."feature_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('parts');
  UPDATE "compat_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('parts'))
    WHERE "table" = 'parts' AND "row" = NEW."id";
  INSERT INTO "compat_note" ("table", "row", "rank")
    SELECT 'parts', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('parts'))
    WHERE NOT EXISTS (SELECT 1 FROM "compat_note" WHERE "table" = 'parts' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
