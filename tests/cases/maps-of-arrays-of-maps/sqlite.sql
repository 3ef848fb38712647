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

CREATE INDEX "pupils_class_id_idx" ON "pupils" ("class_id");

PRAGMA user_version = 1;
