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

CREATE TABLE "forms_complement" (
  "document" INTEGER NOT NULL REFERENCES "forms" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
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

PRAGMA user_version = 1;
