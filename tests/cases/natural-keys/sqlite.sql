CREATE TABLE "countries" (
  "code" TEXT NOT NULL PRIMARY KEY,
  "name" TEXT
) STRICT;

CREATE TABLE "towns" (
  "country_code" TEXT    NOT NULL REFERENCES "countries" ("code") ON DELETE CASCADE,
  "name"         TEXT    NOT NULL,
  "place"        INTEGER NOT NULL,
  "people"       INTEGER,
  PRIMARY KEY ("country_code", "name")
) STRICT;

CREATE TABLE "streets" (
  "town_country_code" TEXT    NOT NULL,
  "town_name"         TEXT    NOT NULL,
  "place"             INTEGER NOT NULL,
  "street"            TEXT,
  PRIMARY KEY ("town_country_code", "town_name", "place"),
  FOREIGN KEY ("town_country_code", "town_name") REFERENCES "towns" ("country_code", "name") ON DELETE CASCADE
) STRICT;

CREATE TABLE "geography_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "geography_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "geography_complement" AS
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
SELECT r."code" AS "document", n."table", n."row", n."shape", n."body"
  FROM "countries" AS r
  JOIN "geography_note" AS n ON n."table" = 'countries' AND n."row" = '[' || CASE typeof(r."code") WHEN 'text' THEN '"' || replace(replace(r."code", '\', '\\'), '"', '\"') || '"' ELSE quote(r."code") END || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."code" AS "document", n."table", n."row", n."shape", n."body"
  FROM "countries" AS r JOIN "towns" AS t0 ON t0."country_code" = r."code"
  JOIN "geography_note" AS n ON n."table" = 'towns' AND n."row" = '[' || CASE typeof(t0."country_code") WHEN 'text' THEN '"' || replace(replace(t0."country_code", '\', '\\'), '"', '\"') || '"' ELSE quote(t0."country_code") END || ', ' || CASE typeof(t0."name") WHEN 'text' THEN '"' || replace(replace(t0."name", '\', '\\'), '"', '\"') || '"' ELSE quote(t0."name") END || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."code" AS "document", n."table", n."row", n."shape", n."body"
  FROM "countries" AS r JOIN "towns" AS t0 ON t0."country_code" = r."code" JOIN "streets" AS t1 ON t1."town_country_code" = t0."country_code" AND t1."town_name" = t0."name"
  JOIN "geography_note" AS n ON n."table" = 'streets' AND n."row" = '[' || CASE typeof(t1."town_country_code") WHEN 'text' THEN '"' || replace(replace(t1."town_country_code", '\', '\\'), '"', '\"') || '"' ELSE quote(t1."town_country_code") END || ', ' || CASE typeof(t1."town_name") WHEN 'text' THEN '"' || replace(replace(t1."town_name", '\', '\\'), '"', '\"') || '"' ELSE quote(t1."town_name") END || ', ' || quote(t1."place") || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
) AS noted;

CREATE TRIGGER "_docrel_countries_insert" AFTER INSERT ON "countries" BEGIN
  DELETE FROM "geography_note" WHERE "table" = 'countries' AND "row" = '[' || CASE typeof(NEW."code") WHEN 'text' THEN '"' || replace(replace(NEW."code", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."code") END || ']';
END;

CREATE TRIGGER "_docrel_countries_update" AFTER UPDATE OF "code" ON "countries"
WHEN (OLD."code") IS NOT (NEW."code") BEGIN
  DELETE FROM "geography_note" WHERE "table" = 'countries' AND "row" = '[' || CASE typeof(NEW."code") WHEN 'text' THEN '"' || replace(replace(NEW."code", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."code") END || ']';
  UPDATE "geography_note" SET "row" = '[' || CASE typeof(NEW."code") WHEN 'text' THEN '"' || replace(replace(NEW."code", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."code") END || ']' WHERE "table" = 'countries' AND "row" = '[' || CASE typeof(OLD."code") WHEN 'text' THEN '"' || replace(replace(OLD."code", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."code") END || ']';
END;

CREATE TRIGGER "_docrel_countries_delete" AFTER DELETE ON "countries" BEGIN
  DELETE FROM "geography_note" WHERE "table" = 'countries' AND "row" = '[' || CASE typeof(OLD."code") WHEN 'text' THEN '"' || replace(replace(OLD."code", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."code") END || ']';
END;

CREATE TRIGGER "_docrel_towns_insert" AFTER INSERT ON "towns" BEGIN
  DELETE FROM "geography_note" WHERE "table" = 'towns' AND "row" = '[' || CASE typeof(NEW."country_code") WHEN 'text' THEN '"' || replace(replace(NEW."country_code", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."country_code") END || ', ' || CASE typeof(NEW."name") WHEN 'text' THEN '"' || replace(replace(NEW."name", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."name") END || ']';
END;

CREATE TRIGGER "_docrel_towns_update" AFTER UPDATE OF "country_code", "name" ON "towns"
WHEN (OLD."country_code", OLD."name") IS NOT (NEW."country_code", NEW."name") BEGIN
  DELETE FROM "geography_note" WHERE "table" = 'towns' AND "row" = '[' || CASE typeof(NEW."country_code") WHEN 'text' THEN '"' || replace(replace(NEW."country_code", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."country_code") END || ', ' || CASE typeof(NEW."name") WHEN 'text' THEN '"' || replace(replace(NEW."name", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."name") END || ']';
  UPDATE "geography_note" SET "row" = '[' || CASE typeof(NEW."country_code") WHEN 'text' THEN '"' || replace(replace(NEW."country_code", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."country_code") END || ', ' || CASE typeof(NEW."name") WHEN 'text' THEN '"' || replace(replace(NEW."name", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."name") END || ']' WHERE "table" = 'towns' AND "row" = '[' || CASE typeof(OLD."country_code") WHEN 'text' THEN '"' || replace(replace(OLD."country_code", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."country_code") END || ', ' || CASE typeof(OLD."name") WHEN 'text' THEN '"' || replace(replace(OLD."name", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."name") END || ']';
END;

CREATE TRIGGER "_docrel_towns_delete" AFTER DELETE ON "towns" BEGIN
  DELETE FROM "geography_note" WHERE "table" = 'towns' AND "row" = '[' || CASE typeof(OLD."country_code") WHEN 'text' THEN '"' || replace(replace(OLD."country_code", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."country_code") END || ', ' || CASE typeof(OLD."name") WHEN 'text' THEN '"' || replace(replace(OLD."name", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."name") END || ']';
END;

CREATE TRIGGER "_docrel_streets_insert" AFTER INSERT ON "streets" BEGIN
  DELETE FROM "geography_note" WHERE "table" = 'streets' AND "row" = '[' || CASE typeof(NEW."town_country_code") WHEN 'text' THEN '"' || replace(replace(NEW."town_country_code", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."town_country_code") END || ', ' || CASE typeof(NEW."town_name") WHEN 'text' THEN '"' || replace(replace(NEW."town_name", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."town_name") END || ', ' || quote(NEW."place") || ']';
END;

CREATE TRIGGER "_docrel_streets_update" AFTER UPDATE OF "town_country_code", "town_name", "place" ON "streets"
WHEN (OLD."town_country_code", OLD."town_name", OLD."place") IS NOT (NEW."town_country_code", NEW."town_name", NEW."place") BEGIN
  DELETE FROM "geography_note" WHERE "table" = 'streets' AND "row" = '[' || CASE typeof(NEW."town_country_code") WHEN 'text' THEN '"' || replace(replace(NEW."town_country_code", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."town_country_code") END || ', ' || CASE typeof(NEW."town_name") WHEN 'text' THEN '"' || replace(replace(NEW."town_name", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."town_name") END || ', ' || quote(NEW."place") || ']';
  UPDATE "geography_note" SET "row" = '[' || CASE typeof(NEW."town_country_code") WHEN 'text' THEN '"' || replace(replace(NEW."town_country_code", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."town_country_code") END || ', ' || CASE typeof(NEW."town_name") WHEN 'text' THEN '"' || replace(replace(NEW."town_name", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."town_name") END || ', ' || quote(NEW."place") || ']' WHERE "table" = 'streets' AND "row" = '[' || CASE typeof(OLD."town_country_code") WHEN 'text' THEN '"' || replace(replace(OLD."town_country_code", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."town_country_code") END || ', ' || CASE typeof(OLD."town_name") WHEN 'text' THEN '"' || replace(replace(OLD."town_name", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."town_name") END || ', ' || quote(OLD."place") || ']';
END;

CREATE TRIGGER "_docrel_streets_delete" AFTER DELETE ON "streets" BEGIN
  DELETE FROM "geography_note" WHERE "table" = 'streets' AND "row" = '[' || CASE typeof(OLD."town_country_code") WHEN 'text' THEN '"' || replace(replace(OLD."town_country_code", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."town_country_code") END || ', ' || CASE typeof(OLD."town_name") WHEN 'text' THEN '"' || replace(replace(OLD."town_name", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."town_name") END || ', ' || quote(OLD."place") || ']';
END;

PRAGMA user_version = 1;
