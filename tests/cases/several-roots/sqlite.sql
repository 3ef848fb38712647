CREATE TABLE "patients" (
  "id"   TEXT NOT NULL PRIMARY KEY,
  "born" TEXT CHECK ("born" GLOB '[0-9]*' AND "born" IS date("born", '+0 days') AND "born" > '0001')
) STRICT;

CREATE TABLE "names" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "patient_id" TEXT    NOT NULL REFERENCES "patients" ("id") ON DELETE CASCADE,
  "family"     TEXT
) STRICT;

CREATE TABLE "visits" (
  "id"      TEXT NOT NULL PRIMARY KEY,
  "patient" TEXT,
  "kind"    TEXT NOT NULL CHECK ("kind" IN ('Visit', 'Encounter'))
) STRICT;

CREATE TABLE "clinic_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "clinic_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "names_patient_id_idx" ON "names" ("patient_id");

CREATE VIEW "clinic_complement" AS
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
  FROM "patients" AS r
  JOIN "clinic_note" AS n ON n."table" = 'patients' AND n."row" = '[' || CASE typeof(r."id") WHEN 'text' THEN '"' || replace(replace(r."id", '\', '\\'), '"', '\"') || '"' ELSE quote(r."id") END || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."id" AS "document", n."table", n."row", n."shape", n."body"
  FROM "patients" AS r JOIN "names" AS t0 ON t0."patient_id" = r."id"
  JOIN "clinic_note" AS n ON n."table" = 'names' AND n."row" = CAST(t0."id" AS TEXT)
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."id" AS "document", n."table", n."row", n."shape", n."body"
  FROM "visits" AS r
  JOIN "clinic_note" AS n ON n."table" = 'visits' AND n."row" = '[' || CASE typeof(r."id") WHEN 'text' THEN '"' || replace(replace(r."id", '\', '\\'), '"', '\"') || '"' ELSE quote(r."id") END || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
) AS noted;

CREATE TRIGGER "_docrel_patients_insert" AFTER INSERT ON "patients" BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'patients' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']';
END;

CREATE TRIGGER "_docrel_patients_update" AFTER UPDATE OF "id" ON "patients"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'patients' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']';
  UPDATE "clinic_note" SET "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']' WHERE "table" = 'patients' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(replace(OLD."id", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."id") END || ']';
END;

CREATE TRIGGER "_docrel_patients_delete" AFTER DELETE ON "patients" BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'patients' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(replace(OLD."id", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."id") END || ']';
END;

CREATE TRIGGER "_docrel_names_insert" AFTER INSERT ON "names" BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'names' AND "row" = CAST(NEW."id" AS TEXT);
END;

CREATE TRIGGER "_docrel_names_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "names"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'names' AND "row" = CAST(NEW."id" AS TEXT);
  UPDATE "clinic_note" SET "row" = CAST(NEW."id" AS TEXT) WHERE "table" = 'names' AND "row" = CAST(OLD."id" AS TEXT);
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('names') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_names_delete" AFTER DELETE ON "names" BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'names' AND "row" = CAST(OLD."id" AS TEXT);
END;

CREATE TRIGGER "_docrel_names_move" AFTER UPDATE OF "patient_id" ON "names"
WHEN (OLD."patient_id") IS NOT (NEW."patient_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('names');
  UPDATE "clinic_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('names'))
    WHERE "table" = 'names' AND "row" = CAST(NEW."id" AS TEXT);
  INSERT INTO "clinic_note" ("table", "row", "rank")
    SELECT 'names', CAST(NEW."id" AS TEXT), (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('names'))
    WHERE NOT EXISTS (SELECT 1 FROM "clinic_note" WHERE "table" = 'names' AND "row" = CAST(NEW."id" AS TEXT));
END;

CREATE TRIGGER "_docrel_visits_insert" AFTER INSERT ON "visits" BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'visits' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']';
END;

CREATE TRIGGER "_docrel_visits_update" AFTER UPDATE OF "id" ON "visits"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'visits' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']';
  UPDATE "clinic_note" SET "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']' WHERE "table" = 'visits' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(replace(OLD."id", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."id") END || ']';
END;

CREATE TRIGGER "_docrel_visits_delete" AFTER DELETE ON "visits" BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'visits' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(replace(OLD."id", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."id") END || ']';
END;

PRAGMA user_version = 1;
