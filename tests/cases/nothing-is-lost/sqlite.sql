CREATE TABLE "things" (
  "id"    TEXT    NOT NULL PRIMARY KEY,
  "i"     INTEGER,
  "r"     REAL    CHECK ("r" < 9e999 AND "r" > -9e999),
  "t"     TEXT,
  "inner" TEXT
) STRICT;

CREATE TABLE "items" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "thing_id" TEXT    NOT NULL REFERENCES "things" ("id") ON DELETE CASCADE,
  "x"        TEXT
) STRICT;

CREATE TABLE "anything_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "anything_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "items_thing_id_idx" ON "items" ("thing_id");

CREATE VIEW "anything_complement" AS
SELECT "document", "table", CASE WHEN "row" NOT GLOB '*[^ -~]*' THEN "row" ELSE (
    WITH RECURSIVE said(n, text, u) AS (
      SELECT 0, '', unicode("row") UNION ALL
      SELECT n + 1, text || CASE WHEN u BETWEEN 32 AND 126 THEN char(u)
        WHEN u BETWEEN 8 AND 13 AND u <> 11 THEN '\' || substr('btn.fr', u - 7, 1)
        WHEN u < 65536 THEN printf('\u%04x', u)
        ELSE printf('\u%04x\u%04x', 55232 + (u >> 10), 56320 + (u & 1023)) END, unicode(substr("row", n + 2, 1))
      FROM said WHERE n < length("row")
    ) SELECT text FROM said ORDER BY n DESC LIMIT 1
  ) END AS "row", "shape", "body" FROM (
SELECT r."id" AS "document", n."table", n."row", n."shape", n."body"
  FROM "things" AS r
  JOIN "anything_note" AS n ON n."table" = 'things' AND n."row" = '[' || CASE typeof(r."id") WHEN 'text' THEN '"' || replace(replace(r."id", '\', '\\'), '"', '\"') || '"' ELSE quote(r."id") END || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."id" AS "document", n."table", n."row", n."shape", n."body"
  FROM "things" AS r JOIN "items" AS t0 ON t0."thing_id" = r."id"
  JOIN "anything_note" AS n ON n."table" = 'items' AND n."row" = CAST(t0."id" AS TEXT)
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
) AS noted;

CREATE TRIGGER "_docrel_things_insert" AFTER INSERT ON "things" BEGIN
  DELETE FROM "anything_note" WHERE "table" = 'things' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']';
END;

CREATE TRIGGER "_docrel_things_update" AFTER UPDATE OF "id" ON "things"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "anything_note" WHERE "table" = 'things' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']';
  UPDATE "anything_note" SET "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']' WHERE "table" = 'things' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(replace(OLD."id", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."id") END || ']';
END;

CREATE TRIGGER "_docrel_things_delete" AFTER DELETE ON "things" BEGIN
  DELETE FROM "anything_note" WHERE "table" = 'things' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(replace(OLD."id", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."id") END || ']';
END;

CREATE TRIGGER "_docrel_items_insert" AFTER INSERT ON "items" BEGIN
  DELETE FROM "anything_note" WHERE "table" = 'items' AND "row" = CAST(NEW."id" AS TEXT);
END;

CREATE TRIGGER "_docrel_items_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "items"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "anything_note" WHERE "table" = 'items' AND "row" = CAST(NEW."id" AS TEXT);
  UPDATE "anything_note" SET "row" = CAST(NEW."id" AS TEXT) WHERE "table" = 'items' AND "row" = CAST(OLD."id" AS TEXT);
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('items') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_items_delete" AFTER DELETE ON "items" BEGIN
  DELETE FROM "anything_note" WHERE "table" = 'items' AND "row" = CAST(OLD."id" AS TEXT);
END;

CREATE TRIGGER "_docrel_items_move" AFTER UPDATE OF "thing_id" ON "items"
WHEN (OLD."thing_id") IS NOT (NEW."thing_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('items');
  UPDATE "anything_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('items'))
    WHERE "table" = 'items' AND "row" = CAST(NEW."id" AS TEXT);
  INSERT INTO "anything_note" ("table", "row", "rank")
    SELECT 'items', CAST(NEW."id" AS TEXT), (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('items'))
    WHERE NOT EXISTS (SELECT 1 FROM "anything_note" WHERE "table" = 'items' AND "row" = CAST(NEW."id" AS TEXT));
END;

PRAGMA user_version = 1;
