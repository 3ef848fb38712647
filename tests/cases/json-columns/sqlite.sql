CREATE TABLE "jobs" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "name"   TEXT    NOT NULL UNIQUE,
  "args"   TEXT    NOT NULL CHECK ("args" IS NULL OR "args" GLOB '[[{"]*' OR "args" IN ('null', 'true', 'false') OR "args" GLOB '[-0-9]*' AND "args" NOT GLOB '*[^-+.0-9Ee]*' OR ltrim("args", char(9, 10, 13, 32)) GLOB '[[{]*'),
  "result" TEXT    CHECK ("result" IS NULL OR "result" GLOB '[[{"]*' OR "result" IN ('null', 'true', 'false') OR "result" GLOB '[-0-9]*' AND "result" NOT GLOB '*[^-+.0-9Ee]*' OR ltrim("result", char(9, 10, 13, 32)) GLOB '[[{]*')
) STRICT;

CREATE TABLE "jobs_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "jobs_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "jobs_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "jobs" AS r
  JOIN "jobs_note" AS n ON n."table" = 'jobs' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_jobs_insert" AFTER INSERT ON "jobs" BEGIN
  DELETE FROM "jobs_note" WHERE "table" = 'jobs' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_jobs_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "jobs"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "jobs_note" WHERE "table" = 'jobs' AND "row" = NEW."id";
  UPDATE "jobs_note" SET "row" = NEW."id" WHERE "table" = 'jobs' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('jobs') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_jobs_delete" AFTER DELETE ON "jobs" BEGIN
  DELETE FROM "jobs_note" WHERE "table" = 'jobs' AND "row" = OLD."id";
END;

PRAGMA user_version = 1;
