CREATE TABLE "lockfiles" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "project" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "packages" (
  "id"          INTEGER PRIMARY KEY AUTOINCREMENT,
  "lockfile_id" INTEGER NOT NULL REFERENCES "lockfiles" ("id") ON DELETE CASCADE,
  "name"        TEXT    NOT NULL,
  "version"     TEXT    NOT NULL,
  "dev"         INTEGER CHECK ("dev" IN (0, 1)),
  UNIQUE ("lockfile_id", "name")
) STRICT;

CREATE TABLE "locks_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "locks_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "locks_complement" AS
SELECT r."project" AS "document", n."table", n."row", n."shape", n."body"
  FROM "lockfiles" AS r
  JOIN "locks_note" AS n ON n."table" = 'lockfiles' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."project" AS "document", n."table", n."row", n."shape", n."body"
  FROM "lockfiles" AS r JOIN "packages" AS t0 ON t0."lockfile_id" = r."id"
  JOIN "locks_note" AS n ON n."table" = 'packages' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_lockfiles_insert" AFTER INSERT ON "lockfiles" BEGIN
  DELETE FROM "locks_note" WHERE "table" = 'lockfiles' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_lockfiles_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "lockfiles"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "locks_note" WHERE "table" = 'lockfiles' AND "row" = NEW."id";
  UPDATE "locks_note" SET "row" = NEW."id" WHERE "table" = 'lockfiles' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('lockfiles') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_lockfiles_delete" AFTER DELETE ON "lockfiles" BEGIN
  DELETE FROM "locks_note" WHERE "table" = 'lockfiles' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_packages_insert" AFTER INSERT ON "packages" BEGIN
  DELETE FROM "locks_note" WHERE "table" = 'packages' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_packages_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "packages"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "locks_note" WHERE "table" = 'packages' AND "row" = NEW."id";
  UPDATE "locks_note" SET "row" = NEW."id" WHERE "table" = 'packages' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('packages') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_packages_delete" AFTER DELETE ON "packages" BEGIN
  DELETE FROM "locks_note" WHERE "table" = 'packages' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_packages_move" AFTER UPDATE OF "lockfile_id" ON "packages"
WHEN (OLD."lockfile_id") IS NOT (NEW."lockfile_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('packages');
  UPDATE "locks_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('packages'))
    WHERE "table" = 'packages' AND "row" = NEW."id";
  INSERT INTO "locks_note" ("table", "row", "rank")
    SELECT 'packages', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('packages'))
    WHERE NOT EXISTS (SELECT 1 FROM "locks_note" WHERE "table" = 'packages' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
