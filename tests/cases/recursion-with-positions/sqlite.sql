CREATE TABLE "threads" (
  "id"    INTEGER PRIMARY KEY AUTOINCREMENT,
  "topic" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "comments" (
  "id"        INTEGER PRIMARY KEY AUTOINCREMENT,
  "thread_id" INTEGER NOT NULL REFERENCES "threads" ("id") ON DELETE CASCADE,
  "answers"   INTEGER REFERENCES "comments" ("id") ON DELETE CASCADE,
  "place"     INTEGER NOT NULL,
  "text"      TEXT,
  "body"      TEXT,
  CHECK (
    "answers" <> "id"
  ),
  CHECK (
    "text" IS NULL OR "body" IS NULL
  )
) STRICT;

CREATE TABLE "forum_complement" (
  "document" INTEGER NOT NULL REFERENCES "threads" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "forum_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "comments_answers_idx" ON "comments" ("answers");

CREATE INDEX "comments_thread_id_idx" ON "comments" ("thread_id");

PRAGMA user_version = 1;
