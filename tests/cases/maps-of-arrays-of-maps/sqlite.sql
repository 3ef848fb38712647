CREATE TABLE "exams" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "classes" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "exam_id" INTEGER NOT NULL REFERENCES "exams" ("id") ON DELETE CASCADE,
  "class"   TEXT    NOT NULL,
  UNIQUE ("exam_id", "class")
) STRICT;

CREATE TABLE "pupils" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "class_id" INTEGER NOT NULL REFERENCES "classes" ("id") ON DELETE CASCADE,
  "pupil"    TEXT
) STRICT;

CREATE TABLE "marks" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "pupil_id" INTEGER NOT NULL REFERENCES "pupils" ("id") ON DELETE CASCADE,
  "subject"  TEXT    NOT NULL,
  "mark"     INTEGER CHECK ("mark" BETWEEN 1 AND 6),
  UNIQUE ("pupil_id", "subject")
) STRICT;

CREATE TABLE "exams_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "exams_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "pupils_class_id_idx" ON "pupils" ("class_id");

CREATE VIEW "exams_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "exams" AS r
  JOIN "exams_note" AS n ON n."table" = 'exams' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "exams" AS r JOIN "classes" AS t0 ON t0."exam_id" = r."id"
  JOIN "exams_note" AS n ON n."table" = 'classes' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "exams" AS r JOIN "classes" AS t0 ON t0."exam_id" = r."id" JOIN "pupils" AS t1 ON t1."class_id" = t0."id"
  JOIN "exams_note" AS n ON n."table" = 'pupils' AND n."row" = t1."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "exams" AS r JOIN "classes" AS t0 ON t0."exam_id" = r."id" JOIN "pupils" AS t1 ON t1."class_id" = t0."id" JOIN "marks" AS t2 ON t2."pupil_id" = t1."id"
  JOIN "exams_note" AS n ON n."table" = 'marks' AND n."row" = t2."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_exams_insert" AFTER INSERT ON "exams" BEGIN
  DELETE FROM "exams_note" WHERE "table" = 'exams' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_exams_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "exams"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "exams_note" WHERE "table" = 'exams' AND "row" = NEW."id";
  UPDATE "exams_note" SET "row" = NEW."id" WHERE "table" = 'exams' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('exams') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_exams_delete" AFTER DELETE ON "exams" BEGIN
  DELETE FROM "exams_note" WHERE "table" = 'exams' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_classes_insert" AFTER INSERT ON "classes" BEGIN
  DELETE FROM "exams_note" WHERE "table" = 'classes' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_classes_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "classes"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "exams_note" WHERE "table" = 'classes' AND "row" = NEW."id";
  UPDATE "exams_note" SET "row" = NEW."id" WHERE "table" = 'classes' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('classes') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_classes_delete" AFTER DELETE ON "classes" BEGIN
  DELETE FROM "exams_note" WHERE "table" = 'classes' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_classes_move" AFTER UPDATE OF "exam_id" ON "classes"
WHEN (OLD."exam_id") IS NOT (NEW."exam_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('classes');
  UPDATE "exams_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('classes'))
    WHERE "table" = 'classes' AND "row" = NEW."id";
  INSERT INTO "exams_note" ("table", "row", "rank")
    SELECT 'classes', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('classes'))
    WHERE NOT EXISTS (SELECT 1 FROM "exams_note" WHERE "table" = 'classes' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_pupils_insert" AFTER INSERT ON "pupils" BEGIN
  DELETE FROM "exams_note" WHERE "table" = 'pupils' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_pupils_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "pupils"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "exams_note" WHERE "table" = 'pupils' AND "row" = NEW."id";
  UPDATE "exams_note" SET "row" = NEW."id" WHERE "table" = 'pupils' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('pupils') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_pupils_delete" AFTER DELETE ON "pupils" BEGIN
  DELETE FROM "exams_note" WHERE "table" = 'pupils' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_pupils_move" AFTER UPDATE OF "class_id" ON "pupils"
WHEN (OLD."class_id") IS NOT (NEW."class_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('pupils');
  UPDATE "exams_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('pupils'))
    WHERE "table" = 'pupils' AND "row" = NEW."id";
  INSERT INTO "exams_note" ("table", "row", "rank")
    SELECT 'pupils', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('pupils'))
    WHERE NOT EXISTS (SELECT 1 FROM "exams_note" WHERE "table" = 'pupils' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_marks_insert" AFTER INSERT ON "marks" BEGIN
  DELETE FROM "exams_note" WHERE "table" = 'marks' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_marks_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "marks"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "exams_note" WHERE "table" = 'marks' AND "row" = NEW."id";
  UPDATE "exams_note" SET "row" = NEW."id" WHERE "table" = 'marks' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('marks') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_marks_delete" AFTER DELETE ON "marks" BEGIN
  DELETE FROM "exams_note" WHERE "table" = 'marks' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_marks_move" AFTER UPDATE OF "pupil_id" ON "marks"
WHEN (OLD."pupil_id") IS NOT (NEW."pupil_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('marks');
  UPDATE "exams_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('marks'))
    WHERE "table" = 'marks' AND "row" = NEW."id";
  INSERT INTO "exams_note" ("table", "row", "rank")
    SELECT 'marks', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('marks'))
    WHERE NOT EXISTS (SELECT 1 FROM "exams_note" WHERE "table" = 'marks' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
