CREATE TABLE "logs" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "name"    TEXT    NOT NULL UNIQUE,
  "started" TEXT
) STRICT;

CREATE TABLE "lines" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "log_id" INTEGER NOT NULL REFERENCES "logs" ("id") ON DELETE CASCADE,
  "text"   TEXT,
  "at"     TEXT    NOT NULL
) STRICT;

CREATE TABLE "marks" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "log_id" INTEGER NOT NULL REFERENCES "logs" ("id") ON DELETE CASCADE,
  "mark"   TEXT,
  "at"     TEXT
) STRICT;

CREATE TABLE "logs_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "logs_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "lines_log_id_idx" ON "lines" ("log_id");

CREATE INDEX "marks_log_id_idx" ON "marks" ("log_id");

CREATE VIEW "logs_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "logs" AS r
  JOIN "logs_note" AS n ON n."table" = 'logs' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "logs" AS r JOIN "lines" AS t0 ON t0."log_id" = r."id"
  JOIN "logs_note" AS n ON n."table" = 'lines' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "logs" AS r JOIN "marks" AS t0 ON t0."log_id" = r."id"
  JOIN "logs_note" AS n ON n."table" = 'marks' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_logs_insert" AFTER INSERT ON "logs" BEGIN
  DELETE FROM "logs_note" WHERE "table" = 'logs' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_logs_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "logs"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "logs_note" WHERE "table" = 'logs' AND "row" = NEW."id";
  UPDATE "logs_note" SET "row" = NEW."id" WHERE "table" = 'logs' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('logs') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_logs_delete" AFTER DELETE ON "logs" BEGIN
  DELETE FROM "logs_note" WHERE "table" = 'logs' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_lines_insert" AFTER INSERT ON "lines" BEGIN
  DELETE FROM "logs_note" WHERE "table" = 'lines' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_lines_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "lines"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "logs_note" WHERE "table" = 'lines' AND "row" = NEW."id";
  UPDATE "logs_note" SET "row" = NEW."id" WHERE "table" = 'lines' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('lines') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_lines_delete" AFTER DELETE ON "lines" BEGIN
  DELETE FROM "logs_note" WHERE "table" = 'lines' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_lines_move" AFTER UPDATE OF "log_id" ON "lines"
WHEN (OLD."log_id") IS NOT (NEW."log_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('lines');
  UPDATE "logs_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('lines'))
    WHERE "table" = 'lines' AND "row" = NEW."id";
  INSERT INTO "logs_note" ("table", "row", "rank")
    SELECT 'lines', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('lines'))
    WHERE NOT EXISTS (SELECT 1 FROM "logs_note" WHERE "table" = 'lines' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_marks_insert" AFTER INSERT ON "marks" BEGIN
  DELETE FROM "logs_note" WHERE "table" = 'marks' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_marks_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "marks"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "logs_note" WHERE "table" = 'marks' AND "row" = NEW."id";
  UPDATE "logs_note" SET "row" = NEW."id" WHERE "table" = 'marks' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('marks') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_marks_delete" AFTER DELETE ON "marks" BEGIN
  DELETE FROM "logs_note" WHERE "table" = 'marks' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_marks_move" AFTER UPDATE OF "log_id" ON "marks"
WHEN (OLD."log_id") IS NOT (NEW."log_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('marks');
  UPDATE "logs_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('marks'))
    WHERE "table" = 'marks' AND "row" = NEW."id";
  INSERT INTO "logs_note" ("table", "row", "rank")
    SELECT 'marks', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('marks'))
    WHERE NOT EXISTS (SELECT 1 FROM "logs_note" WHERE "table" = 'marks' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
