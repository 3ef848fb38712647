CREATE TABLE "days" (
  "id"  INTEGER PRIMARY KEY AUTOINCREMENT,
  "day" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "tasks" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "day_id" INTEGER NOT NULL REFERENCES "days" ("id") ON DELETE CASCADE,
  "task"   TEXT
) STRICT;

CREATE TABLE "days_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "days_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "tasks_day_id_idx" ON "tasks" ("day_id");

CREATE VIEW "days_complement" AS
SELECT r."day" AS "document", n."table", n."row", n."shape", n."body"
  FROM "days" AS r
  JOIN "days_note" AS n ON n."table" = 'days' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."day" AS "document", n."table", n."row", n."shape", n."body"
  FROM "days" AS r JOIN "tasks" AS t0 ON t0."day_id" = r."id"
  JOIN "days_note" AS n ON n."table" = 'tasks' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_days_insert" AFTER INSERT ON "days" BEGIN
  DELETE FROM "days_note" WHERE "table" = 'days' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_days_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "days"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "days_note" WHERE "table" = 'days' AND "row" = NEW."id";
  UPDATE "days_note" SET "row" = NEW."id" WHERE "table" = 'days' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('days') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_days_delete" AFTER DELETE ON "days" BEGIN
  DELETE FROM "days_note" WHERE "table" = 'days' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_tasks_insert" AFTER INSERT ON "tasks" BEGIN
  DELETE FROM "days_note" WHERE "table" = 'tasks' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_tasks_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "tasks"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "days_note" WHERE "table" = 'tasks' AND "row" = NEW."id";
  UPDATE "days_note" SET "row" = NEW."id" WHERE "table" = 'tasks' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('tasks') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_tasks_delete" AFTER DELETE ON "tasks" BEGIN
  DELETE FROM "days_note" WHERE "table" = 'tasks' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_tasks_move" AFTER UPDATE OF "day_id" ON "tasks"
WHEN (OLD."day_id") IS NOT (NEW."day_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('tasks');
  UPDATE "days_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('tasks'))
    WHERE "table" = 'tasks' AND "row" = NEW."id";
  INSERT INTO "days_note" ("table", "row", "rank")
    SELECT 'tasks', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('tasks'))
    WHERE NOT EXISTS (SELECT 1 FROM "days_note" WHERE "table" = 'tasks' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
