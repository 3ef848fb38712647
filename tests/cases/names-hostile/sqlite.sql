CREATE TABLE "a.b" (
  "id"                   INTEGER PRIMARY KEY AUTOINCREMENT,
  "say ""x"""            TEXT    NOT NULL UNIQUE,
  "line
break"           TEXT,
  "'); DROP TABLE x; --" TEXT,
  "select"               TEXT,
  "😀"                    TEXT,
  "empty key"            TEXT,
  "{}%s"                 TEXT,
  "__import__('os')"     TEXT
) STRICT;

CREATE TABLE "from" (
  "id"           INTEGER PRIMARY KEY AUTOINCREMENT,
  "row ""1""_id" INTEGER NOT NULL REFERENCES "a.b" ("id") ON DELETE CASCADE,
  "key"          TEXT    NOT NULL,
  "group"        TEXT,
  UNIQUE ("row ""1""_id", "key")
) STRICT;

CREATE TABLE "it's_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "it's_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "order by 1" ON "a.b" ("select", "😀");

CREATE VIEW "it's_complement" AS
SELECT r."say ""x""" AS "document", n."table", n."row", n."shape", n."body"
  FROM "a.b" AS r
  JOIN "it's_note" AS n ON n."table" = 'a.b' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."say ""x""" AS "document", n."table", n."row", n."shape", n."body"
  FROM "a.b" AS r JOIN "from" AS t0 ON t0."row ""1""_id" = r."id"
  JOIN "it's_note" AS n ON n."table" = 'from' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_a.b_insert" AFTER INSERT ON "a.b" BEGIN
  DELETE FROM "it's_note" WHERE "table" = 'a.b' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_a.b_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "a.b"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "it's_note" WHERE "table" = 'a.b' AND "row" = NEW."id";
  UPDATE "it's_note" SET "row" = NEW."id" WHERE "table" = 'a.b' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('a.b') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_a.b_delete" AFTER DELETE ON "a.b" BEGIN
  DELETE FROM "it's_note" WHERE "table" = 'a.b' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_from_insert" AFTER INSERT ON "from" BEGIN
  DELETE FROM "it's_note" WHERE "table" = 'from' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_from_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "from"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "it's_note" WHERE "table" = 'from' AND "row" = NEW."id";
  UPDATE "it's_note" SET "row" = NEW."id" WHERE "table" = 'from' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('from') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_from_delete" AFTER DELETE ON "from" BEGIN
  DELETE FROM "it's_note" WHERE "table" = 'from' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_from_move" AFTER UPDATE OF "row ""1""_id" ON "from"
WHEN (OLD."row ""1""_id") IS NOT (NEW."row ""1""_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('from');
  UPDATE "it's_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('from'))
    WHERE "table" = 'from' AND "row" = NEW."id";
  INSERT INTO "it's_note" ("table", "row", "rank")
    SELECT 'from', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('from'))
    WHERE NOT EXISTS (SELECT 1 FROM "it's_note" WHERE "table" = 'from' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;
