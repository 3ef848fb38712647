CREATE TABLE "features" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "browsers" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "feature_id" INTEGER NOT NULL REFERENCES "features" ("id") ON DELETE CASCADE,
  "browser"    TEXT    NOT NULL,
  UNIQUE ("feature_id", "browser")
) STRICT;

CREATE TABLE "versions" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "browser_id" INTEGER NOT NULL REFERENCES "browsers" ("id") ON DELETE CASCADE,
  "version"    TEXT    NOT NULL,
  UNIQUE ("browser_id", "version")
) STRICT;

CREATE TABLE "flags" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "version_id" INTEGER NOT NULL REFERENCES "versions" ("id") ON DELETE CASCADE,
  "flag"       TEXT    NOT NULL,
  "enabled"    INTEGER CHECK ("enabled" IN (0, 1)),
  UNIQUE ("version_id", "flag")
) STRICT;

CREATE TABLE "support_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "support_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "support_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "features" AS r
  JOIN "support_note" AS n ON n."table" = 'features' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "features" AS r JOIN "browsers" AS t0 ON t0."feature_id" = r."id"
  JOIN "support_note" AS n ON n."table" = 'browsers' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "features" AS r JOIN "browsers" AS t0 ON t0."feature_id" = r."id" JOIN "versions" AS t1 ON t1."browser_id" = t0."id"
  JOIN "support_note" AS n ON n."table" = 'versions' AND n."row" = t1."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "features" AS r JOIN "browsers" AS t0 ON t0."feature_id" = r."id" JOIN "versions" AS t1 ON t1."browser_id" = t0."id" JOIN "flags" AS t2 ON t2."version_id" = t1."id"
  JOIN "support_note" AS n ON n."table" = 'flags' AND n."row" = t2."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_features_insert" AFTER INSERT ON "features" BEGIN
  DELETE FROM "support_note" WHERE "table" = 'features' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_features_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "features"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "support_note" WHERE "table" = 'features' AND "row" = NEW."id";
  UPDATE "support_note" SET "row" = NEW."id" WHERE "table" = 'features' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('features') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_features_delete" AFTER DELETE ON "features" BEGIN
  DELETE FROM "support_note" WHERE "table" = 'features' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_browsers_insert" AFTER INSERT ON "browsers" BEGIN
  DELETE FROM "support_note" WHERE "table" = 'browsers' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_browsers_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "browsers"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "support_note" WHERE "table" = 'browsers' AND "row" = NEW."id";
  UPDATE "support_note" SET "row" = NEW."id" WHERE "table" = 'browsers' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('browsers') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_browsers_delete" AFTER DELETE ON "browsers" BEGIN
  DELETE FROM "support_note" WHERE "table" = 'browsers' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_browsers_move" AFTER UPDATE OF "feature_id" ON "browsers"
WHEN (OLD."feature_id") IS NOT (NEW."feature_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('browsers');
  UPDATE "support_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('browsers'))
    WHERE "table" = 'browsers' AND "row" = NEW."id";
  INSERT INTO "support_note" ("table", "row", "rank")
    SELECT 'browsers', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('browsers'))
    WHERE NOT EXISTS (SELECT 1 FROM "support_note" WHERE "table" = 'browsers' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_versions_insert" AFTER INSERT ON "versions" BEGIN
  DELETE FROM "support_note" WHERE "table" = 'versions' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_versions_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "versions"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "support_note" WHERE "table" = 'versions' AND "row" = NEW."id";
  UPDATE "support_note" SET "row" = NEW."id" WHERE "table" = 'versions' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('versions') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_versions_delete" AFTER DELETE ON "versions" BEGIN
  DELETE FROM "support_note" WHERE "table" = 'versions' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_versions_move" AFTER UPDATE OF "browser_id" ON "versions"
WHEN (OLD."browser_id") IS NOT (NEW."browser_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('versions');
  UPDATE "support_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('versions'))
    WHERE "table" = 'versions' AND "row" = NEW."id";
  INSERT INTO "support_note" ("table", "row", "rank")
    SELECT 'versions', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('versions'))
    WHERE NOT EXISTS (SELECT 1 FROM "support_note" WHERE "table" = 'versions' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_flags_insert" AFTER INSERT ON "flags" BEGIN
  DELETE FROM "support_note" WHERE "table" = 'flags' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_flags_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "flags"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "support_note" WHERE "table" = 'flags' AND "row" = NEW."id";
  UPDATE "support_note" SET "row" = NEW."id" WHERE "table" = 'flags' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('flags') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_flags_delete" AFTER DELETE ON "flags" BEGIN
  DELETE FROM "support_note" WHERE "table" = 'flags' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_flags_move" AFTER UPDATE OF "version_id" ON "flags"
WHEN (OLD."version_id") IS NOT (NEW."version_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('flags');
  UPDATE "support_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('flags'))
    WHERE "table" = 'flags' AND "row" = NEW."id";
  INSERT INTO "support_note" ("table", "row", "rank")
    SELECT 'flags', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('flags'))
    WHERE NOT EXISTS (SELECT 1 FROM "support_note" WHERE "table" = 'flags' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
