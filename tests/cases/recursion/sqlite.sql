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

CREATE TABLE "forum_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
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

CREATE VIEW "forum_complement" AS
SELECT r."topic" AS "document", n."table", n."row", n."shape", n."body"
  FROM "threads" AS r
  JOIN "forum_note" AS n ON n."table" = 'threads' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."topic" AS "document", n."table", n."row", n."shape", n."body"
  FROM "threads" AS r JOIN "comments" AS t0 ON t0."thread_id" = r."id"
  JOIN "forum_note" AS n ON n."table" = 'comments' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_threads_insert" AFTER INSERT ON "threads" BEGIN
  DELETE FROM "forum_note" WHERE "table" = 'threads' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_threads_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "threads"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "forum_note" WHERE "table" = 'threads' AND "row" = NEW."id";
  UPDATE "forum_note" SET "row" = NEW."id" WHERE "table" = 'threads' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('threads') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_threads_delete" AFTER DELETE ON "threads" BEGIN
  DELETE FROM "forum_note" WHERE "table" = 'threads' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_comments_insert" AFTER INSERT ON "comments" BEGIN
  DELETE FROM "forum_note" WHERE "table" = 'comments' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_comments_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "comments"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "forum_note" WHERE "table" = 'comments' AND "row" = NEW."id";
  UPDATE "forum_note" SET "row" = NEW."id" WHERE "table" = 'comments' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('comments') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_comments_delete" AFTER DELETE ON "comments" BEGIN
  DELETE FROM "forum_note" WHERE "table" = 'comments' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_comments_move" AFTER UPDATE OF "parent_comment_id", "thread_id" ON "comments"
WHEN (OLD."parent_comment_id", OLD."thread_id") IS NOT (NEW."parent_comment_id", NEW."thread_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('comments');
  UPDATE "forum_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('comments'))
    WHERE "table" = 'comments' AND "row" = NEW."id";
  INSERT INTO "forum_note" ("table", "row", "rank")
    SELECT 'comments', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('comments'))
    WHERE NOT EXISTS (SELECT 1 FROM "forum_note" WHERE "table" = 'comments' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
