CREATE TABLE "patients" (
  "id"   TEXT NOT NULL PRIMARY KEY,
  "born" TEXT
);

CREATE TABLE "names" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "patient_id" TEXT    NOT NULL REFERENCES "patients" ("id") ON DELETE CASCADE,
  "family"     TEXT
);

CREATE TABLE "visits" (
  "id"      TEXT NOT NULL PRIMARY KEY,
  "patient" TEXT,
  "kind"    TEXT
);

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
SELECT r."id" AS "document", n."table", n."row", s."body" AS "shape", n."body"
  FROM "patients" AS r
  JOIN "clinic_note" AS n ON n."table" = 'patients' AND n."row" = '[' || CASE typeof(r."id") WHEN 'text' THEN '"' || replace(r."id", '"', '""') || '"' ELSE quote(r."id") END || ']'
  LEFT JOIN "clinic_shape" AS s ON s."id" = n."shape"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."id" AS "document", n."table", n."row", s."body" AS "shape", n."body"
  FROM "patients" AS r JOIN "names" AS t0 ON t0."patient_id" = r."id"
  JOIN "clinic_note" AS n ON n."table" = 'names' AND n."row" = CAST(t0."id" AS TEXT)
  LEFT JOIN "clinic_shape" AS s ON s."id" = n."shape"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."id" AS "document", n."table", n."row", s."body" AS "shape", n."body"
  FROM "visits" AS r
  JOIN "clinic_note" AS n ON n."table" = 'visits' AND n."row" = '[' || CASE typeof(r."id") WHEN 'text' THEN '"' || replace(r."id", '"', '""') || '"' ELSE quote(r."id") END || ']'
  LEFT JOIN "clinic_shape" AS s ON s."id" = n."shape"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_patients_insert" AFTER INSERT ON "patients" BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'patients' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(NEW."id", '"', '""') || '"' ELSE quote(NEW."id") END || ']';
END;

CREATE TRIGGER "_docrel_patients_update" AFTER UPDATE OF "id" ON "patients"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'patients' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(NEW."id", '"', '""') || '"' ELSE quote(NEW."id") END || ']';
  UPDATE "clinic_note" SET "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(NEW."id", '"', '""') || '"' ELSE quote(NEW."id") END || ']' WHERE "table" = 'patients' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(OLD."id", '"', '""') || '"' ELSE quote(OLD."id") END || ']';
END;

CREATE TRIGGER "_docrel_patients_delete" AFTER DELETE ON "patients" BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'patients' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(OLD."id", '"', '""') || '"' ELSE quote(OLD."id") END || ']';
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

CREATE TRIGGER "_docrel_visits_insert" AFTER INSERT ON "visits" BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'visits' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(NEW."id", '"', '""') || '"' ELSE quote(NEW."id") END || ']';
END;

CREATE TRIGGER "_docrel_visits_update" AFTER UPDATE OF "id" ON "visits"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'visits' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(NEW."id", '"', '""') || '"' ELSE quote(NEW."id") END || ']';
  UPDATE "clinic_note" SET "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(NEW."id", '"', '""') || '"' ELSE quote(NEW."id") END || ']' WHERE "table" = 'visits' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(OLD."id", '"', '""') || '"' ELSE quote(OLD."id") END || ']';
END;

CREATE TRIGGER "_docrel_visits_delete" AFTER DELETE ON "visits" BEGIN
  DELETE FROM "clinic_note" WHERE "table" = 'visits' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(OLD."id", '"', '""') || '"' ELSE quote(OLD."id") END || ']';
END;

PRAGMA user_version = 1;
