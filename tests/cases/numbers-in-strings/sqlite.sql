CREATE TABLE "trades" (
  "id"     TEXT    NOT NULL PRIMARY KEY,
  "price"  REAL    CHECK ("price" < 9e999 AND "price" > -9e999),
  "qty"    INTEGER,
  "ticket" ANY     CHECK ("ticket" < 9e999 AND "ticket" > -9e999)
) STRICT;

CREATE TABLE "trades_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "trades_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "trades_complement" AS
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
  FROM "trades" AS r
  JOIN "trades_note" AS n ON n."table" = 'trades' AND n."row" = '[' || CASE typeof(r."id") WHEN 'text' THEN '"' || replace(replace(r."id", '\', '\\'), '"', '\"') || '"' ELSE quote(r."id") END || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
) AS noted;

CREATE TRIGGER "_docrel_trades_insert" AFTER INSERT ON "trades" BEGIN
  DELETE FROM "trades_note" WHERE "table" = 'trades' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']';
END;

CREATE TRIGGER "_docrel_trades_update" AFTER UPDATE OF "id" ON "trades"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "trades_note" WHERE "table" = 'trades' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']';
  UPDATE "trades_note" SET "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']' WHERE "table" = 'trades' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(replace(OLD."id", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."id") END || ']';
END;

CREATE TRIGGER "_docrel_trades_delete" AFTER DELETE ON "trades" BEGIN
  DELETE FROM "trades_note" WHERE "table" = 'trades' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(replace(OLD."id", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."id") END || ']';
END;

PRAGMA user_version = 1;
