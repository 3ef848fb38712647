CREATE TABLE "rows" (
  "row"   TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

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
SELECT r."row" AS "document", n."table", n."row", s."body" AS "shape", n."body"
  FROM "rows" AS r
  JOIN "values_note" AS n ON n."table" = 'rows' AND n."row" = '[' || CASE typeof(r."row") WHEN 'text' THEN '"' || replace(r."row", '"', '""') || '"' ELSE quote(r."row") END || ']'
  LEFT JOIN "values_shape" AS s ON s."id" = n."shape"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_rows_insert" AFTER INSERT ON "rows" BEGIN
  DELETE FROM "values_note" WHERE "table" = 'rows' AND "row" = '[' || CASE typeof(NEW."row") WHEN 'text' THEN '"' || replace(NEW."row", '"', '""') || '"' ELSE quote(NEW."row") END || ']';
END;

CREATE TRIGGER "_docrel_rows_update" AFTER UPDATE OF "row" ON "rows"
WHEN (OLD."row") IS NOT (NEW."row") BEGIN
  DELETE FROM "values_note" WHERE "table" = 'rows' AND "row" = '[' || CASE typeof(NEW."row") WHEN 'text' THEN '"' || replace(NEW."row", '"', '""') || '"' ELSE quote(NEW."row") END || ']';
  UPDATE "values_note" SET "row" = '[' || CASE typeof(NEW."row") WHEN 'text' THEN '"' || replace(NEW."row", '"', '""') || '"' ELSE quote(NEW."row") END || ']' WHERE "table" = 'rows' AND "row" = '[' || CASE typeof(OLD."row") WHEN 'text' THEN '"' || replace(OLD."row", '"', '""') || '"' ELSE quote(OLD."row") END || ']';
END;

CREATE TRIGGER "_docrel_rows_delete" AFTER DELETE ON "rows" BEGIN
  DELETE FROM "values_note" WHERE "table" = 'rows' AND "row" = '[' || CASE typeof(OLD."row") WHEN 'text' THEN '"' || replace(OLD."row", '"', '""') || '"' ELSE quote(OLD."row") END || ']';
END;

PRAGMA user_version = 1;
