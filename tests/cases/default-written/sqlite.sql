CREATE TABLE "manifests" (
  "name" TEXT    NOT NULL PRIMARY KEY,
  "api"  TEXT,
  "size" INTEGER NOT NULL
) STRICT;

CREATE TABLE "manifests_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "manifests_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "manifests_complement" AS
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
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "manifests" AS r
  JOIN "manifests_note" AS n ON n."table" = 'manifests' AND n."row" = '[' || CASE typeof(r."name") WHEN 'text' THEN '"' || replace(replace(r."name", '\', '\\'), '"', '\"') || '"' ELSE quote(r."name") END || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
) AS noted;

CREATE TRIGGER "_docrel_manifests_insert" AFTER INSERT ON "manifests" BEGIN
  DELETE FROM "manifests_note" WHERE "table" = 'manifests' AND "row" = '[' || CASE typeof(NEW."name") WHEN 'text' THEN '"' || replace(replace(NEW."name", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."name") END || ']';
END;

CREATE TRIGGER "_docrel_manifests_update" AFTER UPDATE OF "name" ON "manifests"
WHEN (OLD."name") IS NOT (NEW."name") BEGIN
  DELETE FROM "manifests_note" WHERE "table" = 'manifests' AND "row" = '[' || CASE typeof(NEW."name") WHEN 'text' THEN '"' || replace(replace(NEW."name", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."name") END || ']';
  UPDATE "manifests_note" SET "row" = '[' || CASE typeof(NEW."name") WHEN 'text' THEN '"' || replace(replace(NEW."name", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."name") END || ']' WHERE "table" = 'manifests' AND "row" = '[' || CASE typeof(OLD."name") WHEN 'text' THEN '"' || replace(replace(OLD."name", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."name") END || ']';
END;

CREATE TRIGGER "_docrel_manifests_delete" AFTER DELETE ON "manifests" BEGIN
  DELETE FROM "manifests_note" WHERE "table" = 'manifests' AND "row" = '[' || CASE typeof(OLD."name") WHEN 'text' THEN '"' || replace(replace(OLD."name", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."name") END || ']';
END;

PRAGMA user_version = 1;
