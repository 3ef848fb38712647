CREATE TABLE "tasks" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "title"   TEXT    NOT NULL UNIQUE,
  "created" TEXT,
  "updated" TEXT    NOT NULL
) STRICT;

CREATE TABLE "steps" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "task_id" INTEGER NOT NULL REFERENCES "tasks" ("id") ON DELETE CASCADE,
  "what"    TEXT,
  "at"      TEXT    NOT NULL
) STRICT;

CREATE TABLE "tasks_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "tasks_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "steps_task_id_idx" ON "steps" ("task_id");

CREATE VIEW "tasks_complement" AS
SELECT r."title" AS "document", n."table", n."row", n."shape", n."body"
  FROM "tasks" AS r
  JOIN "tasks_note" AS n ON n."table" = 'tasks' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."title" AS "document", n."table", n."row", n."shape", n."body"
  FROM "tasks" AS r JOIN "steps" AS t0 ON t0."task_id" = r."id"
  JOIN "tasks_note" AS n ON n."table" = 'steps' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_tasks_insert" AFTER INSERT ON "tasks" BEGIN
  DELETE FROM "tasks_note" WHERE "table" = 'tasks' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_tasks_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "tasks"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "tasks_note" WHERE "table" = 'tasks' AND "row" = NEW."id";
  UPDATE "tasks_note" SET "row" = NEW."id" WHERE "table" = 'tasks' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('tasks') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_tasks_delete" AFTER DELETE ON "tasks" BEGIN
  DELETE FROM "tasks_note" WHERE "table" = 'tasks' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_steps_insert" AFTER INSERT ON "steps" BEGIN
  DELETE FROM "tasks_note" WHERE "table" = 'steps' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_steps_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "steps"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "tasks_note" WHERE "table" = 'steps' AND "row" = NEW."id";
  UPDATE "tasks_note" SET "row" = NEW."id" WHERE "table" = 'steps' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('steps') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_steps_delete" AFTER DELETE ON "steps" BEGIN
  DELETE FROM "tasks_note" WHERE "table" = 'steps' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_steps_move" AFTER UPDATE OF "task_id" ON "steps"
WHEN (OLD."task_id") IS NOT (NEW."task_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('steps');
  UPDATE "tasks_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('steps'))
    WHERE "table" = 'steps' AND "row" = NEW."id";
  INSERT INTO "tasks_note" ("table", "row", "rank")
    SELECT 'steps', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('steps'))
    WHERE NOT EXISTS (SELECT 1 FROM "tasks_note" WHERE "table" = 'steps' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
