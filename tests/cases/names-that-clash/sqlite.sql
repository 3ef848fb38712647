CREATE TABLE "rows" (
  "id"            TEXT NOT NULL PRIMARY KEY,
  "title"         TEXT,
  "title_upper"   TEXT,
  "title_private" TEXT,
  "a_dot_b"       TEXT,
  "a_b"           TEXT
) STRICT;

CREATE TABLE "a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "one_id" TEXT    NOT NULL REFERENCES "rows" ("id") ON DELETE CASCADE,
  "x"      TEXT
) STRICT;

CREATE TABLE "cases_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "cases_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "a_very_long_name_that_still_fits_into_the_63_bytes_48a55ba2_idx" ON "a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres" ("one_id");

CREATE VIEW "cases_complement" AS
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
  FROM "rows" AS r
  JOIN "cases_note" AS n ON n."table" = 'rows' AND n."row" = '[' || CASE typeof(r."id") WHEN 'text' THEN '"' || replace(replace(r."id", '\', '\\'), '"', '\"') || '"' ELSE quote(r."id") END || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."id" AS "document", n."table", n."row", n."shape", n."body"
  FROM "rows" AS r JOIN "a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres" AS t0 ON t0."one_id" = r."id"
  JOIN "cases_note" AS n ON n."table" = 'a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres' AND n."row" = CAST(t0."id" AS TEXT)
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
) AS noted;

CREATE TRIGGER "_docrel_rows_insert" AFTER INSERT ON "rows" BEGIN
  DELETE FROM "cases_note" WHERE "table" = 'rows' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']';
END;

CREATE TRIGGER "_docrel_rows_update" AFTER UPDATE OF "id" ON "rows"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "cases_note" WHERE "table" = 'rows' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']';
  UPDATE "cases_note" SET "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']' WHERE "table" = 'rows' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(replace(OLD."id", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."id") END || ']';
END;

CREATE TRIGGER "_docrel_rows_delete" AFTER DELETE ON "rows" BEGIN
  DELETE FROM "cases_note" WHERE "table" = 'rows' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(replace(OLD."id", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."id") END || ']';
END;

CREATE TRIGGER "_docrel_a_very_long_name_that_still_fits_into_t_0c6ea202_insert" AFTER INSERT ON "a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres" BEGIN
  DELETE FROM "cases_note" WHERE "table" = 'a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres' AND "row" = CAST(NEW."id" AS TEXT);
END;

CREATE TRIGGER "_docrel_a_very_long_name_that_still_fits_into_t_0c6ea202_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "cases_note" WHERE "table" = 'a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres' AND "row" = CAST(NEW."id" AS TEXT);
  UPDATE "cases_note" SET "row" = CAST(NEW."id" AS TEXT) WHERE "table" = 'a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres' AND "row" = CAST(OLD."id" AS TEXT);
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_a_very_long_name_that_still_fits_into_t_0c6ea202_delete" AFTER DELETE ON "a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres" BEGIN
  DELETE FROM "cases_note" WHERE "table" = 'a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres' AND "row" = CAST(OLD."id" AS TEXT);
END;

CREATE TRIGGER "_docrel_a_very_long_name_that_still_fits_into_the_0c6ea202_move" AFTER UPDATE OF "one_id" ON "a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres"
WHEN (OLD."one_id") IS NOT (NEW."one_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres');
  UPDATE "cases_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres'))
    WHERE "table" = 'a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres' AND "row" = CAST(NEW."id" AS TEXT);
  INSERT INTO "cases_note" ("table", "row", "rank")
    SELECT 'a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres', CAST(NEW."id" AS TEXT), (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres'))
    WHERE NOT EXISTS (SELECT 1 FROM "cases_note" WHERE "table" = 'a_very_long_name_that_still_fits_into_the_63_bytes_of_postgres' AND "row" = CAST(NEW."id" AS TEXT));
END;

PRAGMA user_version = 1;
