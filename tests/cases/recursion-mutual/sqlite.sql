CREATE TABLE "forms" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "questions" (
  "id"        INTEGER PRIMARY KEY AUTOINCREMENT,
  "form_id"   INTEGER NOT NULL REFERENCES "forms" ("id") ON DELETE CASCADE,
  "answer_id" INTEGER REFERENCES "answers" ("id") ON DELETE CASCADE,
  "text"      TEXT    NOT NULL
) STRICT;

CREATE TABLE "answers" (
  "id"          INTEGER PRIMARY KEY AUTOINCREMENT,
  "question_id" INTEGER NOT NULL REFERENCES "questions" ("id") ON DELETE CASCADE,
  "value"       INTEGER
) STRICT;

CREATE TABLE "forms_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "forms_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "questions_answer_id_idx" ON "questions" ("answer_id");

CREATE INDEX "questions_form_id_idx" ON "questions" ("form_id");

CREATE INDEX "answers_question_id_idx" ON "answers" ("question_id");

CREATE VIEW "forms_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "forms" AS r
  JOIN "forms_note" AS n ON n."table" = 'forms' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "forms" AS r JOIN "questions" AS t0 ON t0."form_id" = r."id"
  JOIN "forms_note" AS n ON n."table" = 'questions' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "forms" AS r JOIN "questions" AS t0 ON t0."form_id" = r."id" JOIN "answers" AS t1 ON t1."question_id" = t0."id"
  JOIN "forms_note" AS n ON n."table" = 'answers' AND n."row" = t1."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_forms_insert" AFTER INSERT ON "forms" BEGIN
  DELETE FROM "forms_note" WHERE "table" = 'forms' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_forms_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "forms"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "forms_note" WHERE "table" = 'forms' AND "row" = NEW."id";
  UPDATE "forms_note" SET "row" = NEW."id" WHERE "table" = 'forms' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('forms') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_forms_delete" AFTER DELETE ON "forms" BEGIN
  DELETE FROM "forms_note" WHERE "table" = 'forms' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_questions_insert" AFTER INSERT ON "questions" BEGIN
  DELETE FROM "forms_note" WHERE "table" = 'questions' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_questions_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "questions"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "forms_note" WHERE "table" = 'questions' AND "row" = NEW."id";
  UPDATE "forms_note" SET "row" = NEW."id" WHERE "table" = 'questions' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('questions') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_questions_delete" AFTER DELETE ON "questions" BEGIN
  DELETE FROM "forms_note" WHERE "table" = 'questions' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_questions_move" AFTER UPDATE OF "answer_id", "form_id" ON "questions"
WHEN (OLD."answer_id", OLD."form_id") IS NOT (NEW."answer_id", NEW."form_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('questions');
  UPDATE "forms_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('questions'))
    WHERE "table" = 'questions' AND "row" = NEW."id";
  INSERT INTO "forms_note" ("table", "row", "rank")
    SELECT 'questions', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('questions'))
    WHERE NOT EXISTS (SELECT 1 FROM "forms_note" WHERE "table" = 'questions' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_answers_insert" AFTER INSERT ON "answers" BEGIN
  DELETE FROM "forms_note" WHERE "table" = 'answers' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_answers_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "answers"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "forms_note" WHERE "table" = 'answers' AND "row" = NEW."id";
  UPDATE "forms_note" SET "row" = NEW."id" WHERE "table" = 'answers' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('answers') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_answers_delete" AFTER DELETE ON "answers" BEGIN
  DELETE FROM "forms_note" WHERE "table" = 'answers' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_answers_move" AFTER UPDATE OF "question_id" ON "answers"
WHEN (OLD."question_id") IS NOT (NEW."question_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('answers');
  UPDATE "forms_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('answers'))
    WHERE "table" = 'answers' AND "row" = NEW."id";
  INSERT INTO "forms_note" ("table", "row", "rank")
    SELECT 'answers', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('answers'))
    WHERE NOT EXISTS (SELECT 1 FROM "forms_note" WHERE "table" = 'answers' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
