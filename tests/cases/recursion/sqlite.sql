CREATE TABLE "threads" (
  "id"    INTEGER PRIMARY KEY AUTOINCREMENT,
  "topic" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "comments" (
  "id"                INTEGER PRIMARY KEY AUTOINCREMENT,
  "thread_id"         INTEGER NOT NULL REFERENCES "threads" ("id") ON DELETE CASCADE,
  "parent_comment_id" INTEGER REFERENCES "comments" ("id") ON DELETE CASCADE,
  "by"                TEXT    NOT NULL,
  "text"              TEXT,
  CHECK (
    "parent_comment_id" <> "id"
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

CREATE INDEX "comments_parent_comment_id_idx" ON "comments" ("parent_comment_id");

CREATE INDEX "comments_thread_id_idx" ON "comments" ("thread_id");

PRAGMA user_version = 1;
