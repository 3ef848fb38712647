CREATE TABLE "exams" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
);

CREATE TABLE "classes" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "exam_id" INTEGER NOT NULL REFERENCES "exams" ("id") ON DELETE CASCADE,
  "class"   TEXT
);

CREATE TABLE "pupils" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "class_id" INTEGER NOT NULL REFERENCES "classes" ("id") ON DELETE CASCADE,
  "pupil"    TEXT
);

CREATE TABLE "marks" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "pupil_id" INTEGER NOT NULL REFERENCES "pupils" ("id") ON DELETE CASCADE,
  "subject"  TEXT,
  "mark"     INTEGER CHECK ("mark" BETWEEN 1 AND 6)
);

CREATE TABLE "exams_complement" (
  "document" INTEGER NOT NULL REFERENCES "exams" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "exams_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "classes_exam_id_idx" ON "classes" ("exam_id");

CREATE INDEX "pupils_class_id_idx" ON "pupils" ("class_id");

CREATE INDEX "marks_pupil_id_idx" ON "marks" ("pupil_id");

PRAGMA user_version = 1;
