CREATE TABLE "tasks" (
  "id"     TEXT    NOT NULL PRIMARY KEY,
  "status" TEXT    CHECK ("status" IN ('todo', 'in_progress', 'done')),
  "level"  INTEGER CHECK ("level" IN (1, 2, 3, 9))
);

CREATE TABLE "tasks_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
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

CREATE VIEW "tasks_complement" AS
SELECT r."id" AS "document", n."table", n."row", s."body" AS "shape", n."body"
  FROM "tasks" AS r
  JOIN "tasks_note" AS n ON n."table" = 'tasks' AND n."row" = '[' || CASE typeof(r."id") WHEN 'text' THEN '"' || replace(r."id", '"', '""') || '"' ELSE quote(r."id") END || ']'
  LEFT JOIN "tasks_shape" AS s ON s."id" = n."shape"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_tasks_insert" AFTER INSERT ON "tasks" BEGIN
  DELETE FROM "tasks_note" WHERE "table" = 'tasks' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(NEW."id", '"', '""') || '"' ELSE quote(NEW."id") END || ']';
END;

CREATE TRIGGER "_docrel_tasks_update" AFTER UPDATE OF "id" ON "tasks"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "tasks_note" WHERE "table" = 'tasks' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(NEW."id", '"', '""') || '"' ELSE quote(NEW."id") END || ']';
  UPDATE "tasks_note" SET "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(NEW."id", '"', '""') || '"' ELSE quote(NEW."id") END || ']' WHERE "table" = 'tasks' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(OLD."id", '"', '""') || '"' ELSE quote(OLD."id") END || ']';
END;

CREATE TRIGGER "_docrel_tasks_delete" AFTER DELETE ON "tasks" BEGIN
  DELETE FROM "tasks_note" WHERE "table" = 'tasks' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(OLD."id", '"', '""') || '"' ELSE quote(OLD."id") END || ']';
END;

PRAGMA user_version = 1;
