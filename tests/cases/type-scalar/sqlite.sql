CREATE TABLE "rows" (
  "row"   TEXT NOT NULL PRIMARY KEY,
  "value" ANY  CHECK (typeof("value") <> 'blob' AND "value" NOT IN (9e999, -9e999))
) STRICT;

CREATE TABLE "values_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "values_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "values_complement" AS
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
SELECT r."row" AS "document", n."table", n."row", n."shape", n."body"
  FROM "rows" AS r
  JOIN "values_note" AS n ON n."table" = 'rows' AND n."row" = '[' || CASE typeof(r."row") WHEN 'text' THEN '"' || replace(replace(r."row", '\', '\\'), '"', '\"') || '"' ELSE quote(r."row") END || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
) AS noted;

CREATE TRIGGER "_docrel_rows_insert" AFTER INSERT ON "rows" BEGIN
  DELETE FROM "values_note" WHERE "table" = 'rows' AND "row" = '[' || CASE typeof(NEW."row") WHEN 'text' THEN '"' || replace(replace(NEW."row", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."row") END || ']';
END;

CREATE TRIGGER "_docrel_rows_update" AFTER UPDATE OF "row" ON "rows"
WHEN (OLD."row") IS NOT (NEW."row") BEGIN
  DELETE FROM "values_note" WHERE "table" = 'rows' AND "row" = '[' || CASE typeof(NEW."row") WHEN 'text' THEN '"' || replace(replace(NEW."row", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."row") END || ']';
  UPDATE "values_note" SET "row" = '[' || CASE typeof(NEW."row") WHEN 'text' THEN '"' || replace(replace(NEW."row", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."row") END || ']' WHERE "table" = 'rows' AND "row" = '[' || CASE typeof(OLD."row") WHEN 'text' THEN '"' || replace(replace(OLD."row", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."row") END || ']';
END;

CREATE TRIGGER "_docrel_rows_delete" AFTER DELETE ON "rows" BEGIN
  DELETE FROM "values_note" WHERE "table" = 'rows' AND "row" = '[' || CASE typeof(OLD."row") WHEN 'text' THEN '"' || replace(replace(OLD."row", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."row") END || ']';
END;

PRAGMA user_version = 1;
